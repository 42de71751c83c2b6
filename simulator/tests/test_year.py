"""The year of deliveries: reproducible, in the partners' form, and as its truth says."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import asdict
from pathlib import Path

import duckdb
import pytest

from csp.project import BOROUGH_SEEDS
from csp_simulator import SCENARIOS, SimulationTruth, simulate
from csp_simulator.draws import stream
from csp_simulator.fire_words import FIRE_COLUMNS
from csp_simulator.places import load_borough
from csp_simulator.street_crime import draw_month
from csp_simulator.street_words import FORCES
from csp_simulator.truth import count_street, street_month

STREET_HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)
ASB = "'Anti-social behaviour'"


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def street(folder: Path, inner: str = "**/*street.csv") -> duckdb.DuckDBPyRelation:
    return duckdb.read_csv(
        str(folder / inner),
        header=True,
        all_varchar=True,
        delimiter=",",
        quotechar='"',
        filename=True,
    )


def incidents(year: Path) -> duckdb.DuckDBPyRelation:
    """Each month from the newest file that holds it."""
    files = duckdb.read_csv(
        str(year / "deliveries/fire/*.csv"), header=True, all_varchar=True, filename=True
    )
    return files.query(
        "files",
        "select *, strftime(strptime(DateOfCall, '%d %b %Y'), '%Y-%m') as month from files "
        "qualify filename = max(filename) over (partition by month)",
    )


def test_the_same_seed_gives_the_same_bytes(year: Path, seeds: Path, tmp_path: Path) -> None:
    simulate("borough-year", tmp_path, scale=0.05, faults=True, seeds=seeds)
    assert digests(tmp_path) == digests(year)


def test_another_seed_gives_other_counts(
    truth: SimulationTruth, seeds: Path, tmp_path: Path
) -> None:
    other = simulate("borough-year", tmp_path, seed=7, scale=0.05, seeds=seeds)
    assert [m.rows for m in other.police] != [m.rows for m in truth.police]
    assert [m.incidents for m in other.fire] != [m.incidents for m in truth.fire]


def test_the_truth_is_kept_beside_the_deliveries_and_says_it_is_synthetic(
    year: Path, truth: SimulationTruth
) -> None:
    saved = json.loads((year / "truth.json").read_text())
    assert saved == json.loads(json.dumps(asdict(truth)))
    assert saved["label"] == "synthetic"
    assert "SYNTHETIC" in (year / "README.txt").read_text()
    assert not list((year / "deliveries").rglob("truth*"))


def test_every_release_holds_its_month_and_the_month_before(year: Path) -> None:
    names = {
        path.stem: zipfile.ZipFile(path).namelist()
        for path in (year / "deliveries/police").glob("*.zip")
    }
    assert len(names) == 12
    assert names["2021-01"] == [
        f"{month}/{month}-{force}-street.csv"
        for month in ("2020-12", "2021-01")
        for force in ("btp", "city-of-london", "metropolitan")
    ]


def test_headers_are_exactly_the_published_ones(year: Path, newest_street: Path) -> None:
    for path in newest_street.rglob("*.csv"):
        assert path.read_bytes().splitlines()[0].decode() == STREET_HEADER
    for path in (year / "deliveries/fire").iterdir():
        assert path.read_bytes().split(b"\n")[0].decode() == ",".join(FIRE_COLUMNS)
    assert len(FIRE_COLUMNS) == 39


def test_one_member_of_the_run_has_crlf_line_ends(year: Path) -> None:
    crlf = [
        name
        for path in (year / "deliveries/police").glob("*.zip")
        for name in zipfile.ZipFile(path).namelist()
        if b"\r\n" in zipfile.ZipFile(path).read(name)
    ]
    assert len(crlf) == 1


def test_the_police_truth_equals_a_count_over_the_files(
    year: Path, newest_street: Path, seeds: Path, truth: SimulationTruth
) -> None:
    counted = duckdb.sql(f"""
        with rows as (from read_csv('{newest_street}/**/*street.csv', header = true,
                all_varchar = true, filename = true, delim = ',', quote = '"')),
        ward as (select distinct lsoa_code, ward_code from '{seeds}/lsoa.csv'),
        crime as (
            select *, coalesce("Crime ID" || "Crime type" || coalesce("LSOA code", ''),
                               uuid()::varchar) as key
            from rows left join ward on "LSOA code" = lsoa_code)
        select Month, regexp_extract(filename, '\\d\\d-([a-z-]+)-street', 1) as force, count(*),
            count(distinct key) filter ("Crime type" <> {ASB}),
            count(*) filter ("Crime type" = {ASB}),
            count(*) filter (Location = 'No Location'),
            count(distinct key) filter ("Crime type" <> {ASB} and ward_code is not null),
            count(*) filter ("Crime type" = {ASB} and ward_code is not null),
            count(distinct key) filter ("Crime type" = 'Drugs' and ward_code is not null),
            count(distinct key) filter ("Crime type" <> {ASB} and ward_code = 'E05009336')
        from crime group by all order by all""").fetchall()
    assert counted == [
        (
            *(m.month, m.force, m.rows, m.crimes, m.asb, m.no_location),
            *(m.in_borough_crimes, m.in_borough_asb, m.in_borough_by_type.get("Drugs", 0)),
            m.in_borough_by_ward.get("E05009336", {"crimes": 0})["crimes"],
        )
        for m in sorted(truth.police, key=lambda m: (m.month, m.force))
    ]


def test_the_fire_truth_equals_a_count_over_the_files(year: Path, truth: SimulationTruth) -> None:
    files = incidents(year)
    counted = files.query(
        "found",
        """select month, count(*), count(*) filter (inside),
            count(*) filter (inside and IncidentGroup = 'Fire'),
            count(*) filter (inside and FirstPumpArriving_AttendanceTime::double <= 360),
            count(FirstPumpArriving_AttendanceTime) filter (inside)
        from (select *, IncGeo_BoroughCode = 'E09000030' as inside from found)
        group by all order by all""",
    ).fetchall()
    assert counted == [
        (
            *(m.month, m.incidents, m.in_borough, m.in_borough_by_group.get("Fire", 0)),
            *(m.first_pump_within_360, m.first_pump_with_time),
        )
        for m in truth.fire
    ]


def test_asb_has_neither_id_nor_outcome_and_every_crime_has_both(newest_street: Path) -> None:
    rows = street(newest_street)
    wrong = rows.filter(
        f'(("Crime ID" is null) <> ("Crime type" = {ASB})) or '
        f'(("Last outcome category" is null) <> ("Crime type" = {ASB})) or '
        "not regexp_full_match(coalesce(\"Crime ID\", repeat('0', 64)), '[0-9a-f]{64}')"
    )
    assert wrong.count("*").fetchone() == (0,)


def test_lsoa_names_of_the_borough_stand_with_codes_of_its_lists(
    newest_street: Path, seeds: Path
) -> None:
    codes = load_borough(seeds).codes
    rows = street(newest_street).filter('"LSOA code" is not null')
    pairs = rows.project('"LSOA code", "LSOA name", Month').distinct().fetchall()
    assert all((code in codes) == name.startswith("Tower Hamlets ") for code, name, _ in pairs)
    new = {month for code, _, month in pairs if code.startswith("E01035")}
    assert new == {"2021-07", "2021-08", "2021-09"}


def test_a_code_whose_ward_differs_between_vintages_is_never_drawn(newest_street: Path) -> None:
    rows = street(newest_street)
    assert rows.filter("\"LSOA code\" = 'E01009999'").count("*").fetchone() == (0,)


def test_a_location_with_a_comma_is_quoted(newest_street: Path) -> None:
    text = b"".join(path.read_bytes() for path in newest_street.rglob("*.csv"))
    assert b',"On or near St Katharine\'s Way, E1",' in text


def test_a_re_issued_month_is_revised_by_at_most_one_percent(year: Path) -> None:
    folder = year / "deliveries/police"
    first = zipfile.ZipFile(folder / "2021-05.zip").read("2021-05/2021-05-metropolitan-street.csv")
    later = zipfile.ZipFile(folder / "2021-06.zip").read("2021-05/2021-05-metropolitan-street.csv")
    before, after = set(first.splitlines()), set(later.splitlines())
    assert before != after
    assert max(len(before - after), len(after - before)) <= 0.01 * len(before)


def test_incidents_look_like_the_published_ones(year: Path) -> None:
    files = incidents(year)
    counted = files.query(
        "found",
        """select count(*) = count(distinct IncidentNumber),
            bool_and(regexp_full_match(IncidentNumber, '[0-9]{6}-[0-9]{8}')),
            bool_and((SpecialServiceType <> 'NULL') = (IncidentGroup = 'Special Service')),
            bool_and((Easting_m is null) = (PropertyCategory = 'Dwelling')),
            bool_and(substr(TimeOfCall, 1, 2)::int = HourOfCall::int),
            count(*) filter (Easting_m is null) / count(*) between 0.45 and 0.55,
            median(FirstPumpArriving_AttendanceTime::double) between 285 and 315,
            count(*) filter (IncGeo_BoroughCode = 'E00000000') > 0,
            count(*) filter (PropertyType like '% ') > 0,
            count(*) filter (DateOfCall = '28 Mar 2021' and HourOfCall = '1') = 0
        from found""",
    ).fetchone()
    assert counted == (True,) * len(counted)


@pytest.mark.parametrize("month", ["2021-02", "2021-07"])
def test_the_volume_at_scale_1_is_the_boroughs(seeds: Path, month: str) -> None:
    borough = load_borough(seeds)
    months = []
    for force in FORCES:
        drawn = draw_month(stream(1, "street", force.slug, month), force, month, 1.0, borough)
        counts = count_street(drawn)
        months.append(street_month(counts, release=month, force=force.slug, month=month))
    rows = sum(m.rows for m in months)
    inside = sum(m.in_borough_crimes + m.in_borough_asb for m in months)
    unplaced = sum(m.no_location for m in months)
    assert 2900 <= sum(m.in_borough_crimes for m in months) <= 3600
    assert 700 <= sum(m.in_borough_asb for m in months) <= 1200
    assert 0.27 <= (rows - inside - unplaced) / rows <= 0.33
    assert 0.025 <= unplaced / rows <= 0.035
    assert 0.99 < sum(m.crimes + m.asb for m in months) / rows < 1


@pytest.mark.skipif(not (BOROUGH_SEEDS / "lsoa.csv").is_file(), reason="seeds not built yet")
def test_the_projects_own_seeds_can_be_read() -> None:
    borough = load_borough(BOROUGH_SEEDS)
    assert len(borough.ward_names) == 20
    assert {len(areas) > 130 for areas in borough.lsoas.values()} == {True}
    assert set(SCENARIOS) == {"borough-2021", "borough-half-year", "borough-year", "street-rows"}
