"""The same published marts come out of DuckDB and PostgreSQL, row for row."""

from __future__ import annotations

from collections import Counter

import pytest

from csp.warehouse.platform import Platform

pytestmark = pytest.mark.real_data

#: What the real police and fire files fill; the tables of other feeds are there, and empty.
FILLED = {
    "dim_area",
    "dim_crime_type",
    "dim_date",
    "fct_asb_incident",
    "fct_fire_incident",
    "fct_recorded_crime",
    "fct_release",
    "kpi_observation",
}
TABLES = {
    "duckdb": "select table_name from information_schema.tables "
    "where table_schema = 'published' and table_name not like 'publication%' order by 1",
    "postgresql": "select table_name from information_schema.tables "
    "where table_schema = 'published' and table_name not like 'publication%' order by 1",
}


def rows_of(platform: Platform, table: str) -> tuple[list[str], Counter]:
    """Columns and rows of a published table, each row with how often it occurs."""
    result = platform.warehouse.query(f"select * from {table}")
    return result.columns, Counter(result.rows)


def test_both_engines_publish_the_same_tables(real_platforms: dict[str, Platform]) -> None:
    names = {
        engine: [row[0] for row in platform.warehouse.query(TABLES[engine]).rows]
        for engine, platform in real_platforms.items()
    }
    assert names["duckdb"] == names["postgresql"]
    assert {"fct_recorded_crime", "fct_asb_incident", "fct_fire_incident"} <= set(names["duckdb"])
    assert {"kpi_observation", "dim_area", "dim_date", "dim_crime_type"} <= set(names["duckdb"])


def test_every_published_row_is_the_same_on_both_engines(
    real_platforms: dict[str, Platform],
) -> None:
    for (table,) in real_platforms["duckdb"].warehouse.query(TABLES["duckdb"]).rows:
        columns, rows = rows_of(real_platforms["duckdb"], table)
        other_columns, other_rows = rows_of(real_platforms["postgresql"], table)
        assert columns == other_columns, table
        assert rows or table not in FILLED, f"{table} is empty"
        assert rows == other_rows, table
