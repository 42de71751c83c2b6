"""The lake as a relation, the same for every engine: contract columns and their origin."""

from __future__ import annotations

from csp.contracts import Contract
from csp.sql import quoted_list
from csp.warehouse.engine import LakeInput

DELIVERY_PERIOD_COLUMNS = {
    "feed": "text",
    "delivery_id": "text",
    "series": "text",
    "period_start": "date",
    "row_count": "bigint",
    "release_on": "date",
    "release_rank": "integer",
    "delivery_order": "integer",
    "delivered_on": "date",
    "previous_row_count": "bigint",
    "is_reported": "boolean",
}


def lake_columns(contract: Contract) -> dict[str, str]:
    """Name and type of every column of a feed's lake table."""
    origin = {
        "delivery_id": "text",
        "source_line": "bigint",
        "series": "text",
        "period_start": "date",
    }
    return origin | {column.name: column.type for column in contract.kept_columns}


def column_definitions(columns: dict[str, str]) -> str:
    """Columns as they stand in `create table`."""
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


def template_table(contract: Contract) -> str:
    """Name of the empty table that gives a lake relation its columns."""
    return f"lake_template.{contract.id}"


def lake_select(lake: LakeInput) -> str:
    """DuckDB query over a feed's Parquet files, in the columns of its lake table.

    A file without errors carries no line numbers: its rows stand in file order below one line of
    header. Columns that an older contract did not have are null.
    """
    template = f"select * from {template_table(lake.contract)}"
    columns = ", ".join(
        "coalesce(source_line, file_row_number + 2)::bigint as source_line"
        if name == "source_line"
        else name
        for name in lake_columns(lake.contract)
    )
    if not lake.files:
        return template
    files = quoted_list(lake.files.values())
    return f"""
        select {columns} from (
            select * from read_parquet([{files}], union_by_name = true, file_row_number = true)
            union all by name {template} where false
        )"""
