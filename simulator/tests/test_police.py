"""The scenario's police files hold what their truth says, by a count over the files alone."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from csp.project import BOROUGH_SEEDS
from csp_simulator.borough_2021 import police
from csp_simulator.borough_2021.truth import DomainTruth
from csp_simulator.places import Borough, load_borough

SCALE = 0.05
RELEASES = 33
CHARGED = "('Suspect charged', 'Awaiting court outcome', 'Court result unavailable')"
OUT_OF_COURT = (
    "('Local resolution', 'Offender given a caution', 'Offender given penalty notice', "
    "'Offender given a drugs possession warning')"
)
NO_SUSPECT = "('Investigation complete; no suspect identified')"


@pytest.fixture(scope="module")
def borough() -> Borough:
    return load_borough(BOROUGH_SEEDS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scenario")


@pytest.fixture(scope="module")
def truth(folder: Path, borough: Borough) -> DomainTruth:
    return police.write(folder, borough, seed=2021, scale=SCALE)


@pytest.fixture(scope="module")
def files(folder: Path, truth: DomainTruth) -> Path:
    """All archives unpacked, each in a folder of its own name."""
    assert truth.feeds
    for archive in folder.glob("*/*.zip"):
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(folder / "unpacked" / archive.parent.name / archive.stem)
    return folder


@pytest.fixture(scope="module")
def database(files: Path) -> duckdb.DuckDBPyConnection:
    """Views of every release, and tables of the newest one of each force and month."""
    connection = duckdb.connect()
    for name, kind in (("street", "street"), ("outcomes", "outcomes"), ("searches", "search")):
        connection.execute(
            f"create view every_{name} as from read_csv('{files}/unpacked/police/*/*/*{kind}.csv', "
            "header = true, all_varchar = true, delim = ',', quote = '\"', filename = true)"
        )
        connection.execute(
            f"create table {name} as select *, parse_filename(filename) as member "
            f"from every_{name} qualify filename = max(filename) over "
            "(partition by parse_filename(filename))"
        )
    connection.execute(f"create view lsoa as from read_csv('{BOROUGH_SEEDS}/lsoa.csv')")
    connection.execute("""
        create table crimes as select *, "LSOA code" in (select lsoa_code from lsoa) as inside
        from street where "Crime ID" is not null""")
    return connection


def numbers(database: duckdb.DuckDBPyConnection, query: str) -> dict[str, int]:
    return dict(database.execute(query).fetchall())


def test_the_truth_counts_the_rows_of_the_files(
    database: duckdb.DuckDBPyConnection, truth: DomainTruth
) -> None:
    for feed, name in (
        ("police_street_crime", "street"),
        ("police_outcome", "outcomes"),
        ("police_stop_search", "searches"),
    ):
        query = f"select count(distinct filename), count(*) from every_{name}"
        written = truth.feeds[feed]
        assert database.execute(query).fetchone() == (written.files, written.rows)
        newest = database.execute(f"select count(*) from {name}").fetchone()
        assert newest == (written.current,)


def test_crimes_and_asb_of_the_borough_are_those_of_the_newest_files(
    database: duckdb.DuckDBPyConnection, truth: DomainTruth
) -> None:
    crimes = 'select Month, count(distinct "Crime ID") from crimes where inside group by Month'
    assert numbers(database, crimes) == truth.figures["S01.crimes_by_month"]
    asb = (
        'select Month, count(*) from street where "Crime ID" is null and "LSOA code" in '
        "(select lsoa_code from lsoa) group by Month"
    )
    assert numbers(database, asb) == truth.figures["S02.asb_by_month"]


def test_how_a_cohort_ended_can_be_counted_from_the_outcome_files(
    database: duckdb.DuckDBPyConnection, truth: DomainTruth
) -> None:
    cohort = (
        'select distinct "Crime ID" from crimes where inside '
        "and Month between '2020-04' and '2020-06'"
    )
    ended = {"crimes": database.execute(f"select count(*) from ({cohort})").fetchone()[0]}
    for group, types in (
        ("charged", CHARGED),
        ("out_of_court", OUT_OF_COURT),
        ("no_suspect", NO_SUSPECT),
    ):
        ended[group] = database.execute(
            f'select count(distinct "Crime ID") from outcomes where "Crime ID" in ({cohort}) '
            f'and "Outcome type" in {types}'
        ).fetchone()[0]
    assert ended == truth.figures["S05.cohort_2020_q2"]


def test_outcomes_never_come_before_their_crime_and_few_are_orphans(
    database: duckdb.DuckDBPyConnection,
) -> None:
    rows, orphans, early = database.execute("""
        select count(*), count(*) filter (crimes."Crime ID" is null),
            count(*) filter (outcomes.Month < crimes.Month)
        from outcomes left join (select distinct "Crime ID", Month from crimes) as crimes
            using ("Crime ID")""").fetchone()
    assert early == 0
    assert 0 < orphans < 0.15 * rows


def test_searches_lie_in_their_local_month(database: duckdb.DuckDBPyConnection) -> None:
    wrong = database.execute("""
        select count(*) from searches where strftime(
            (replace(left(Date, 19), 'T', ' ')::timestamp at time zone 'UTC')
            at time zone 'Europe/London', '%Y-%m') <> left(member, 7)""").fetchone()
    assert wrong == (0,)


def test_wards_hold_95_to_100_percent_of_their_borough(files: Path, truth: DomainTruth) -> None:
    release = files / "unpacked" / "mps" / "MPS Recorded Crime 2021-12"
    with duckdb.connect() as connection:
        totals = {}
        for level, area in (("Ward", "LookUp_BoroughName"), ("Borough", "BoroughName")):
            path = release / f"MPS {level} Level Crime (most recent 24 months).csv"
            connection.execute(
                f"create view {level} as unpivot (from read_csv('{path}', all_varchar = true, "
                "delim = ',', quote = '\"', header = true)) "
                "on columns('\\d{6}') into name month value offences"
            )
            query = f"select month, sum(offences::int) from {level} where {area} = 'Tower Hamlets'"
            totals[level] = dict(connection.execute(f"{query} group by month").fetchall())
    stub = min(totals["Ward"])
    assert len(totals["Ward"]) == len(totals["Borough"]) == 25
    assert totals["Ward"].pop(stub) < 0.2 * totals["Ward"]["202112"]
    assert all(
        95 * totals["Borough"][m] <= 100 * n <= 100 * totals["Borough"][m]
        for m, n in totals["Ward"].items()
    )
    assert truth.feeds["mps_ward_crime"].files == 11


@pytest.fixture
def three_months(borough: Borough, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Counter[str]]:
    """Writes the archives of three months only, and gives the rows by feed."""
    monkeypatch.setattr(police, "months", lambda: [date(2021, month, 1) for month in (4, 5, 6)])

    def write(folder: Path, seed: int, scale: float) -> Counter[str]:
        return police._write_archives(folder, borough, seed, scale).rows

    return write


def test_same_seed_same_bytes_and_another_seed_other_records(
    three_months: Callable[..., Counter[str]], tmp_path: Path
) -> None:
    for name, seed in (("one", 2021), ("again", 2021), ("other", 2022)):
        three_months(tmp_path / name, seed, SCALE)
    one, again, other = (
        [path.read_bytes() for path in sorted((tmp_path / name).iterdir())]
        for name in ("one", "again", "other")
    )
    assert one == again
    assert all(first != second for first, second in zip(one, other, strict=True))


def test_three_times_the_scale_is_about_three_times_the_volume(
    three_months: Callable[..., Counter[str]], tmp_path: Path
) -> None:
    usual, larger = (three_months(tmp_path / str(n), 2021, n * SCALE) for n in (1, 3))
    for feed, rows in usual.items():
        assert 2.7 < larger[feed] / rows < 3.3, feed


def test_every_month_and_quarter_has_its_file(files: Path) -> None:
    counts = {
        kind: len(list(files.glob(pattern)))
        for kind, pattern in (
            ("archives", "police/*.zip"),
            ("returns", "police/section17a_return_*.csv"),
            ("mps", "mps/*.zip"),
            ("fire", "fire/LFB Incident data *.csv"),
        )
    }
    assert counts == {"archives": RELEASES, "returns": 11, "mps": 11, "fire": RELEASES}
