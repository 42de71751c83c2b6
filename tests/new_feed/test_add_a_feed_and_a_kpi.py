"""A new partner's feed and a new KPI: three files in the repository, a table and a figure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.postgresql import Server
from tests.project_copy import ProjectCopy

SAMPLE = """\
Permit No,Issued on,Ward,Chairs,Is heated
TP-0001,2021-06-02,E05009336,8,true
TP-0002,2021-06-05,E05009333,12,false
TP-0003,2021-06-05,E05009399,4,true
"""
CONTRACT = "include/contracts/licensing/table_permit.yml"
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


@dataclass(frozen=True)
class Added:
    """A copy of the project to which a person added both, and what the person was told.

    Attributes:
        written: The contract as the command wrote it.
        told_of_feed: What the check said of the contract before it was filled in.
        told_of_kpi: What the check said of the entry while a column was misspelt.
        line: Line of the catalogue on which it was.
    """

    copy: ProjectCopy
    written: str
    told_of_feed: str
    told_of_kpi: str
    line: int

    def rows(self, sql: str) -> list[list[object]]:
        """Ask what is published."""
        return [list(row.values()) for row in json.loads(self.copy.csp("query", sql, "--json"))]


def add_feed(copy: ProjectCopy, sample: Path) -> tuple[str, str]:
    """Add the feed; gives the contract as it was written, and what was said of it at first."""
    copy.csp("feeds", "add", "licensing", "table_permit", "--sample", str(sample))
    contract = copy.root / CONTRACT
    written = contract.read_text(encoding="utf-8")
    active = written.replace("status: draft", "status: active")
    contract.write_text(active, encoding="utf-8")
    told = copy.csp("feeds", "check", code=1)
    filled = active.replace("to be filled in", "as agreed")
    filled = filled.replace("date: issued_on", "date: issued_on\n    ward: ward")
    contract.write_text(filled, encoding="utf-8")
    copy.csp("feeds", "check")
    return written, told


def add_kpi(copy: ProjectCopy) -> tuple[str, int]:
    """Add the KPI; gives what was said of a misspelt column, and the line on which that was."""
    catalogue = copy.root / CATALOGUE
    kept = catalogue.read_text(encoding="utf-8")
    wrong = kept + ENTRY.replace("filter: est_attendance", "filter: est_attendence")
    catalogue.write_text(wrong, encoding="utf-8")
    told = copy.csp("kpis", "check", code=1)
    catalogue.write_text(kept + ENTRY, encoding="utf-8")
    copy.csp("kpis", "check")
    return told, 1 + wrong[: wrong.index("est_attendence")].count("\n")


@pytest.fixture(scope="module", params=["duckdb", "postgresql"])
def added(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Added]:
    """The copy with both added, a delivery for each of them ingested, and refreshed once."""
    engine, folder = request.param, tmp_path_factory.mktemp("added")
    if engine == "postgresql":
        server: Server = request.getfixturevalue("server")
        engine = server.fresh_database().address.render_as_string(hide_password=False)
    sample, events = folder / "table_permits_202106.csv", folder / "music_event_20210613.csv"
    sample.write_text(SAMPLE, encoding="utf-8")
    events.write_text(EVENTS, encoding="utf-8")
    copy = ProjectCopy.below(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CSP_WAREHOUSE", engine)
        of_feed, of_kpi = add_feed(copy, sample), add_kpi(copy)
        copy.csp("ingest", str(sample), str(events))
        copy.csp("refresh")
        yield Added(copy, *of_feed, *of_kpi)


def test_a_feed_ends_in_a_published_table(added: Added) -> None:
    assert "TP-0001" not in added.written
    assert "say 'to be filled in'" in added.told_of_feed
    assert added.rows(
        "select permit_no, event_date, ward_code, borough_code, chairs, is_heated "
        "from fct_licensing_table_permit order by permit_no"
    ) == [
        ["TP-0001", "2021-06-02", "E05009336", "E09000030", 8, True],
        ["TP-0002", "2021-06-05", "E05009333", "E09000030", 12, False],
        ["TP-0003", "2021-06-05", "outside", "outside", 4, True],
    ]


def test_a_kpi_ends_in_a_published_figure(added: Added) -> None:
    assert f"{CATALOGUE}:{added.line}: K201, breakdown all: filter: " in added.told_of_kpi
    assert "est_attendance" in added.told_of_kpi
    assert added.rows(
        "select breakdown, numerator, denominator, value from kpi_observation "
        "where kpi_id = 'K201' and area_code = 'E09000030' order by breakdown"
    ) == [["all", 2, None, 2], ["closed", 1, 2, 50]]


def test_a_feed_is_two_files_and_a_kpi_one_entry(added: Added) -> None:
    assert added.copy.touched() == [
        f" M {CATALOGUE}",
        "?? dags/partner_feeds/licensing_table_permit.py",
        f"?? {CONTRACT}",
    ]
