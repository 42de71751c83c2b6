"""The ledger held against itself: whole as a database, and its accounts adding up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from csp.ledger.sessions import Ledger
from csp.ledger.tables import (
    ContractVersion,
    Delivery,
    DeliveryPeriod,
    LedgerTable,
    PublicationInput,
    Receipt,
)
from csp.storage.home import Home
from csp.warehouse.damage import Damage
from csp.warehouse.reports import report_files

MOST_SAID = 20
RESTORE_LEDGER = "put the ledger back from a copy, and hand in again what came since: csp ingest"
RESTORE_ROW = "somebody has changed it by hand: " + RESTORE_LEDGER


def verify_ledger(home: Home, ledger: Ledger) -> list[Damage]:
    """What of the ledger is broken, contradicts itself, or has no report beside it.

    Args:
        home: The data root.
        ledger: Its ledger.
    """
    try:
        with ledger.session() as session:
            broken = [*_broken_database(session), *_references(session)]
            if broken:
                return broken
            deliveries = session.scalars(select(Delivery).order_by(Delivery.arrival)).all()
            return [
                *_accounts(deliveries),
                *_periods(session, deliveries),
                *_receipts(session, deliveries),
                *_contracts(session, deliveries),
                *_inputs(session),
                *_reports(home, deliveries),
            ]
    except DatabaseError as error:
        said = str(error.orig).splitlines()[0]
        return [Damage("unreadable", "ledger", f"the database says: {said}", RESTORE_LEDGER)]


def _broken_database(session: Session) -> Iterator[Damage]:
    """What SQLite says of its own file; PostgreSQL tells of a broken page when it is read."""
    if session.get_bind().dialect.name != "sqlite":
        return
    said = session.scalars(text("pragma integrity_check")).all()
    for line in said[:MOST_SAID]:
        if line != "ok":
            yield Damage("unreadable", "ledger", f"SQLite says: {line}", RESTORE_LEDGER)


def _references(session: Session) -> Iterator[Damage]:
    """Rows that name a row of another table which is not there."""
    for table in LedgerTable.metadata.sorted_tables:
        for key in table.foreign_keys:
            other = key.column
            count = session.scalar(
                select(func.count())
                .select_from(table.outerjoin(other.table, key.parent == other))
                .where(key.parent.is_not(None), other.is_(None))
            )
            if count:
                yield Damage(
                    "contradicts",
                    f"ledger, {table.name}",
                    f"{count} rows name a {key.parent.name} that table {other.table.name} has not",
                    RESTORE_LEDGER,
                )


def _of(delivery: Delivery, what: str, to_do: str = RESTORE_ROW) -> Damage:
    return Damage(
        "contradicts",
        f"ledger, delivery {delivery.delivery_id}",
        f"{what} ({delivery.feed or 'no feed'}, {delivery.file_name})",
        to_do,
        delivery.feed,
        delivery.delivery_id,
    )


def _accounts(deliveries: Iterable[Delivery]) -> Iterator[Damage]:
    """Deliveries whose lines do not add up; every physical line went somewhere."""
    for d in deliveries:
        rows = d.accepted_rows + d.quarantined_rows
        lines = d.header_lines + d.blank_lines + d.continuation_lines + d.rejected_lines
        if d.physical_lines * d.rows_per_line != lines * d.rows_per_line + rows:
            yield _of(
                d,
                f"its lines do not add up: {d.physical_lines} in the file, but "
                f"{d.header_lines} header, {d.blank_lines} blank, {d.continuation_lines} "
                f"continued, {d.rejected_lines} unreadable, and {rows} rows at "
                f"{d.rows_per_line} a line",
            )


def _periods(session: Session, deliveries: Iterable[Delivery]) -> Iterator[Damage]:
    """Deliveries whose rows in all periods are not as many as were accepted."""
    sums = dict(
        session.execute(
            select(DeliveryPeriod.delivery_id, func.sum(DeliveryPeriod.row_count)).group_by(
                DeliveryPeriod.delivery_id
            )
        ).all()
    )
    for delivery in deliveries:
        in_periods = int(sums.get(delivery.delivery_id, 0))
        if in_periods != delivery.accepted_rows:
            yield _of(
                delivery,
                f"its periods have {in_periods} rows, and {delivery.accepted_rows} were accepted",
            )


def _receipts(session: Session, deliveries: Iterable[Delivery]) -> Iterator[Damage]:
    arrived = set(session.scalars(select(Receipt.delivery_id)))
    for delivery in deliveries:
        if delivery.delivery_id not in arrived:
            yield _of(delivery, "no receipt says that it ever arrived")


def _contracts(session: Session, deliveries: Iterable[Delivery]) -> Iterator[Damage]:
    """Accepted deliveries whose contract is not kept, so that the lake could not be made anew."""
    kept = set(session.scalars(select(ContractVersion.contract_hash)))
    for delivery in deliveries:
        if delivery.verdict == "accepted" and delivery.contract_hash not in kept:
            yield _of(
                delivery,
                f"the contract that admitted it ({(delivery.contract_hash or '?')[:12]}) is not "
                "kept",
                "its rows cannot be made anew once they are lost: keep a copy of the data root",
            )


def _inputs(session: Session) -> Iterator[Damage]:
    """Deliveries that a publication was built from, and that were not accepted."""
    rows = session.execute(
        select(PublicationInput.publication_id, Delivery)
        .join(Delivery, Delivery.delivery_id == PublicationInput.delivery_id)
        .where(Delivery.verdict != "accepted")
    )
    for number, delivery in rows:
        yield _of(delivery, f"publication {number} was built from it, and it is {delivery.verdict}")


def _reports(home: Home, deliveries: Iterable[Delivery]) -> Iterator[Damage]:
    """Deliveries of a feed without the report that goes back to the partner."""
    for delivery in deliveries:
        for path in report_files(home, delivery):
            if not path.is_file():
                yield Damage(
                    "missing",
                    str(path.relative_to(home.root)),
                    f"the report on {delivery.file_name} is not there",
                    f"write it again from the ledger: csp lake rebuild {delivery.feed}",
                    delivery.feed,
                    delivery.delivery_id,
                )
