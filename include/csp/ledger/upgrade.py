"""Making the ledger's tables, and bringing those of an older version to the present form.

A ledger outlives many versions of the code. Nothing in it is ever thrown away: an older one gets
the tables, columns and indexes it has not, and what they hold for its old rows.
"""

from __future__ import annotations

from collections import Counter

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, delete, insert, inspect, select, text, update

from csp.errors import CspError
from csp.ledger.tables import Delivery, LedgerTable, LedgerVersion

#: Form of the tables that this code reads and writes. 1 had no such number.
VERSION = 2

#: What the rows of version 1 hold in the columns of version 2.
FROM_1 = (
    # It arrived when it became what it is: a file judged again had been received before.
    "update delivery set arrival = coalesce((select max(receipt.receipt_id) from receipt"
    " where receipt.delivery_id = delivery.delivery_id"
    " and receipt.received_at <= delivery.first_received_at),"
    " (select min(receipt.receipt_id) from receipt"
    " where receipt.delivery_id = delivery.delivery_id))",
    "update refresh set outcome = 'failed', reasons = '[\"it was left running by another version "
    "of the platform\"]', finished_at = started_at where outcome = 'running'",
    # What lay below the data root is found there again by the last three parts of its path.
    "update publication set location = 'published/publication-' ||"
    " substr('0000' || publication_id, length('0000' || publication_id) - 3) ||"
    " '/warehouse.duckdb' where engine = 'duckdb'",
)


def is_up_to_date(connection: Connection) -> bool:
    """Whether the tables are there in the form that this code knows.

    Raises:
        CspError: They are of a newer version.
    """
    if not inspect(connection).has_table(LedgerVersion.__tablename__):
        return False
    version = connection.scalar(select(LedgerVersion.version)) or 0
    if version > VERSION:
        raise CspError(
            f"the ledger is of version {version}, and this code knows version {VERSION}: a newer "
            "version of the platform has worked on this data root; install that one"
        )
    return version == VERSION


def bring_up_to_date(connection: Connection) -> None:
    """Make the tables, or give those of an older version what they have not.

    Args:
        connection: In a transaction in which nobody else writes.
    """
    if is_up_to_date(connection):
        return
    old_tables = set(inspect(connection).get_table_names())
    LedgerTable.metadata.create_all(connection)
    if "delivery" in old_tables:
        _add_columns(connection, old_tables)
        for statement in FROM_1:
            connection.execute(text(statement))
        _mark_by_name(connection)
        _add_indexes(connection, old_tables)
    connection.execute(delete(LedgerVersion))
    connection.execute(insert(LedgerVersion).values(version=VERSION))


def _add_columns(connection: Connection, old_tables: set[str]) -> None:
    operations = Operations(MigrationContext.configure(connection))
    for table in LedgerTable.metadata.sorted_tables:
        if table.name in old_tables:
            present = {column["name"] for column in inspect(connection).get_columns(table.name)}
            for column in table.columns:
                if column.name not in present:
                    operations.add_column(table.name, column._copy())


def _mark_by_name(connection: Connection) -> None:
    """Mark old deliveries by what of their name tells them from others of the same bytes.

    As `csp.ingest.identity` would, as far as the ledger alone says it. What it does not say, ingest
    finds out when the same bytes come again; until then each is told apart by its own name.
    """
    columns = (
        Delivery.delivery_id,
        Delivery.feed,
        Delivery.sha256,
        Delivery.file_name,
        Delivery.period_start,
        Delivery.accepted_rows,
        (Delivery.physical_lines - Delivery.blank_lines).label("lines"),
    )
    deliveries = connection.execute(select(*columns).order_by(Delivery.arrival)).all()
    several = Counter((d.feed, d.sha256) for d in deliveries if d.accepted_rows)
    taken = set()
    for d in deliveries:
        sent_as = ""
        if d.feed is not None and d.lines <= 1:
            sent_as = d.file_name.rsplit("/", 1)[-1].lower()
        elif d.accepted_rows and several[d.feed, d.sha256] > 1 and d.period_start:
            sent_as = d.period_start.isoformat()  # only registers were told apart by their day
        if (d.feed, d.sha256, sent_as) in taken:
            sent_as = d.delivery_id
        taken.add((d.feed, d.sha256, sent_as))
        if sent_as:
            of_it = Delivery.delivery_id == d.delivery_id
            connection.execute(update(Delivery).where(of_it).values(sent_as=sent_as))


def _add_indexes(connection: Connection, old_tables: set[str]) -> None:
    for table in LedgerTable.metadata.sorted_tables:
        if table.name in old_tables:
            for index in table.indexes:
                index.create(connection, checkfirst=True)
