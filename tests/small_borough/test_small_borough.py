"""A made-up borough of three wards, from settings and seeds alone to a published scorecard."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pytest

from csp.contracts import Contract, ContractRegistry
from csp.contracts.samples import sample_file
from tests.borough_facts import facts_of_the_projects_borough
from tests.conftest import TEST_KEY

SAMPLE_BOROUGH = Path(__file__).parent / "sample_borough"
MONTHS = [date(2020 + (6 + n) // 12, (6 + n) % 12 + 1, 1) for n in range(12)]
NEWEST = MONTHS[-1]
WARDS = {"E05999901": "Sample North", "E05999902": "Sample Middle", "E05999903": "Sample South"}
CRIME_TYPES = ("Burglary", "Drugs", "Robbery", "Vehicle crime", "Anti-social behaviour")


@dataclass(frozen=True)
class Written:
    """The test's own files, and how many of what they hold for each ward and month.

    Attributes:
        crimes, asb: Ward and first day of the month → rows of police street crime.
        fires: The same of fires.
        offences: The same of the counts of the Metropolitan Police.
        events: Ward → events of the engagement calendar.
    """

    folder: Path
    crimes: Counter[tuple[str, date]]
    asb: Counter[tuple[str, date]]
    fires: Counter[tuple[str, date]]
    offences: Counter[tuple[str, date]]
    events: Counter[str]


def lsoas() -> list[tuple[str, str, str, str, str]]:
    """Code, name, ward, longitude and latitude of every LSOA of the sample borough."""
    with (SAMPLE_BOROUGH / "seeds" / "lsoa.csv").open(encoding="utf-8", newline="") as stream:
        return [
            (r["lsoa_code"], r["lsoa_name"], r["ward_code"], r["longitude"], r["latitude"])
            for r in csv.DictReader(stream)
            if r["lsoa_vintage"] == "2011"
        ]


def write_street_crime(folder: Path, contract: Contract, found: Written) -> None:
    """A file for each month; the first LSOA has most, and some rows lie elsewhere or nowhere."""
    number = 0
    for at, month in enumerate(MONTHS):
        rows = []
        for place, (code, name, ward, longitude, latitude) in enumerate(lsoas()):
            for kind in CRIME_TYPES * (4 - place // 2 + at % 3):
                number += 1
                is_asb = kind == "Anti-social behaviour"
                (found.asb if is_asb else found.crimes)[ward, month] += 1
                rows.append(
                    {
                        "Crime ID": "" if is_asb else hashlib.sha256(b"%d" % number).hexdigest(),
                        "Month": f"{month:%Y-%m}",
                        "LSOA code": code,
                        "LSOA name": name,
                        "Longitude": longitude,
                        "Latitude": latitude,
                        "Crime type": kind,
                        "Last outcome category": "" if is_asb else "Under investigation",
                    }
                )
        elsewhere = {"LSOA code": "E01000001", "LSOA name": "City of London 001A"}
        for other in (elsewhere, {"LSOA code": "", "LSOA name": ""}):
            number += 1
            changed = {"Crime ID": hashlib.sha256(b"%d" % number).hexdigest()}
            rows.append(changed | {"Month": f"{month:%Y-%m}"} | other)
        path = folder / f"{month:%Y-%m}-metropolitan-street.csv"
        path.write_text(sample_file(contract, rows), encoding="utf-8")


def write_ward_counts(folder: Path, contract: Contract, found: Written) -> None:
    """One file, with a column for each month."""
    rows = []
    kinds = (("Theft", "Shoplifting"), ("Burglary", "Burglary - Residential"))
    for kind, (place, (ward, name)) in product(kinds, enumerate(WARDS.items(), 3)):
        counts = {month: place + at for at, month in enumerate(MONTHS)}
        for month, count in counts.items():
            found.offences[ward, month] += count
        area = {"WardName": name, "WardCode": ward, "LookUp_BoroughName": "Sample Borough"}
        words = {"MajorText": kind[0], "MinorText": kind[1]}
        rows.append(words | area | {f"{month:%Y%m}": str(n) for month, n in counts.items()})
    header = ["MajorText", "MinorText", "WardName", "WardCode", "LookUp_BoroughName"]
    header += [f"{month:%Y%m}" for month in MONTHS]
    text = sample_file(contract, rows, header)
    path = folder / f"MPS Ward Level Crime {NEWEST:%Y-%m}.csv"
    path.write_text(text, encoding="utf-8")


def write_fire_incidents(folder: Path, contract: Contract, found: Written) -> None:
    """A file for each month."""
    number = 0
    for month in MONTHS:
        rows = []
        for place, (ward, name) in enumerate(WARDS.items()):
            for day in range(1, monthrange(month.year, month.month)[1] + 1 - 3 * place):
                number += 1
                found.fires[ward, month] += 1
                rows.append(
                    {
                        "IncidentNumber": f"{number:06d}-{day:02d}{month:%m%Y}",
                        "DateOfCall": f"{day:02d} {month:%b %Y}",
                        "CalYear": f"{month:%Y}",
                        "IncidentGroup": "Fire",
                        "StopCodeDescription": "Secondary Fire",
                        "SpecialServiceType": "NULL",
                        "IncGeo_BoroughCode": "E09999901",
                        "IncGeo_BoroughName": "SAMPLE BOROUGH",
                        "ProperCase": "Sample Borough",
                        "IncGeo_WardCode": ward,
                        "IncGeo_WardName": name,
                        "IncGeo_WardNameNew": name,
                        "IncidentStationGround": "Sample Station",
                        "FirstPumpArriving_DeployedFromStation": "Sample Station",
                    }
                )
        path = folder / f"LFB Incident data {month:%Y-%m}.csv"
        path.write_text(sample_file(contract, rows), encoding="utf-8")


def write_events(folder: Path, contract: Contract, found: Written) -> None:
    """A file of the newest month of the engagement calendar."""
    rows = []
    for times, ward in enumerate(WARDS, 1):
        found.events[ward] += times
        held = {"date": f"{NEWEST:%Y-%m}-10", "ward_code": ward}
        rows += [held | {"updated_at": f"{NEWEST:%Y-%m}-12T10:00:00+01:00"}] * times
    path = folder / f"engagement_event_{NEWEST:%Y%m}.csv"
    path.write_text(sample_file(contract, rows), encoding="utf-8")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """A year of four partners' files."""
    folder = tmp_path_factory.mktemp("deliveries")
    found = Written(folder, Counter(), Counter(), Counter(), Counter(), Counter())
    registry = ContractRegistry()
    write_street_crime(folder, registry.get("police_street_crime"), found)
    write_ward_counts(folder, registry.get("mps_ward_crime"), found)
    write_fire_incidents(folder, registry.get("fire_lfb_incident"), found)
    write_events(folder, registry.get("cohesion_engagement_event"), found)
    return found


class Installation:
    """An installation of the project for the sample borough, used by its command line."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        key = folder / "pseudonym.key"
        key.write_text(json.dumps(TEST_KEY), encoding="utf-8")
        key.chmod(0o600)
        self.environment = os.environ | {
            "CSP_BOROUGH": str(SAMPLE_BOROUGH),
            "CSP_HOME": str(self.home),
            "CSP_KEY_FILE": str(key),
            "CSP_WAREHOUSE": "duckdb",
        }

    def csp(self, *arguments: str) -> str:
        """Run a command; gives what it printed."""
        done = subprocess.run(
            [sys.executable, "-c", "from csp.cli import main; main()", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Run SQL on what is published."""
        return json.loads(self.csp("query", sql, "--json"))

    @property
    def published(self) -> Path:
        """The folder of the current publication."""
        return self.home / "published" / "current"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, written: Written) -> Installation:
    """The installation after everything was ingested and refreshed."""
    made = Installation(tmp_path_factory.mktemp("installation"))
    made.csp("ingest", str(written.folder))
    (made.home / "today").write_text("2021-07-15\n", encoding="utf-8")
    made.csp("refresh")
    return made


COUNTED = {("S01", "all"): "crimes", ("S02", "all"): "asb", ("S28", "fire"): "fires"}


def test_its_figures_are_counts_of_its_files(installation: Installation, written: Written) -> None:
    rows = installation.query(
        "select kpi_id, breakdown, area_code, period_start, numerator from kpi_observation "
        "where period_kind = 'month' and kpi_id in ('S01', 'S02', 'S28') order by 1, 2, 3, 4"
    )
    published = {
        (row["kpi_id"], row["breakdown"], row["area_code"], row["period_start"]): row["numerator"]
        for row in rows
        if (row["kpi_id"], row["breakdown"]) in COUNTED
    }
    areas = {"E09999901": tuple(WARDS)} | {ward: (ward,) for ward in WARDS}
    assert published == {
        (*kpi, area, f"{month}"): sum(getattr(written, counted)[ward, month] for ward in wards)
        for kpi, counted in COUNTED.items()
        for area, wards in areas.items()
        for month in MONTHS
    }


def test_csp_kpi_says_the_borough_by_its_name(installation: Installation, written: Written) -> None:
    rows = json.loads(installation.csp("kpi", "S01", "--json"))
    (newest,) = [row for row in rows if row["period_kind"] == "month"]
    assert newest["area_name"] == "Sample Borough"
    assert newest["period_start"] == f"{NEWEST}"
    assert newest["numerator"] == sum(written.crimes[ward, NEWEST] for ward in WARDS)


def test_its_rows_lie_in_its_wards(installation: Installation, written: Written) -> None:
    events = installation.query(
        "select ward_code, count(*) as n from fct_engagement_event group by ward_code"
    )
    assert {row["ward_code"]: row["n"] for row in events} == written.events
    offences = installation.query(
        "select ward_code, crime_month, sum(offences) as n from fct_mps_crime_month "
        "where borough_code = 'E09999901' group by ward_code, crime_month"
    )
    assert {
        (row["ward_code"], date.fromisoformat(row["crime_month"])): row["n"] for row in offences
    } == written.offences


def test_its_scorecard_says_its_own_names(installation: Installation) -> None:
    page = (installation.published / "scorecard.html").read_text(encoding="utf-8")
    for name in ("Sample Borough", "Safe streets", "Free of violence", *WARDS.values()):
        assert name in page, name
    assert page.count("data-ward=") == 2 * len(WARDS)
    assert "Invented outlines." in page
    assert (installation.published / "scorecard.pdf").stat().st_size > 0


def test_nothing_of_the_projects_own_borough_is_published(installation: Installation) -> None:
    facts = facts_of_the_projects_borough()
    for name in ("scorecard.html", "scorecard.csv"):
        text = (installation.published / name).read_text(encoding="utf-8-sig")
        assert not facts.findall(text), name
    tables = sorted((installation.published / "parquet").glob("*.parquet"))
    assert len(tables) > 50
    for table in tables:
        for row in duckdb.sql(f"from read_parquet('{table}')").fetchall():
            assert not (found := facts.findall(" ".join(map(str, row)))), (table.stem, found)


def test_nothing_is_said_of_a_presentation_that_it_never_gave(installation: Installation) -> None:
    assert installation.query("select count(*) as n from kpi_figure") == [{"n": 0}]
