"""Desks with a year of plain street files, to hold one bad month against."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from csp.contracts import Contract, ContractRegistry
from csp.project import REFERENCE_SEEDS
from csp.quality.delivery_gate import DeliveryGate
from tests.conftest import Desk

TYPES = [
    line.split(",")[0] for line in (REFERENCE_SEEDS / "crime_type.csv").read_text().split("\n")
]
CRIMES = [name for name in TYPES[1:] if name and name != "Anti-social behaviour"]
STREET_HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)
FORCE = "City of London Police"
SLUG = "city-of-london"
FIRE_HEADER = (
    "incident_number,date_of_call,cal_year,time_of_call,hour_of_call,timestamp_of_call,"
    "incident_group,stop_code_description,special_service_type,property_category,property_type,"
    "address_qualifier,postcode_full,postcode_district,borough_code,borough_name,proper_case,"
    "ward_code,ward_name,ward_name_new,easting_m,northing_m,easting_rounded,northing_rounded,frs,"
    "incident_station_ground,first_pump_arriving_attendance_time,"
    "first_pump_arriving_deployed_from_station,second_pump_arriving_attendance_time,"
    "second_pump_arriving_deployed_from_station,num_stations_with_pumps_attending,"
    "num_pumps_attending"
)
GROUPS = {"Fire": "Primary Fire", "False Alarm": "AFA", "Special Service": "Special Service"}


def street_row(month: str, number: int, **changed: str) -> str:
    """One plain crime; any field may be changed by its header with underscores."""
    fields = {
        "Crime_ID": hashlib.sha256(f"{month} {number}".encode()).hexdigest(),
        "Month": month,
        "Reported_by": FORCE,
        "Falls_within": FORCE,
        "Longitude": "-0.0763",
        "Latitude": "51.5128",
        "Location": "On or near Parking Area",
        "LSOA_code": "E01000005",
        "LSOA_name": "City of London 001F",
        "Crime_type": CRIMES[number % len(CRIMES)],
        "Last_outcome_category": "Under investigation",
        "Context": "",
    } | changed
    return ",".join(fields.values())


def street_file(folder: Path, month: str, rows: list[str]) -> Path:
    """A street file of the City force."""
    path = folder / f"{month}-{SLUG}-street.csv"
    path.write_text("\n".join([STREET_HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def fire_row(month: str, day: int, number: int, **changed: str) -> str:
    """One plain fire-brigade incident."""
    group = list(GROUPS)[number % 3]
    fields = {
        "number": f"{number:06d}-{day:02d}{month[5:]}{month[:4]}",
        "date": f"{month}-{day:02d}",
        "year": month[:4],
        "time": "10:00:00",
        "hour": "10",
        "stamp": "",
        "group": group,
        "stop": GROUPS[group],
        "special": "",
        "category": "Outdoor",
        "type": "Road surface/pavement",
        "qualifier": "Correct incident location",
        "postcode": "",
        "district": "E1",
        "borough": "E09000030",
        "borough_name": "TOWER HAMLETS",
        "proper": "Tower Hamlets",
        "ward": "E05009336",
        "ward_name": "WHITECHAPEL",
        "ward_new": "WHITECHAPEL",
        "easting": "534000" if number % 2 else "",
        "northing": "181000" if number % 2 else "",
        "easting_r": "534050",
        "northing_r": "181050",
        "frs": "London",
        "ground": "Whitechapel",
        "first": "300",
        "first_from": "Whitechapel",
        "second": "",
        "second_from": "",
        "stations": "1",
        "pumps": "1",
    } | changed
    return ",".join(fields.values())


def fire_month(month: str, rows_a_day: int = 10, days: int = 28, **changed: str) -> list[str]:
    """A month of plain incidents."""
    return [
        fire_row(month, day, day * 100 + number, **changed)
        for day in range(1, days + 1)
        for number in range(rows_a_day)
    ]


def fire_file(folder: Path, name: str, rows: list[str]) -> Path:
    """A fire file in the extract's layout."""
    path = folder / f"lfb_incidents_{name}.csv"
    path.write_text("\n".join([FIRE_HEADER, *rows]) + "\n", encoding="utf-8")
    return path


#: The twelve months before the month that is judged.
MONTHS = [f"2022-{month:02d}" for month in range(1, 13)]


def plain_files(folder: Path, contract: Contract) -> list[Path]:
    """Files of twelve plain months of a feed."""
    if contract.domain == "police":
        return [street_file(folder, m, [street_row(m, i) for i in range(250)]) for m in MONTHS]
    return [fire_file(folder, month, fire_month(month)) for month in MONTHS]


@pytest.fixture
def plain_year(tmp_path: Path) -> Callable[[Contract], list[Path]]:
    """Files of twelve plain months of a feed."""
    return lambda contract: plain_files(tmp_path, contract)


@pytest.fixture(scope="session")
def judged_years(
    registry: ContractRegistry,
    desk_at: Callable[[Path, ContractRegistry], Desk],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], Path]:
    """Gives the folder of a desk that took twelve plain months of a feed in and judged them."""

    @cache
    def folder_of(feed: str) -> Path:
        folder, contract = tmp_path_factory.mktemp(feed), registry.get(feed)
        desk = desk_at(folder, registry)
        outcomes = desk.take_all(*plain_files(folder, contract))
        assert {outcome.verdict for outcome in outcomes} == {"accepted"}
        verdicts = DeliveryGate(contract, desk.home, desk.ledger).run().results
        assert [str(verdict) for verdict in verdicts if not verdict.passed] == []
        desk.ledger.engine.dispose()
        return folder

    return folder_of


@pytest.fixture
def year_desk(
    judged_years: Callable[[str], Path],
    registry: ContractRegistry,
    desk_at: Callable[[Path, ContractRegistry], Desk],
    tmp_path: Path,
) -> Callable[[str], Desk]:
    """Gives a desk of its own that took twelve plain months of a feed in and judged them."""

    def make(feed: str) -> Desk:
        shutil.copytree(judged_years(feed), tmp_path, dirs_exist_ok=True)
        return desk_at(tmp_path, registry)

    return make
