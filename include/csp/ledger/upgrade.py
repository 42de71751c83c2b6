"""Making the ledger's tables, and bringing those of an older version to the present form.

A ledger outlives many versions of the code. Nothing in it is ever thrown away: an older one gets
the tables, columns and indexes it has not, and what they hold for its old rows.
"""

from __future__ import annotations

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, delete, insert, inspect, select, text

from csp.errors import CspError
from csp.ledger.tables import LedgerTable, LedgerVersion

#: Form of the tables that this code reads and writes. 1 had no such number.
VERSION = 2

#: What the rows of version 1 hold in the columns of version 2.
FROM_1 = (
    "update delivery set arrival = (select min(receipt.receipt_id) from receipt"
    " where receipt.delivery_id = delivery.delivery_id)",
    # A delivery that only its name told apart from one of the same bytes keeps being another.
    "update delivery set sent_as = delivery_id where delivery_id <> substr(sha256, 1, 16)",
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


def _add_indexes(connection: Connection, old_tables: set[str]) -> None:
    for table in LedgerTable.metadata.sorted_tables:
        if table.name in old_tables:
            for index in table.indexes:
                index.create(connection, checkfirst=True)
