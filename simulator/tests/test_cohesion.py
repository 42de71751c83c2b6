"""Cohesion feeds of the scenario: the presentation's figures, counted anew from the files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from csp.project import BOROUGH_SEEDS
from csp_simulator.borough_2021 import cohesion
from csp_simulator.borough_2021.cohesion_words import HATE_LEAST, HATE_MOST
from csp_simulator.borough_2021.truth import DomainTruth
from csp_simulator.places import Borough, load_borough
from csp_simulator.truth import Fault

RecordsOf = Callable[[Path, dict[str, str]], duckdb.DuckDBPyConnection]
SEED = 2021
LAST_12 = "date between '2020-11-01' and '2021-10-31'"
TO_DATE = "date between '2021-04-01' and '2021-10-31'"
KEYS = {
    "hate_incident": "hate_ref",
    "tension_issue": "issue_id",
    "prevent_session": "session_id",
    "protective_security": "referral_id",
    "engagement_event": "event_id",
}


@pytest.fixture(scope="module")
def borough() -> Borough:
    return load_borough(BOROUGH_SEEDS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cohesion")


@pytest.fixture(scope="module")
def truth(folder: Path, borough: Borough) -> DomainTruth:
    return cohesion.write(folder, borough, seed=SEED, scale=1)


@pytest.fixture(scope="module")
def files(truth: DomainTruth, folder: Path, records_of: RecordsOf) -> duckdb.DuckDBPyConnection:
    """Every row that was sent, and a view of the newest version of each record."""
    return records_of(folder / "cohesion", KEYS)


def one(files: duckdb.DuckDBPyConnection, query: str) -> object:
    return files.execute(query).fetchone()[0]


def test_rows_and_records_are_as_counted(
    truth: DomainTruth, files: duckdb.DuckDBPyConnection
) -> None:
    for name in KEYS:
        feed = truth.feeds[f"cohesion_{name}"]
        assert one(files, f"select count(*) from {name}_sent") == feed.rows
        assert one(files, f"select count(distinct filename) from {name}_sent") == feed.files
        assert one(files, f"select count(*) from {name}") == feed.current < feed.rows


@pytest.mark.parametrize(
    ("kpi", "value", "query"),
    [
        ("K034", 1742, f"sum(attendees) from prevent_session where {TO_DATE} "
         "and audience = 'FRONTLINE'"),
        ("K035", 614, "sum(attendees) from prevent_session where date between '2021-04-01' and "
         "'2021-09-30' and audience in ('SCHOOL_STAFF', 'PUPIL')"),
        ("K032", 20, f"sum(attendees) from engagement_event where {LAST_12} "
         "and programme = 'LMC_AMBASSADORS'"),
        ("K031", 8, "count(*) from engagement_event where date between '2021-10-09' and "
         "'2021-10-16' and programme = 'HATE_CRIME_WEEK'"),
        ("K033.named", 3, f"count(distinct title) from engagement_event where {LAST_12} "
         "and title in ('Building Stronger Communities', "
         "'Young Peoples Rise & Shine Conference', 'IDAHOBIT')"),
        ("K036", 9, f"count(distinct project_id) from engagement_event where {TO_DATE}"),
        ("K010.wards", 12, "count(distinct ward_code) from engagement_event "
         "where programme = 'ASB_WEEK' and date between '2021-07-19' and '2021-07-25'"),
        ("K038.named", 3, "count(distinct category) from tension_issue where raised_on between "
         "'2020-11-01' and '2021-10-31' "
         "and category in ('HATE_MURDER', 'ANTISEMITISM', 'YOUTH_VIOLENCE')"),
        ("K040", 53, "count(*) from protective_security where received_on between "
         "'2020-11-01' and '2021-10-31'"),
        ("K042", 2, "count(*) from protective_security where service = 'HVM'"),
    ],
)  # fmt: skip
def test_a_figure_of_the_presentation_is_true_of_the_files(
    kpi: str, value: int, query: str, truth: DomainTruth, files: duckdb.DuckDBPyConnection
) -> None:
    assert one(files, f"select {query}") == value == truth.figures[kpi]


def test_incidents_are_fewer_than_their_strands_and_within_bounds(
    truth: DomainTruth, files: duckdb.DuckDBPyConnection
) -> None:
    year = "from hate_incident where reported_on between '2020-11-01' and '2021-10-31'"
    assert one(files, f"select count(*) {year}") == truth.figures["K046.incidents"]
    split = f"select unnest(string_split(strands, '|')) as strand {year}"
    strands = dict(files.execute(f"select strand, count(*) from ({split}) group by 1").fetchall())
    assert strands == truth.figures["K046.by_strand"]
    assert sum(strands.values()) > truth.figures["K046.incidents"]
    # Incidents of the last days of December are saved in January.
    months = list(truth.figures["K046.by_month"].values())[:-1]
    assert HATE_LEAST <= min(months) <= max(months) <= HATE_MOST


def test_totals_hold_no_count_of_one_to_four(truth: DomainTruth, folder: Path) -> None:
    rows = duckdb.read_csv(str(folder / "cohesion/prevent_referral_*.csv"), header=True)
    assert len(rows) == truth.feeds["cohesion_prevent_referral"].rows
    for column in ("referrals", "channel_discussed", "channel_adopted"):
        assert not rows.filter(f"{column} between 1 and 4").fetchall()
        assert rows.filter(f"{column} >= 5").fetchall()


def test_files_are_weekly_in_the_last_quarter_and_archives_before(folder: Path) -> None:
    names = sorted(path.name for path in (folder / "cohesion").glob("hate_incident_*"))
    assert names[0] == "hate_incident_201904.zip"
    assert sum(name.endswith(".zip") for name in names) == 30
    assert next(name for name in names if name.endswith(".csv")) == "hate_incident_20211004.csv"


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and "unpacked" not in path.parts
    }


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(
    truth: DomainTruth, folder: Path, borough: Borough, tmp_path: Path
) -> None:
    again = cohesion.write(tmp_path / "again", borough, seed=SEED, scale=1)
    assert again == truth
    assert digests(tmp_path / "again") == digests(folder)
    other = cohesion.write(tmp_path / "other", borough, seed=7, scale=1)
    assert other.figures["K034"] == truth.figures["K034"]
    assert other.feeds != truth.feeds


def test_the_scale_multiplies_the_volume(
    truth: DomainTruth, borough: Borough, tmp_path: Path
) -> None:
    tripled = cohesion.write(tmp_path, borough, seed=SEED, scale=3)
    assert tripled.figures["K034"] == 3 * 1742
    for feed in ("cohesion_hate_incident", "cohesion_prevent_session"):
        assert 2.5 < tripled.feeds[feed].current / truth.feeds[feed].current < 3.5


def test_bad_inputs_are_where_their_labels_say(borough: Borough, tmp_path: Path) -> None:
    found = cohesion.faults(tmp_path, borough, seed=SEED)
    assert all(isinstance(fault, Fault) for fault in found)
    written = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert {fault.file for fault in found} == written
    assert {"B69", "B70"} <= {fault.code for fault in found}
