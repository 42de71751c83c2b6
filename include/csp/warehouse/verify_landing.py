"""Landing held against the ledger: each file by the name it has from its content."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from sqlalchemy import select

from csp.contracts import Contract
from csp.ingest.findings import DELIVERY_CODES, REJECT
from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery, VerdictCount
from csp.pseudonyms.keys import KeyMissingError, KeyRing
from csp.pseudonyms.sealed import HEADER_BYTES, MAGIC, SealBrokenError
from csp.storage.home import Home
from csp.warehouse.damage import Damage, Kind, Told, Watch, looked_at, unwatched
from csp.warehouse.landed_files import opened

CHUNK_BYTES = 4 << 20
LANDING = "landing"
#: The findings of a column that must not be sent and of another feed's file, which may not be kept
#: by that feed's contract; such a file is in landing no more than one that a row rule of a contract
#: has refused.
MAY_NOT_BE_KEPT = ("D16", "D17")
RESTORE = "put it back from a copy of the data root, or ask the partner for it again"


def verify_landing(
    home: Home, ledger: Ledger, contracts: Mapping[str, Contract], watch: Watch = unwatched
) -> list[Damage]:
    """Files of landing that are missing, changed, not to be read without a key, or unknown.

    Args:
        home: The data root.
        ledger: Its ledger.
        contracts: Hash → contract, of those that admitted deliveries; a hash that is not there
            says nothing of how its files are kept.
        watch: Called before files are looked at.
    """
    files = landed_files(home)
    with ledger.session() as session:
        deliveries = session.scalars(select(Delivery).order_by(Delivery.arrival)).all()
        refused = _refused_for_good(
            session.execute(
                select(VerdictCount.delivery_id, VerdictCount.code).where(
                    VerdictCount.verdict == REJECT
                )
            ).tuples()
        )
    by_content = {delivery.sha256: delivery for delivery in deliveries}
    return [
        *_missing(home, deliveries, {path.stem for path in files}, contracts, refused),
        *_changed(home, files, by_content, watch("landing", len(files))),
    ]


def landed_files(home: Home) -> list[Path]:
    """The files in landing, sorted; hidden ones are still being written."""
    found = (home.root / LANDING).glob("*/*")
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


def _refused_for_good(rejections: Iterable[tuple[str, str]]) -> set[str]:
    """Deliveries whose file held what must not be stored in any form."""
    return {
        delivery_id
        for delivery_id, code in rejections
        if code in MAY_NOT_BE_KEPT or code not in DELIVERY_CODES
    }


def _missing(
    home: Home,
    deliveries: Iterable[Delivery],
    kept: set[str],
    contracts: Mapping[str, Contract],
    refused: set[str],
) -> Iterator[Damage]:
    for delivery in deliveries:
        contract = contracts.get(delivery.contract_hash or "")
        how = contract.platform.kept_in_landing if contract else "plain"
        is_kept = delivery.feed is None or (contract is not None and how != "none")
        if delivery.sha256 in kept or not is_kept or delivery.delivery_id in refused:
            continue
        place = home.landed(delivery.sha256, sealed=how == "sealed")
        yield _damage(home, place, "missing", "the file is not there", delivery)


def _changed(
    home: Home, files: list[Path], by_content: Mapping[str, Delivery], told: Told
) -> Iterator[Damage]:
    try:
        ring, why = KeyRing.from_environment(), ""
    except KeyMissingError as missing:
        ring, why = None, missing.why
    not_read: Counter[str] = Counter()
    look = partial(_content_of, ring=ring)
    for path, found in zip(files, looked_at(look, files, told), strict=True):
        delivery = by_content.get(path.stem)
        if found == path.stem:
            if delivery is None:
                said = "no delivery that the ledger knows has these bytes"
                yield _damage(home, path, "surplus", said, None)
        elif isinstance(found, str):
            yield _damage(home, path, "changed", "its content is not what its name says", delivery)
        elif isinstance(found, OSError):
            said = f"the file cannot be read ({found.strerror})"
            yield _damage(home, path, "unreadable", said, delivery)
        elif ring is None:
            not_read[f"there is no key: {why}"] += 1
        elif needed := _other_key(path, delivery, ring):
            not_read[needed] += 1
        else:
            yield _damage(home, path, "changed", f"the seal is broken: {found}", delivery)
    for said, count in sorted(not_read.items()):
        yield Damage(
            "not read",
            LANDING,
            f"{count} sealed {'file was' if count == 1 else 'files were'} not read, and may be "
            f"damaged: {said}",
            "ask the custodian for that key, and run it again with it",
        )


def _content_of(path: Path, ring: KeyRing | None) -> str | OSError | SealBrokenError | None:
    """SHA-256 of the bytes as received; or what hinders it, None for want of a key."""
    digest = hashlib.sha256()
    if path.suffix == ".sealed" and ring is None:
        return None
    try:
        with opened(path, ring) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
    except (OSError, SealBrokenError) as error:
        return error
    return digest.hexdigest()


def _other_key(path: Path, delivery: Delivery | None, ring: KeyRing) -> str:
    """Which other key a file that does not open was sealed with; empty for the one at hand."""
    at_hand = f"the key at hand is {ring.fingerprint()} of epoch {ring.epoch}"
    if delivery is not None and delivery.key_fingerprint:
        if delivery.key_fingerprint == ring.fingerprint():
            return ""
        return (
            f"sealed with the key {delivery.key_fingerprint} of epoch {delivery.key_epoch}, "
            f"and {at_hand}"
        )
    # An older ledger does not say which key it was; the file says its epoch.
    with path.open("rb") as stream:
        header = stream.read(HEADER_BYTES)
    epoch = header[len(MAGIC) : len(MAGIC) + len(ring.epoch)].decode("ascii", "replace")
    if not header.startswith(MAGIC) or epoch == ring.epoch:
        return ""
    return f"sealed with the key of epoch {epoch}, and {at_hand}"


def _damage(home: Home, path: Path, kind: Kind, what: str, delivery: Delivery | None) -> Damage:
    place = str(path.relative_to(home.root))
    if delivery is None:
        return Damage(kind, place, what, "hand it in again with csp ingest, or remove it")
    of = delivery.feed or "no feed"
    what += f" ({of}, delivery {delivery.delivery_id}, {delivery.file_name})"
    return Damage(kind, place, what, RESTORE, delivery.feed, delivery.delivery_id)
