"""The police's and MPS's real files, taken in whole and compared with an independent reading."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from csp.contracts import ContractRegistry
from csp.ingest import IngestOutcome

if TYPE_CHECKING:
    from tests.conftest import Desk

pytestmark = pytest.mark.real_data
#: Rows by an independent count; none of them is held back.
OUTCOME_ROWS = {"2022-07": 435, "2022-10": 801, "2023-01": 1_822, "2023-04": 1_260}
SEARCH_FILES, SEARCH_ROWS = 34, 22_926
WITHOUT_POSITION = 12_812
BURGLARY_ROWS = {"2022-07": 3_828, "2022-10": 4_760, "2023-01": 5_143, "2023-04": 4_185}
WARD_LINES, WARD_MONTHS = 18_688, 25
BOROUGH_LINES, BOROUGH_MONTHS = 1_032, 24
DASHBOARD_ROWS = 59_431


@pytest.fixture(scope="module")
def real_desk(
    tmp_path_factory: pytest.TempPathFactory,
    registry: ContractRegistry,
    desk_at: Callable[[Path, ContractRegistry], Desk],
) -> Desk:
    return desk_at(tmp_path_factory.mktemp("real-police"), registry)


@pytest.fixture(scope="module")
def mps(real_data: Path, real_desk: Desk) -> dict[str, IngestOutcome]:
    """Feed → outcome of its one real file."""
    outcomes = real_desk.take_all(*sorted((real_data / "mps").glob("*.csv")))
    return {outcome.feed or "": outcome for outcome in outcomes}


def read(path: Path) -> str:
    """The file as DuckDB reads it by itself, all text."""
    return (
        f"read_csv('{path}', header = true, all_varchar = true, delim = ',', quote = '\"', "
        "escape = '\"', nullstr = '')"
    )


def in_the_lake(desk: Desk, outcome: IngestOutcome) -> str:
    folder = desk.home.lake_delivery(outcome.feed or "", outcome.delivery_id)
    return f"read_parquet('{folder / 'rows.parquet'}')"


def same(first: str, second: str) -> bool:
    """Whether two queries give the same rows, each as often."""
    with duckdb.connect() as connection:
        return not connection.execute(
            f"select 1 from (({first}) except all ({second}) union all "
            f"(({second}) except all ({first}))) limit 1"
        ).fetchall()


def found(outcome: IngestOutcome) -> dict[tuple[str, str], int]:
    return {(finding.code, finding.verdict): finding.rows for finding in outcome.findings}


def assert_every_line_is_accounted_for(desk: Desk, outcome: IngestOutcome, lines: int) -> None:
    assert (outcome.verdict, outcome.quarantined_rows, outcome.rejected_lines) == ("accepted", 0, 0)
    assert desk.delivery(outcome).physical_lines == lines + 1


def test_every_outcome_of_the_metropolitan_police_reads_as_it_stands(
    real_data: Path, real_desk: Desk
) -> None:
    paths = sorted((real_data / "police" / "metropolitan-burglary-only").glob("*-outcomes.csv"))
    outcomes = real_desk.take_all(*paths)
    assert [o.accepted_rows for o in outcomes] == list(OUTCOME_ROWS.values())
    for path, outcome in zip(paths, outcomes, strict=True):
        assert_every_line_is_accounted_for(real_desk, outcome, OUTCOME_ROWS[path.name[:7]])
        # "On or near " without a street, and nothing else, has a blank at its end.
        assert set(found(outcome)) == {("R04", "fix")}
        assert same(
            'select "Crime ID", Month, trim(Location), "LSOA code", "Outcome type", '
            f"cast(Longitude as double) from {read(path)}",
            "select crime_id, strftime(outcome_month, '%Y-%m'), location, lsoa_code, "
            f"outcome_category, longitude from {in_the_lake(real_desk, outcome)}",
        )


def test_every_burglary_file_of_the_metropolitan_police_is_accepted(
    real_data: Path, real_desk: Desk
) -> None:
    paths = sorted((real_data / "police" / "metropolitan-burglary-only").glob("*-street.csv"))
    for path, outcome in zip(paths, real_desk.take_all(*paths), strict=True):
        rows = BURGLARY_ROWS[path.name[:7]]
        assert outcome.accepted_rows == rows
        assert_every_line_is_accounted_for(real_desk, outcome, rows)


def test_every_search_reads_as_it_stands_and_is_of_its_file_s_force_and_local_month(
    real_data: Path, real_desk: Desk
) -> None:
    paths = sorted((real_data / "police").glob("*/*-stop-and-search.csv"))
    outcomes = real_desk.take_all(*paths)
    assert len(outcomes) == SEARCH_FILES
    assert sum(outcome.accepted_rows for outcome in outcomes) == SEARCH_ROWS
    blank = 0
    for path, outcome in zip(paths, outcomes, strict=True):
        assert_every_line_is_accounted_for(real_desk, outcome, outcome.accepted_rows)
        assert found(outcome) == {}
        lake = in_the_lake(real_desk, outcome)
        force = "metropolitan" if "metropolitan" in path.name else "city-of-london"
        assert same(
            f"select Type, left(replace(Date, 'T', ' '), 19), cast(Latitude as double), "
            f"\"Self-defined ethnicity\", Outcome, '{force}', '{path.name[:7]}-01', "
            f"\"Removal of more than just outer clothing\" = 'True' from {read(path)}",
            "select search_type, strftime(searched_at, '%Y-%m-%d %H:%M:%S'), latitude, "
            "self_defined_ethnicity, search_outcome, series, cast(period_start as varchar), "
            f"is_more_than_outer_clothing from {lake}",
        )
        with duckdb.connect() as connection:
            query = f"select count(*) - count(latitude) from {lake}"
            blank += connection.execute(query).fetchone()[0]
    assert blank == WITHOUT_POSITION


@pytest.mark.parametrize(
    ("feed", "name", "lines", "months", "area"),
    [
        ("mps_ward_crime", "ward", WARD_LINES, WARD_MONTHS, "wardcode"),
        ("mps_borough_crime", "borough", BOROUGH_LINES, BOROUGH_MONTHS, "boroughname"),
    ],
)
def test_every_month_of_a_wide_file_is_a_row_with_its_own_number(
    feed: str,
    name: str,
    lines: int,
    months: int,
    area: str,
    real_data: Path,
    real_desk: Desk,
    mps: dict[str, IngestOutcome],
) -> None:
    outcome = mps[feed]
    assert_every_line_is_accounted_for(real_desk, outcome, lines)
    assert outcome.accepted_rows == lines * months
    column = "ward_code" if name == "ward" else "borough_name"
    path = real_data / "mps" / f"recorded-crime-{name}.csv"
    assert same(
        f"select minortext, {area}, month, cast(offences as integer) from (unpivot "
        f"(from {read(path)}) on columns('\\d+') into name month value offences)",
        f"select minor_category, {column}, strftime(crime_month, '%Y%m'), offences "
        f"from {in_the_lake(real_desk, outcome)}",
    )
    with duckdb.connect() as connection:
        query = f"select count(*) from {in_the_lake(real_desk, outcome)} where borough_name in "
        strange = "('Aviation Security (SO18)', 'Unknown')"
        unmatched = connection.execute(query + strange).fetchone()[0]
    assert {code: n for (code, verdict), n in found(outcome).items() if verdict == "warn"} == {
        f"P4{name[0].upper()}-B29-AREA": unmatched
    }


def test_every_row_of_the_dashboard_reads_as_it_stands(
    real_data: Path, real_desk: Desk, mps: dict[str, IngestOutcome]
) -> None:
    outcome = mps["mps_crime_dashboard"]
    assert outcome.accepted_rows == DASHBOARD_ROWS
    assert_every_line_is_accounted_for(real_desk, outcome, DASHBOARD_ROWS)
    path = real_data / "mps" / "monthly-crime-dashboard.csv"
    assert same(
        "select left(month_year, 10), area_type, trim(area_code), crime_subtype, measure, "
        f'cast("count" as integer), left(refresh_date, 10) from {read(path)}',
        "select strftime(crime_month, '%Y-%m-%d'), area_type, reported_area_code, "
        "offence_subgroup, measure, events, strftime(refreshed_on, '%Y-%m-%d') "
        f"from {in_the_lake(real_desk, outcome)}",
    )
    with duckdb.connect() as connection:
        unknown = connection.execute(
            f"select count(*) from {read(path)} where area_code is null "
            "or not regexp_full_match(trim(area_code), 'E0[59][0-9]{6}')"
        ).fetchone()[0]
    assert found(outcome)["P5-AREA", "warn"] == unknown
