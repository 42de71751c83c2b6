"""All that a data root keeps, held against itself: landing, lake, ledger and publications."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from csp.contracts import Contract
from csp.contracts.registry import contract_hash
from csp.ledger.sessions import Ledger
from csp.ledger.tables import ContractVersion, Delivery
from csp.warehouse.damage import Damage, Watch, unwatched
from csp.warehouse.lake_files import accepted_deliveries
from csp.warehouse.lake_verify import verify_lake
from csp.warehouse.platform import Platform
from csp.warehouse.verify_landing import landed_files, verify_landing
from csp.warehouse.verify_ledger import RESTORE_LEDGER, verify_ledger
from csp.warehouse.verify_publications import verify_publications


@dataclass(frozen=True)
class Verified:
    """What was looked at, and what of it is not as it was kept.

    Attributes:
        looked_at: What → how many.
        damage: One for each thing that is wrong; empty when all is well.
    """

    looked_at: dict[str, int]
    damage: list[Damage]


def verify(platform: Platform, watch: Watch = unwatched) -> Verified:
    """Look at everything that is kept; nothing is changed.

    Only a delivery of an older ledger gets the checksum of its rows, as at each first check.

    Args:
        platform: Home, ledger, contracts and warehouse.
        watch: Called before things are looked at.
    """
    home = platform.home
    try:
        ledger = platform.ledger
        damage = verify_ledger(home, ledger)
    except DatabaseError as error:
        said = str(error.orig).splitlines()[0]
        damage = [Damage("unreadable", "ledger", f"the database says: {said}", RESTORE_LEDGER)]
    if any(found.place == "ledger" for found in damage):
        # Nothing can be held against a ledger that cannot be read.
        return Verified({}, damage)
    damage += verify_landing(home, ledger, _contracts(platform), watch)
    damage += verify_lake(home, ledger, watch=watch)
    damage += verify_publications(home, ledger, platform.warehouse, watch)
    accepted = accepted_deliveries(ledger)
    with ledger.session() as session:
        deliveries = session.scalar(select(func.count()).select_from(Delivery)) or 0
    looked_at = {
        "deliveries in the ledger": deliveries,
        "files in landing": len(landed_files(home)),
        "deliveries in the lake": len(accepted),
        "files in quarantine": sum(delivery.quarantined_rows > 0 for delivery in accepted),
        "publications kept": len(home.publication_numbers()),
    }
    return Verified(looked_at, damage)


def _contracts(platform: Platform) -> dict[str, Contract]:
    """Hash → contract, of all by which deliveries were judged and that can be read still."""
    found = {contract_hash(contract): contract for contract in platform.registry}
    for meant, text in _versions(platform.ledger).items():
        if meant not in found:
            try:
                found[meant] = Contract.model_validate_json(text)
            except ValueError:
                continue
    return found


def _versions(ledger: Ledger) -> dict[str, str]:
    with ledger.session() as session:
        query = select(ContractVersion.contract_hash, ContractVersion.resolved)
        return dict(session.execute(query).all())
