"""A KPI of a fact that is there: one entry of the catalogue, and a published figure at the end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.postgresql import Server
from tests.project_copy import ProjectCopy

CATALOGUE = "dbt_project/catalogue/neighbourhood.yml"
ENTRY = """
  - id: K201
    theme: neighbourhood
    name: Large unlicensed music events
    definition: Unlicensed music events with a hundred people or more, and those closed down.
    numerator: Events with an estimate of a hundred people or more
    unit: events
    method: count
    periods: [month]
    direction: context
    owner: Noise service
    feeds: [asb_music_event]
    fact: fct_music_event
    filter: est_attendance >= 100
    count: rows
    disclosure: operational
    maturity: Final a week after the month.
    breakdowns:
      - {id: all}
      - id: closed
        name: Large unlicensed music events closed down
        denominator: Events with an estimate of a hundred people or more
        unit: "%"
        method: share
        count: closed_flag
        out_of: rows
"""
EVENTS = """\
event_id,reported_at,location,est_attendance,closed_at,closed_flag,equipment_seized,record_version
UME-000001,2021-06-12T23:30:00+01:00,Canal towpath,100,2021-06-13T02:00:00+01:00,true,false,1
UME-000002,2021-06-12T23:40:00+01:00,Car park,250,,false,false,1
UME-000003,2021-06-12T23:50:00+01:00,Park,99,,false,false,1
"""
FIGURES = (
    "select breakdown, numerator, denominator, value from kpi_observation "
    "where kpi_id = 'K201' and area_code = 'E09000030' order by breakdown"
)


@pytest.mark.parametrize("engine", ["duckdb", "postgresql"])
def test_a_kpi_is_one_entry_and_ends_in_a_published_figure(
    engine: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if engine == "postgresql":
        server: Server = request.getfixturevalue("server")
        engine = server.fresh_database().address.render_as_string(hide_password=False)
    monkeypatch.setenv("CSP_WAREHOUSE", engine)
    copy = ProjectCopy.below(tmp_path)
    catalogue = copy.root / CATALOGUE
    kept = catalogue.read_text(encoding="utf-8")
    wrong = kept + ENTRY.replace("filter: est_attendance", "filter: est_attendence")
    catalogue.write_text(wrong, encoding="utf-8")
    line = 1 + wrong[: wrong.index("est_attendence")].count("\n")
    told = copy.csp("kpis", "check", code=1)
    assert f"{CATALOGUE}:{line}: K201, breakdown all: filter: " in told
    assert "est_attendance" in told
    catalogue.write_text(kept + ENTRY, encoding="utf-8")
    copy.csp("kpis", "check")
    delivery = tmp_path / "music_event_20210613.csv"
    delivery.write_text(EVENTS, encoding="utf-8")
    copy.csp("ingest", str(delivery))
    copy.csp("refresh")
    rows = json.loads(copy.csp("query", FIGURES, "--json"))
    assert [list(row.values()) for row in rows] == [
        ["all", 2, None, 2],
        ["closed", 1, 2, 50],
    ]
    assert copy.touched() == [f" M {CATALOGUE}"]
