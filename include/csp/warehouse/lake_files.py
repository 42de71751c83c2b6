"""Files of the lake held against the checksums that the ledger has of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

import duckdb
from sqlalchemy import select, update

from csp.errors import GateHeldError
from csp.files import sha256_of
from csp.ledger.sessions import Ledger
from csp.ledger.tables import ContractVersion, Delivery, DeliveryPeriod
from csp.sql import quoted
from csp.storage.home import Home
from csp.warehouse.damage import Damage, Kind, Watch, looked_at, unwatched

ROWS, CONTRACT = "rows.parquet", "contract.json"
WHAT: dict[str, str] = {
    "missing": "the file is not there",
    "changed": "the file is not the one that ingest wrote: its checksum is another",
    "unreadable": "the file cannot be read",
}


def accepted_deliveries(ledger: Ledger, feed: str | None = None) -> list[Delivery]:
    """Deliveries of which the lake has rows, by feed and as they came."""
    query = select(Delivery).where(Delivery.verdict == "accepted", Delivery.feed.is_not(None))
    if feed:
        query = query.where(Delivery.feed == feed)
    with ledger.session() as session:
        return list(session.scalars(query.order_by(Delivery.feed, Delivery.arrival)))


def lake_checksums(ledger: Ledger) -> dict[str, str]:
    """Delivery → sha256 of its Parquet file, of those that have one."""
    query = select(Delivery.delivery_id, Delivery.lake_sha256)
    with ledger.session() as session:
        rows = session.execute(query.where(Delivery.lake_sha256.is_not(None)))
        return {delivery_id: sha256 or "" for delivery_id, sha256 in rows}


def rows_file(home: Home, delivery: Delivery) -> Path:
    """The Parquet file of an accepted delivery's rows."""
    return home.lake_delivery(delivery.feed or "", delivery.delivery_id) / ROWS


def held_back_file(home: Home, delivery: Delivery) -> Path:
    """The Parquet file of the rows held back from a delivery."""
    return home.quarantine_file(delivery.feed or "", delivery.delivery_id)


def check_lake(home: Home, ledger: Ledger, deliveries: Mapping[str, Sequence[str]]) -> None:
    """Hold that the rows of deliveries are, byte for byte, those that ingest accepted.

    Args:
        home: The data root.
        ledger: Its ledger; a delivery of an older one gets its checksum at its first check.
        deliveries: Feed → the deliveries that are to be read.

    Raises:
        GateHeldError: A file is missing or is another; a sentence each, with what to do.
    """
    wanted = {delivery_id for ids in deliveries.values() for delivery_id in ids}
    chosen = [d for d in accepted_deliveries(ledger) if d.delivery_id in wanted]
    if found := damaged_rows(home, ledger, chosen):
        raise GateHeldError([str(damage) for damage in found])


def damaged_rows(
    home: Home, ledger: Ledger, deliveries: Iterable[Delivery], watch: Watch = unwatched
) -> list[Damage]:
    """Parquet files of accepted rows that are not those that ingest wrote.

    A delivery of an older ledger has no checksum: it gets that of its file, if this holds as many
    rows of each period as were accepted. The ledger also keeps the contract that lies beside it.
    """
    deliveries = list(deliveries)
    files = [rows_file(home, delivery) for delivery in deliveries]
    looked = list(looked_at(sha256_or_why, files, watch("lake", len(files))))
    without = [d for d, (sha256, _) in zip(deliveries, looked, strict=True) if sha256]
    held = _holding_what_was_accepted(home, ledger, [d for d in without if not d.lake_sha256])
    found: list[Damage] = []
    first: dict[str, Delivery] = {}
    for delivery, path, (sha256, why) in zip(deliveries, files, looked, strict=True):
        kind: Kind | None = why
        if sha256 and delivery.delivery_id in held:
            first[sha256] = delivery
        elif sha256 and sha256 != delivery.lake_sha256:
            kind = "changed"
        if kind:
            found.append(of_delivery(home, path, delivery, kind))
    _record_first(home, ledger, first)
    return found


def sha256_or_why(path: Path) -> tuple[str | None, Literal["missing", "unreadable"] | None]:
    """SHA-256 of a file, or why there is none."""
    try:
        return sha256_of(path), None
    except (FileNotFoundError, NotADirectoryError):
        return None, "missing"
    except OSError:
        return None, "unreadable"


def _record_first(home: Home, ledger: Ledger, checksums: Mapping[str, Delivery]) -> None:
    """Let the ledger know what it needs to check deliveries again, and to make them anew."""
    if not checksums:
        return
    with ledger.writing() as session:
        for sha256, delivery in checksums.items():
            session.execute(
                update(Delivery)
                .where(Delivery.delivery_id == delivery.delivery_id)
                .where(Delivery.lake_sha256.is_(None))
                .values(lake_sha256=sha256)
            )
            meant = delivery.contract_hash
            contract = _contract_beside(rows_file(home, delivery))
            if meant and contract and session.get(ContractVersion, meant) is None:
                session.add(
                    ContractVersion(
                        contract_hash=meant,
                        feed=delivery.feed,
                        resolved=contract,
                        first_used_at=delivery.first_received_at,
                    )
                )


def _contract_beside(rows: Path) -> str | None:
    """The contract that was written beside rows, when it is there whole."""
    try:
        text = rows.with_name(CONTRACT).read_text(encoding="utf-8")
        json.loads(text)
    except (OSError, ValueError):
        return None
    return text


def _holding_what_was_accepted(
    home: Home, ledger: Ledger, deliveries: Sequence[Delivery]
) -> set[str]:
    """Which deliveries have a file that can be read, and that has the rows of each period."""
    if not deliveries:
        return set()
    accepted: dict[str, set[tuple[str, str, date, int]]] = defaultdict(set)
    with ledger.session() as session:
        for p in session.scalars(select(DeliveryPeriod)):
            accepted[p.delivery_id].add((p.delivery_id, p.series, p.period_start, p.row_count))
    found = set()
    with duckdb.connect() as connection:
        for delivery in deliveries:
            path = quoted(rows_file(home, delivery))
            try:
                rows = connection.execute(
                    "select delivery_id, series, period_start, count(*) "
                    f"from read_parquet({path}) group by all"
                ).fetchall()
            except duckdb.Error:
                continue
            if set(rows) == accepted[delivery.delivery_id]:
                found.add(delivery.delivery_id)
    return found


def of_delivery(home: Home, path: Path, delivery: Delivery, kind: Kind) -> Damage:
    """What is wrong with a delivery's file in lake or quarantine."""
    return Damage(
        kind,
        str(path.relative_to(home.root)),
        f"{WHAT[kind]} ({delivery.feed}, delivery {delivery.delivery_id}, {delivery.file_name})",
        f"make it anew: csp lake rebuild {delivery.feed}",
        delivery.feed,
        delivery.delivery_id,
    )
