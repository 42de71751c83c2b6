"""VAWG feeds of the scenario: the presentation's figures, counted anew from the files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from csp.project import BOROUGH_SEEDS
from csp_simulator.borough_2021 import vawg
from csp_simulator.borough_2021.truth import DomainTruth
from csp_simulator.places import Borough, load_borough

RecordsOf = Callable[[Path, dict[str, str]], duckdb.DuckDBPyConnection]
SEED = 2021
LAST_12 = "between '2020-11-01' and '2021-10-31'"
KEYS = {
    "vawg_referral": "referral_id",
    "sanctuary_installation": "install_id",
    "vawg_training": "session_id",
}
FEEDS = dict(zip(KEYS, ("referral", "sanctuary_installation", "training_session"), strict=True))


@pytest.fixture(scope="module")
def borough() -> Borough:
    return load_borough(BOROUGH_SEEDS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vawg")


@pytest.fixture(scope="module")
def truth(folder: Path, borough: Borough) -> DomainTruth:
    return vawg.write(folder, borough, seed=SEED, scale=1)


@pytest.fixture(scope="module")
def files(truth: DomainTruth, folder: Path, records_of: RecordsOf) -> duckdb.DuckDBPyConnection:
    """Every row that was sent, views of the newest versions, and the newest minutes."""
    connection = records_of(folder / "vawg", KEYS)
    minutes = connection.read_csv(str(folder / "vawg/marac_case_*.csv"), header=True, filename=True)
    minutes.create("marac_sent")
    connection.execute(
        "create table marac as select * from marac_sent "
        "qualify filename = max(filename) over (partition by meeting_date)"
    )
    return connection


def one(files: duckdb.DuckDBPyConnection, query: str) -> object:
    return files.execute(query).fetchone()[0]


def test_rows_and_records_are_as_counted(
    truth: DomainTruth, files: duckdb.DuckDBPyConnection
) -> None:
    for name, entity in FEEDS.items():
        feed = truth.feeds[f"vawg_{entity}"]
        assert one(files, f"select count(*) from {name}_sent") == feed.rows
        assert one(files, f"select count(distinct filename) from {name}_sent") == feed.files
        assert one(files, f"select count(*) from {name}") == feed.current < feed.rows
    minutes = truth.feeds["vawg_marac_case"]
    assert one(files, "select count(*) from marac_sent") == minutes.rows
    assert one(files, "select count(*) from marac") == minutes.current < minutes.rows


@pytest.mark.parametrize(
    ("kpi", "value", "query"),
    [
        ("K077", 82, "count(distinct home_token) from sanctuary_installation "
         f"where install_on {LAST_12}"),
        ("K079", 24, "sum(attendees) from vawg_training where programme = 'CHAMPION' "
         f"and date {LAST_12}"),
        ("K080", 356, "sum(attendees) from vawg_training where programme = 'ASK_FOR_ANGELA'"),
        ("K081", 150, "count(distinct venue_token) from vawg_training "
         "where programme = 'ASK_FOR_ANGELA'"),
        ("K084", 2, "count(*) from vawg_training where programme = 'SEXUAL_RESPECT'"),
        ("K084.students", 230, "sum(attendees) from vawg_training "
         "where programme = 'SEXUAL_RESPECT'"),
        ("K085", 2, "count(*) from vawg_training where programme = 'PARENT'"),
        ("K086", 1, "count(*) from vawg_training where programme = 'MISOGYNY' "
         "and date <= '2021-10-31'"),
    ],
)  # fmt: skip
def test_a_figure_of_the_presentation_is_true_of_the_files(
    kpi: str, value: int, query: str, truth: DomainTruth, files: duckdb.DuckDBPyConnection
) -> None:
    assert one(files, f"select {query}") == value == truth.figures[kpi]


def test_homes_are_fewer_than_works(truth: DomainTruth) -> None:
    assert truth.figures["K077"] < truth.figures["K077.works"]


def test_demand_has_increased_and_solace_begins_in_january_2021(
    truth: DomainTruth, files: duckdb.DuckDBPyConnection
) -> None:
    assert truth.figures["K088"] > truth.figures["K088.year_before"]
    year = f"from vawg_referral where received_on {LAST_12}"
    assert one(files, f"select count(*) {year}") == truth.figures["K088"]
    solace = "from vawg_referral where service like 'SOLACE%'"
    assert str(one(files, f"select min(received_on) {solace}")) >= "2021-01-01"
    engaged = f"select count(engaged_on) {solace} and received_on <= '2021-10-31'"
    assert one(files, engaged) == truth.figures["K076.engaged"]


def test_the_conference_hears_its_usual_cases_and_repeats(
    truth: DomainTruth, files: duckdb.DuckDBPyConnection
) -> None:
    repeats = one(
        files,
        f"""select count(*) from (
            select *, lag(meeting_date) over (partition by case_token order by meeting_date) as last
            from marac
        ) where meeting_date {LAST_12} and meeting_date <= last + interval 12 month""",
    )
    cases = truth.figures["S23.cases"]
    assert one(files, f"select count(*) from marac where meeting_date {LAST_12}") == cases
    assert repeats == truth.figures["S23.repeats"]
    assert 0.28 <= repeats / cases <= 0.40
    assert 430 <= cases <= 530  # 40 a year per 10,000 of about 120,000 adult women


def test_no_field_says_where(folder: Path) -> None:
    for path in (folder / "vawg").glob("*.csv"):
        header = path.read_text(encoding="utf-8").splitlines()[0]
        assert not any(word in header for word in ("ward", "lsoa", "postcode", "address"))


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and "unpacked" not in path.parts
    }


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(
    truth: DomainTruth, folder: Path, borough: Borough, tmp_path: Path
) -> None:
    assert vawg.write(tmp_path / "again", borough, seed=SEED, scale=1) == truth
    assert digests(tmp_path / "again") == digests(folder)
    other = vawg.write(tmp_path / "other", borough, seed=7, scale=1)
    assert other.figures["K077"] == truth.figures["K077"]
    assert other.feeds != truth.feeds


def test_the_scale_multiplies_the_volume(
    truth: DomainTruth, borough: Borough, tmp_path: Path
) -> None:
    tripled = vawg.write(tmp_path, borough, seed=SEED, scale=3)
    assert tripled.figures["K077"] == 3 * 82
    for feed in ("vawg_referral", "vawg_marac_case"):
        assert 2.5 < tripled.feeds[feed].current / truth.feeds[feed].current < 3.5


def test_bad_inputs_are_where_their_labels_say(borough: Borough, tmp_path: Path) -> None:
    found = vawg.faults(tmp_path, borough, seed=SEED)
    written = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert {fault.file for fault in found} == written
    assert {"B71", "GV17"} <= {fault.code for fault in found}
