"""Every check before and on the KPI marts passes good marts and fails spoilt ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import duckdb
import pytest

from csp.contracts import ContractRegistry
from csp.quality.contract_checks import contract_checks
from csp.quality.duckdb_dialect import duckdb_url
from csp.quality.judge import TableCheck, judge
from csp.quality.publication_suite import publication_suite
from csp.quality.warehouse_suite import warehouse_suite
from csp.warehouse.platform import Platform

CRIME, ASB, FIRE = "core.fct_recorded_crime", "core.fct_asb_incident", "core.fct_fire_incident"
OUTCOME, SEARCH, COUNTS = (
    "core.fct_crime_outcome",
    "core.fct_stop_search",
    "core.fct_mps_crime_month",
)
MART = "kpi.kpi_observation"
FIRST = "rowid = (select min(rowid) from {table} {condition})"


def change_one(table: str, change: str, condition: str = "") -> str:
    """Change the first row (for which the condition holds)."""
    return f"update {table} set {change} where " + FIRST.format(table=table, condition=condition)


def one_twice(table: str) -> str:
    """Have one row twice."""
    return f"insert into {table} select * from {table} limit 1"


def with_rows(table: str, *rows: str) -> str:
    """Have a few rows more, of a table of which the year has none."""
    # Made anew, the table does not insist on columns that do not matter here.
    inserts = (f"insert into {table} by name select {row}" for row in rows)
    return "; ".join([f"create or replace table {table} as from {table}", *inserts])


def emptied(table: str, column: str) -> str:
    """Take a value away from one row of a column that has it by contract."""
    return f"alter table {table} alter column {column} drop not null; " + change_one(
        table, f"{column} = null"
    )


def off_by_one(kpi: str, breakdown: str = "all") -> str:
    """Publish one event more than there was."""
    return change_one(
        MART,
        "numerator = numerator + 1",
        f"where kpi_id = '{kpi}' and breakdown = '{breakdown}' and period_kind = 'month' "
        "and area_kind = 'borough' and status = 'reported'",
    )


SPOIL = {
    "WH-CRIME-KEY": one_twice(CRIME),
    "WH-ASB-KEY": one_twice(ASB),
    "WH-FIRE-KEY": one_twice(FIRE),
    "WH-CRIME-MONTH": emptied(CRIME, "crime_month"),
    "WH-ASB-MONTH": emptied(ASB, "crime_month"),
    "WH-FIRE-CALLED": emptied(FIRE, "called_at"),
    "WH-CRIME-AREA": change_one(CRIME, "area_code = 'E01999999'"),
    "WH-ASB-AREA": change_one(ASB, "area_code = 'E01999999'"),
    "WH-FIRE-AREA": change_one(FIRE, "area_code = 'E05999999'"),
    "WH-CRIME-TYPE": change_one(CRIME, "crime_type = 'Piracy'"),
    "WH-ASB-APART": change_one(CRIME, "crime_type = 'Anti-social behaviour'"),
    "WH-STREET-SUM": f"delete from {ASB} where rowid = (select min(rowid) from {ASB})",
    "WH-FIRE-SUM": f"delete from {FIRE} where rowid = (select min(rowid) from {FIRE})",
    "WH-RELEASE-ONE": change_one("core.fct_release", "is_current = false", "where is_current"),
    "WH-AREA-WARDS": "delete from core.dim_area where area_code = 'E05009336'",
    "WH-OUTSIDE-PLACED": change_one(
        CRIME, "ward_code = 'E05009317'", "where borough_code = 'outside'"
    ),
    "WH-REPEATED-ID": f"update {CRIME} set is_crime_id_repeated = true",
    "WH-OUTCOME-KEY": with_rows(OUTCOME, *["'d-2' as crime_outcome_id"] * 2),
    "WH-SEARCH-KEY": with_rows(SEARCH, *["'hash-1' as stop_search_id"] * 2),
    "WH-OUTCOME-SUM": with_rows(OUTCOME, "1 as source_row_count"),
    "WH-SEARCH-SUM": with_rows(SEARCH, "'hash-1' as stop_search_id"),
    "WH-OUTCOME-ORPHAN": with_rows(OUTCOME, "true as is_orphan"),
    "WH-OUTCOME-EARLY": with_rows(OUTCOME, "true as is_before_crime"),
    "WH-MPS-WARDS": with_rows(
        COUNTS,
        *(
            f"'{level}' as area_level, {offences} as offences, date '2021-06-01' as crime_month, "
            "'E09000030' as borough_code, true as in_crime_total, false as is_partial_month"
            for level, offences in (("ward", 94), ("borough", 100))
        ),
    ),
    "PUB-KEY": one_twice(MART),
    "PUB-STATUS": emptied(MART, "status"),
    "PUB-AS-OF": emptied(MART, "as_of"),
    "PUB-STATUS-SET": change_one(MART, "status = 'fine'"),
    "PUB-NUMBER": change_one(MART, "publication_id = publication_id + 1"),
    "PUB-KPI": change_one(MART, "kpi_id = 'S99'"),
    "PUB-AREA": change_one(MART, "area_code = 'nowhere'"),
    "PUB-NULL": change_one(MART, "numerator = null", "where status = 'reported'"),
    "PUB-UNSHOWN": change_one(MART, "status = 'suppressed'", "where value is not null"),
    "PUB-CATALOGUE": f"delete from {MART} where kpi_id = 'S01'",
    "PUB-MEASURES": "delete from kpi.dim_kpi where kpi_id = 'S02'",
    "PUB-INTERVAL": change_one(MART, "lower = value + 1", "where value > 0"),
    "PUB-DENOMINATOR": change_one(MART, "denominator = 0", "where kpi_id = 'S01'"),
    "PUB-NEGATIVE": change_one(MART, "numerator = -1"),
    "PUB-AREAS": f"delete from {MART} where "
    + FIRST.format(table=MART, condition="where kpi_id = 'S01' and status = 'reported'"),
    "PUB-WARD-SUM": change_one(
        MART,
        "numerator = 100000",
        "where area_kind = 'ward' and period_kind = 'month' and kpi_id = 'S01'",
    ),
    "PUB-ATTACK": "insert into restricted.disclosure_finding values ('K049', 'recoverable', 2)",
    "PUB-STANDS-STILL": with_rows(
        "restricted.disclosure_decision", "'K049' as kpi_id, true as stands_still"
    ),
    "PUB-S01": off_by_one("S01"),
    "PUB-S02": off_by_one("S02"),
    "PUB-S28": off_by_one("S28", "fire"),
    "PUB-PERSON": f"alter table {CRIME} add column surname text",
    "PUB-PARTIAL": change_one(MART, "status = 'partial'", "where status = 'reported'"),
}


@cache
def all_checks(publication_id: int = 1) -> list[TableCheck]:
    """Both suites, but for the checks made from contracts; tests/borough spoils their tables."""
    contracts = list(ContractRegistry())
    made = {check.id for contract in contracts for check in contract_checks(contract)}
    suites = [*warehouse_suite(contracts), *publication_suite(publication_id)]
    return [check for check in suites if check.id not in made]


@pytest.fixture(scope="module")
def built(
    published_year: Callable[[str, Path], Platform], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A candidate warehouse whose marts are good."""
    return published_year("duckdb", tmp_path_factory.mktemp("built")).home.candidate_file


def test_every_check_has_a_way_to_spoil_the_marts() -> None:
    assert {check.id for check in all_checks()} == set(SPOIL)


def test_good_marts_pass_every_check(built: Path) -> None:
    judgements = judge(duckdb_url(str(built)), all_checks())
    assert [f"{j.check.id}: {j.observed}" for j in judgements if not j.passed] == []


@pytest.mark.parametrize("check_id", sorted(SPOIL))
def test_spoilt_marts_fail_their_check(
    check_id: str, built: Path, tmp_path: Path, copied: Callable[[Path, Path], Path]
) -> None:
    spoilt = copied(built, tmp_path / "candidate.duckdb")
    with duckdb.connect(str(spoilt)) as connection:
        connection.execute(SPOIL[check_id])
    check = next(check for check in all_checks() if check.id == check_id)
    (judgement,) = judge(duckdb_url(str(spoilt)), [check])
    assert not judgement.passed
    assert "could not be judged" not in judgement.observed


@pytest.fixture
def copied() -> Callable[[Path, Path], Path]:
    """Copy a DuckDB file; its views name the catalog after the file, so the name must stay."""

    def copy(source: Path, target: Path) -> Path:
        assert source.name == target.name
        return Path(shutil.copy(source, target))

    return copy


def test_a_check_that_cannot_be_run_has_failed(built: Path) -> None:
    check = next(check for check in all_checks() if check.id == "WH-AREA-WARDS")
    broken = TableCheck(
        "X",
        check.sentence,
        check.severity,
        check.owner,
        check.table,
        check.expectation,
        {"unexpected_rows_query": "select no_such_column from {batch}"},
    )
    (judgement,) = judge(duckdb_url(str(built)), [broken])
    assert not judgement.passed
