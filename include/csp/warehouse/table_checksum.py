"""A checksum of a table's rows in DuckDB, which neither their order nor the number changes."""

from __future__ import annotations

import duckdb

from csp.warehouse.engine import UNCOUNTED_COLUMN


def table_checksum(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    """Rows and checksum of a relation, as a publication keeps them of each table.

    `publication_id` is left out, so that two publications of the same rows have the same.

    Args:
        connection: Where the relation is read.
        relation: What stands behind `from`.
    """
    ((rows, total),) = connection.execute(
        f"select count(*), sum(hash(t)) from (select columns(c -> c <> '{UNCOUNTED_COLUMN}') "
        f"from {relation}) as t"
    ).fetchall()
    return f"{rows}:{total or 0}"
