"""The figures of civil protection are true of the files, counted apart from the draw."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pytest

from csp.project import BOROUGH_SEEDS
from csp_simulator.borough_2021 import civil_protection
from csp_simulator.borough_2021.civil_incident_log import incident_rows
from csp_simulator.borough_2021.civil_incidents import draw_declarations
from csp_simulator.borough_2021.truth import DomainTruth
from csp_simulator.places import Borough, load_borough

IN_YEAR = "between date '2020-11-01' and date '2021-10-31'"


@pytest.fixture(scope="module")
def borough() -> Borough:
    return load_borough(BOROUGH_SEEDS)


@pytest.fixture(scope="module")
def written(borough: Borough, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DomainTruth]:
    """The scenario at its own scale, archives unpacked beside the files."""
    folder = tmp_path_factory.mktemp("civil")
    truth = civil_protection.write(folder, borough, seed=3, scale=1)
    for archive in (folder / "civil").glob("*.zip"):
        with zipfile.ZipFile(archive) as members:
            members.extractall(folder / "civil")
    return folder, truth


def ask(folder: Path, pattern: str, query: str) -> tuple:
    """One row of a query on `{rows}`, every field as text."""
    rows = f"read_csv('{folder}/{pattern}', all_varchar = true, header = true, delim = ',')"
    with duckdb.connect() as connection:
        return connection.execute(query.format(rows=rows, year=IN_YEAR)).fetchone()


NEWEST = """
    select * from {rows}
    qualify row_number() over (
        partition by incident_id order by record_version::int desc) = 1
"""
#: A second declaration has the number of the first, or lies a few metres and minutes from it.
FIRST = f"""
    with newest as ({NEWEST}), counted as (
        select *, reported_at[:10]::date as day from newest
        where response_start_at is not null
    )
    select counted.* from counted where day {{year}} and not exists (
        select 1 from counted as other
        where other.reported_at::timestamptz < counted.reported_at::timestamptz
        and counted.reported_at::timestamptz - other.reported_at::timestamptz < interval 6 hours
        and abs(other.latitude::double - counted.latitude::double) < 0.001
        and abs(other.longitude::double - counted.longitude::double) < 0.001
    )
"""


def test_incidents_of_the_last_twelve_months(written: tuple[Path, DomainTruth]) -> None:
    folder, truth = written
    minutes = "date_diff('minute', reported_at::timestamptz, response_start_at::timestamptz)"
    query = (
        "select count(*), sum(households_displaced::int), sum(govt_info_requests::int), "
        f"count(rest_centre_opened_at), median({minutes}) from ({FIRST})"
    )
    found = ask(folder, "civil/civil_incident_????????.csv", query)
    said = truth.figures
    assert found == (
        said["K090"],
        said["K092.households"],
        said["K093"],
        said["K092.rest_centres"],
        said["K094"],
    )
    assert said["K090"] == 30
    for kind in ("by_type", "by_level"):
        assert sum(said[f"K091.{kind}"].values()) == 30
    assert sum(said["K090.by_ward"].values()) == 30


def test_new_providence_wharf_is_there(written: tuple[Path, DomainTruth]) -> None:
    folder, _ = written
    query = (
        f"select count(*), any_value(declared_level), any_value(postcode_district), "
        f"any_value(ward_code), any_value(govt_info_requests::int) > 0 from ({NEWEST}) "
        "where reported_at like '2021-05-07T%' and acm_cladding_flag = 'true' "
        "and incident_type = 'FIRE_RESIDENTIAL' and m_major_incident = 'DECLARED'"
    )
    found = ask(folder, "civil/civil_incident_????????.csv", query)
    assert found == (1, "MAJOR", "E14", "E05009318", True)


def test_an_incident_runs_over_the_end_of_a_quarter(written: tuple[Path, DomainTruth]) -> None:
    folder, _ = written
    query = (
        f"select count(*) from ({NEWEST}) where reported_at like '2021-06-30T23:40%' "
        "and stand_down_at[:10] > '2021-06-30'"
    )
    assert ask(folder, "civil/civil_incident_????????.csv", query) == (1,)


def test_training_and_exercises(written: tuple[Path, DomainTruth]) -> None:
    folder, truth = written
    training = ask(
        folder,
        "civil/civil_training_*.csv",
        "select count(distinct event_id), sum(n) from (select event_id, "
        "any_value(attendee_count::int) as n from {rows} where event_date::date {year} group by 1)",
    )
    assert training == (39, 503) == (truth.figures["K095"], truth.figures["K096"])
    exercises = ask(
        folder,
        "civil/civil_exercise_*.csv",
        "select count(*), sum(staff), bool_or(type = 'CYBER'), bool_or(scope = 'PAN_LONDON') "
        'from (select exercise_id, any_value(staff_attending::int) as staff, any_value("type") as '
        'type, any_value(scope) as scope from {rows} where "date"::date {year} group by 1)',
    )
    assert exercises == (7, 60, True, True)
    assert (truth.figures["K097"], truth.figures["K098"]) == (7, 60)


def test_plans_and_cadre(written: tuple[Path, DomainTruth]) -> None:
    folder, truth = written
    plans = ask(
        folder,
        "civil/continuity_plan_20211031.csv",
        "select count(*), 100.0 * count(*) filter (review_due_on >= '2021-10-31') / count(*) "
        "from {rows} where status = 'ACTIVE'",
    )
    assert plans[0] == truth.figures["K099"] == 102
    assert float(plans[1]) == pytest.approx(truth.figures["K100"])
    shifts = ask(
        folder,
        "civil/cadre_shift_202110.csv",
        "select 100.0 * count(*) filter (filled = 'true') / count(*) from {rows}",
    )
    assert shifts == (100.0,)
    assert truth.figures["K089"] == 100.0


def test_every_row_is_counted(written: tuple[Path, DomainTruth]) -> None:
    folder, truth = written
    for feed, pattern, key in (
        ("civil_incident", "civil/civil_incident_????????.csv", "incident_id"),
        ("civil_training", "civil/civil_training_????????.csv", "event_id"),
        ("civil_exercise", "civil/civil_exercise_????????.csv", "exercise_id"),
        ("fire_lfb_mobilisation", "fire/LFB Mobil*.csv", '"ResourceMobilisationId"'),
    ):
        found = ask(folder, pattern, f"select count(*), count(distinct {key}) from {{rows}}")
        assert found == (truth.feeds[feed].rows, truth.feeds[feed].current), feed
        assert len(list(folder.glob(pattern))) == truth.feeds[feed].files


def fingerprint(folder: Path) -> str:
    """Of every file's name and bytes."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return digest.hexdigest()


def test_the_same_seed_gives_the_same_files(borough: Borough, tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        civil_protection.write(tmp_path / name, borough, seed=seed, scale=0.1)
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b")
    assert fingerprint(tmp_path / "a") != fingerprint(tmp_path / "c")


def test_volume_grows_with_the_scale(borough: Borough, tmp_path: Path) -> None:
    truth = civil_protection.write(tmp_path, borough, seed=3, scale=3)
    figures = truth.figures
    assert (figures["K090"], figures["K095"], figures["K096"]) == (90, 117, 1509)
    assert (figures["K097"], figures["K098"], figures["K099"]) == (21, 180, 306)


def test_a_major_incident_has_its_time_at_every_scale(borough: Borough) -> None:
    drawn = draw_declarations(borough, seed=2021, scale=100)
    rows, _ = incident_rows(drawn, seed=2021)
    major = rows.filter(pc.equal(rows["m_major_incident"], "DECLARED"))
    assert len(major) > 100
    assert major["declared_at"].null_count == 0
