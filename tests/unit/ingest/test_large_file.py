"""A file that several threads read at once: its rows stand on their lines all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import duckdb
import pytest

from csp.ingest import engine

if TYPE_CHECKING:
    from tests.conftest import Desk

MakeFile = Callable[..., str]
FEED, NAME = "police_street_crime", "2021-06-metropolitan-street.csv"
#: Longer than two of the parts that DuckDB deals out to its threads, and worth planning.
ROWS = 80_000
FAULTY = (3, 40_000, 79_999)


def test_each_row_of_a_large_file_stands_on_its_line(
    desk: Desk, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SETTINGS", (*engine.SETTINGS, "set threads = 4"))
    header, row = make_file(FEED, [{"Crime ID": "§"}]).splitlines()
    lines = [row.replace("§", f"{number:064x}") for number in range(2, ROWS + 2)]
    for number in FAULTY:
        lines[number - 2] = row.replace("§", f"bad {number}")
    text = "\n".join([header, *lines, ""])
    assert len(text) > engine.WORTH_PLANNING_BYTES
    outcome = desk.take_text(NAME, text)
    assert (outcome.accepted_rows, outcome.quarantined_rows) == (ROWS - 3, 3)
    held = desk.quarantine_rows(outcome)
    assert [(r["source_line"], r["Crime ID__1"]) for r in held] == [
        (number, f"bad {number}") for number in FAULTY
    ]
    path = desk.home.lake_delivery(FEED, outcome.delivery_id) / "rows.parquet"
    misplaced = duckdb.execute(
        "select count(*) from read_parquet(?) where source_line <> ('0x' || crime_id)::bigint",
        [str(path)],
    ).fetchone()
    assert misplaced == (0,)
