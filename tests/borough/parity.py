"""Tables and scorecards of two engines beside each other."""

from __future__ import annotations

import csv
from collections import Counter

from csp.kpi.scorecard import write_scorecard
from csp.warehouse.engine import UNCOUNTED_COLUMN
from csp.warehouse.platform import Platform

#: There are more tables than this, so a comparison of none or few has not seen them.
FEWEST_TABLES = 70


def tables_of(platform: Platform) -> list[str]:
    """Every built table, published or not."""
    found = platform.warehouse.candidate_query(
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_schema in ('core', 'kpi', 'restricted') and table_type = 'BASE TABLE' "
        "order by 1"
    )
    return [row[0] for row in found.rows]


def _compared(value: object) -> object:
    """A value as it is compared: a sum's last bits hang on the order of adding."""
    return float(f"{value:.12g}") if isinstance(value, float) else value


def _rows_of(platform: Platform, table: str) -> tuple[list[str], Counter[tuple[object, ...]]]:
    """Columns and rows of a table; the number of the publication is not among them."""
    found = platform.warehouse.candidate_query(f"select * from {table}")
    kept = [at for at, name in enumerate(found.columns) if name != UNCOUNTED_COLUMN]
    rows = Counter(tuple(_compared(row[at]) for at in kept) for row in found.rows)
    return [found.columns[at] for at in kept], rows


def tables_that_differ(one: Platform, other: Platform) -> list[str]:
    """Tables that only one of them has, or whose columns or rows are not the same on both."""
    tables = tables_of(one)
    assert len(tables) > FEWEST_TABLES
    only = set(tables) ^ set(tables_of(other))
    both = [table for table in tables if table not in only]
    return sorted(only) + [t for t in both if _rows_of(one, t) != _rows_of(other, t)]


def scorecard_rows(platform: Platform) -> list[dict[str, str]]:
    """Rows of the table beside the scorecard; the number of the publication is blanked."""
    with write_scorecard(platform).csv.open(encoding="utf-8-sig", newline="") as stream:
        return [row | {"publication_id": ""} for row in csv.DictReader(stream)]
