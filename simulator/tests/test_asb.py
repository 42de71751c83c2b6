"""The ASB part of borough-2021: its figures hold in the files."""

from __future__ import annotations

import zipfile
from pathlib import Path

import duckdb
import pytest

from csp.project import BOROUGH_SEEDS
from csp_simulator.borough_2021 import asb
from csp_simulator.borough_2021.truth import DomainTruth
from csp_simulator.places import Borough, load_borough

FEEDS = {
    "asb_case": "asb_case",
    "asb_enforcement_action": "enforcement_action",
    "asb_pspo": "pspo_register",
    "asb_patrol": "patrol",
    "asb_music_event": "music_event",
    "asb_case_review": "asb_case_review",
    "asb_panel_case": "safeguarding_panel_case",
    "asb_premises_visit": "premises_visit",
}
KEYS = {
    "asb_case": "case_ref",
    "asb_enforcement_action": "action_ref",
    "asb_music_event": "event_id",
    "asb_case_review": "request_id",
    "asb_panel_case": "case_ref",
    "asb_patrol": "patrol_id",
    "asb_premises_visit": "visit_id",
    "asb_pspo": "pspo_id",
}


@pytest.fixture(scope="module")
def borough() -> Borough:
    return load_borough(BOROUGH_SEEDS)


def delivered(folder: Path) -> dict[str, list[tuple[str, bytes]]]:
    """Feed → name and content of each of its files, in the order in which they were sent."""
    files: dict[str, list[tuple[str, bytes]]] = {feed: [] for feed in FEEDS}
    for feed, name in FEEDS.items():
        for path in sorted(folder.glob(f"{name}_[0-9]*.zip")):
            with zipfile.ZipFile(path) as archive:
                files[feed] += [(member, archive.read(member)) for member in archive.namelist()]
        files[feed] += [(p.name, p.read_bytes()) for p in sorted(folder.glob(f"{name}_[0-9]*.csv"))]
    return files


@pytest.fixture(scope="module")
def written(borough: Borough, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DomainTruth]:
    folder = tmp_path_factory.mktemp("asb")
    truth = asb.write(folder, borough, seed=2021, scale=1)
    return folder / asb.DOMAIN, truth


@pytest.fixture(scope="module")
def files(written: tuple[Path, DomainTruth]) -> dict[str, list[tuple[str, bytes]]]:
    return delivered(written[0])


@pytest.fixture(scope="module")
def database(
    files: dict[str, list[tuple[str, bytes]]], tmp_path_factory: pytest.TempPathFactory
) -> duckdb.DuckDBPyConnection:
    """Each feed's rows as they count now; of the register, those of the newest snapshot."""
    connection, folder = duckdb.connect(), tmp_path_factory.mktemp("whole")
    for feed, sent in files.items():
        newest = dict(sent[-1:] if feed == "asb_pspo" else sent)
        header = sent[0][1].split(b"\n", 1)[0] + b"\n"
        whole = folder / f"{feed}.csv"
        whole.write_bytes(header + b"".join(c.removeprefix(header) for c in newest.values()))
        key = KEYS[feed]
        versions = connection.read_csv(str(whole), all_varchar=True, sep=",", header=True)
        version = "record_version" if "record_version" in versions.columns else "1"
        connection.execute(
            f"create table {feed} as from versions qualify "
            f"row_number() over (partition by {key} order by {version} desc) = 1"
        )
    return connection


def one(database: duckdb.DuckDBPyConnection, query: str) -> object:
    return database.execute(query).fetchone()[0]


FIGURES = {
    "K002": "select sum(epoch(end_at::timestamptz - start_at::timestamptz)) / 3600 from asb_patrol "
    "where team in ('NET', 'PTF') and left(start_at, 10) between '2021-04-01' and '2021-10-31'",
    "K003": "select count(*) from asb_enforcement_action where action_type = 'ASB_WARNING' "
    "and left(issued_at, 10) between '2021-04-01' and '2021-10-31'",
    "K007": "select count(*) from asb_music_event where closed_flag = 'true' "
    "and left(reported_at, 10) between '2021-04-01' and '2021-06-30'",
    "K009": "select count(*) from asb_panel_case where accepted = 'true' "
    "and referred_on between '2020-11-01' and '2021-10-31'",
    "K011": "select count(*) from asb_pspo where '2021-10-31' between in_force_from and expires_on",
    "K013": "select count(*) from asb_enforcement_action where action_type = 'FPN' "
    "and pspo_id = 'PSPO-2021-NOX' and status <> 'CANCELLED' "
    "and left(issued_at, 10) between '2021-04-30' and '2021-10-31'",
    "K017": "select sum(seizure_qty::int) from asb_enforcement_action "
    "where seizure_item like 'NOX%' "
    "and left(issued_at, 10) between '2021-04-01' and '2021-10-31'",
    "K103": "select count(distinct site_id) from asb_patrol "
    "where site_type = 'PARK' and start_at like '2021-10%'",
    "K104": "select min(n) from (select count(distinct site_id) as n from asb_patrol "
    "group by date_trunc('week', left(start_at, 10)::date))",
    "K105": "select count(*) from asb_premises_visit "
    "where left(visited_at, 10) between '2020-10-01' and '2021-10-31'",
    "K106": "select count(*) from asb_enforcement_action where action_type = 'FPN' "
    "and power_code like 'COVID%' and status <> 'CANCELLED' "
    "and left(issued_at, 10) between '2020-10-01' and '2021-10-31'",
    "K108": "select count(distinct left(visited_at, 10)) from asb_premises_visit where "
    "day_of_action_flag = 'true' and left(visited_at, 10) between '2020-10-01' and '2021-10-31'",
    "asb_case.cases": """
        select count(*) from (
            select opened_on::date - lag(opened_on::date) over (
                partition by coalesce(complainant_token, case_ref), type_code,
                    coalesce(lsoa21_code, ward_code, '')
                order by opened_on, case_ref
            ) as days from asb_case
        ) where days is null or days > 1""",
    "asb_case.reports": "select count(*) from asb_case",
}


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_is_true_of_the_files(
    figure: str, database: duckdb.DuckDBPyConnection, written: tuple[Path, DomainTruth]
) -> None:
    assert one(database, FIGURES[figure]) == pytest.approx(written[1].figures[figure])


def test_the_figures_are_those_of_the_presentation(written: tuple[Path, DomainTruth]) -> None:
    figures = written[1].figures
    exact = {"K007": 15, "K009": 55, "K011": 3, "K013": 46, "K017": 2, "K106": 27}
    assert {name: figures[name] for name in exact} == exact
    assert figures["K014"] == {"amount": 100, "court_fine": 1000}
    assert figures["K103"] >= 120
    assert figures["K104"] >= 100
    assert figures["K105"] > 4_000
    # Nine thousand hours in eleven months, seven of them here.
    assert figures["K002"] == pytest.approx(9_000 * 7 / 11, rel=0.05)
    assert figures["K018"]["over_24"] > figures["K018"]["notices"] / 2
    assert figures["K110"] > 0.1


def test_payments_of_the_first_quarter_are_as_the_truth_says(
    database: duckdb.DuckDBPyConnection, written: tuple[Path, DomainTruth]
) -> None:
    row = database.execute(
        "with notices as (select *, paid_on::date - left(issued_at, 10)::date as took "
        "from asb_enforcement_action where action_type = 'FPN' and status <> 'CANCELLED' "
        "and left(issued_at, 10) between '2021-04-01' and '2021-06-30') "
        "select count(*), count(*) filter (took <= 28), count(*) filter (took <= 90), "
        "count(*) filter (status = 'PROSECUTED'), count(*) filter (took is null or took > 28), "
        "max(court_fine_gbp::int) filter (pspo_id like '%NOX') from notices"
    ).fetchone()
    paid, taken = written[1].figures["K015"], written[1].figures["K016"]
    assert row == (*paid.values(), *taken.values(), 1000)


def test_music_events_are_of_friday_to_sunday_nights(database: duckdb.DuckDBPyConnection) -> None:
    outside = one(
        database,
        "select count(*) from asb_music_event where dayname(left(reported_at, 10)::date) not in "
        "('Friday', 'Saturday', 'Sunday') or substr(reported_at, 12, 2)::int between 7 and 21",
    )
    assert outside == 0


@pytest.mark.parametrize("feed", FEEDS)
def test_the_truth_counts_files_and_rows(
    feed: str,
    database: duckdb.DuckDBPyConnection,
    files: dict[str, list[tuple[str, bytes]]],
    written: tuple[Path, DomainTruth],
) -> None:
    said = written[1].feeds[feed]
    assert len(files[feed]) == said.files
    assert sum(content.count(b"\n") - 1 for _, content in files[feed]) == said.rows
    assert one(database, f"select count(*) from {feed}") == said.current


@pytest.mark.parametrize("feed", ["asb_case", "asb_enforcement_action", "asb_patrol"])
def test_a_day_that_lacked_rows_is_sent_again_whole(
    feed: str, files: dict[str, list[tuple[str, bytes]]]
) -> None:
    last_of_month: dict[str, tuple[str, bytes]] = {}
    for name, content in files[feed]:
        month = name[-len("YYYYMMDD.csv") : -len("DD.csv")]
        last_of_month[month] = max(last_of_month.get(month, ("", b"")), (name, content))
    again = [
        (content, extract)
        for name, content in files[feed]
        if (extract := last_of_month[name[-len("YYYYMMDD.csv") : -len("DD.csv")]])[0] != name
        and name < f"{name[: -len('YYYYMMDD.csv')]}20211001.csv"
    ]
    assert again
    for content, (_, extract) in again:
        assert len(set(content.splitlines()) - set(extract.splitlines())) == 2


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(
    borough: Borough, tmp_path: Path
) -> None:
    def contents(name: str, seed: int) -> dict[str, bytes]:
        folder = tmp_path / name
        asb.write(folder, borough, seed=seed, scale=0.1)
        return {p.name: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}

    first = contents("first", 1)
    assert first == contents("again", 1)
    assert first != contents("other", 2)


def test_three_times_the_scale_is_three_times_the_rows(
    borough: Borough, tmp_path: Path, written: tuple[Path, DomainTruth]
) -> None:
    truth = asb.write(tmp_path, borough, seed=2021, scale=3)
    for feed, once in written[1].feeds.items():
        if feed != "asb_pspo":
            assert truth.feeds[feed].current == pytest.approx(3 * once.current, rel=0.1)
    assert truth.figures["K013"] == 3 * 46
    assert truth.figures["K103"] == written[1].figures["K103"]
