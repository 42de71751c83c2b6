"""A small invented geography and a few small runs, shared by the simulator's tests."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from csp_simulator import SimulationTruth, simulate
from csp_simulator.borough_half_year import SHARE

SMALL, TENTH = 0.05, 0.1


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seeds of twenty wards with six LSOAs each, every third LSOA split in 2021."""
    folder = tmp_path_factory.mktemp("seeds")
    wards = [f"E05009{317 + i}" for i in range(20)]
    areas: list[tuple[object, ...]] = []
    for i in range(120):
        old, name, ward = f"E0100{4197 + i}", f"Tower Hamlets {1 + i // 4:03d}", wards[i // 6]
        place = (-0.06 + 0.0005 * i, 51.50 + 0.0003 * i)
        areas.append((old, "2011", f"{name}{'ABCD'[i % 4]}", ward, 1500 + 10 * i, *place))
        halves = [old] if i % 3 else [f"E0103{5600 + 2 * i}", f"E0103{5601 + 2 * i}"]
        areas += [(code, "2021", f"{name}{'EFGH'[i % 4]}", ward, "", *place) for code in halves]
    # One code whose ward differs between the vintages.
    areas.append(("E01009999", "2011", "Tower Hamlets 099A", wards[0], 1500, -0.03, 51.51))
    areas.append(("E01009999", "2021", "Tower Hamlets 099A", wards[1], "", -0.03, 51.51))
    lsoa = ["lsoa_code", "lsoa_vintage", "lsoa_name", "ward_code", "population_mid2020"]
    write(folder / "lsoa.csv", [*lsoa, "longitude", "latitude"], areas)
    write(folder / "ward.csv", ["ward_code", "ward_name"], [(w, f"Ward {w[-2:]}") for w in wards])
    return folder


def write(path: Path, header: list[str], rows: list[tuple[object, ...]]) -> None:
    """Writes one seed."""
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> tuple[Path, SimulationTruth]:
    """The small year with bad inputs, seed 2021: where it lies, and what it says of itself."""
    folder = tmp_path_factory.mktemp("year")
    return folder, simulate("borough-year", folder, scale=SMALL, faults=True, seeds=seeds)


@pytest.fixture(scope="session")
def year(drawn: tuple[Path, SimulationTruth]) -> Path:
    """Where the small year lies."""
    return drawn[0]


@pytest.fixture(scope="session")
def truth(drawn: tuple[Path, SimulationTruth]) -> SimulationTruth:
    """What the small year says of itself."""
    return drawn[1]


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Path:
    """Where scenario `borough-2021` lies, small and with bad inputs."""
    folder = tmp_path_factory.mktemp("whole")
    simulate("borough-2021", folder, scale=TENTH, faults=True, seeds=seeds)
    return folder


@pytest.fixture(scope="session")
def half(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Path:
    """Where the half-year of the same volume lies."""
    folder = tmp_path_factory.mktemp("half")
    simulate("borough-half-year", folder, scale=TENTH / SHARE, seeds=seeds)
    return folder


@pytest.fixture(scope="session")
def newest_street(
    year: Path, truth: SimulationTruth, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The archives unpacked in order of release, so that newer files replace older ones."""
    folder = tmp_path_factory.mktemp("newest")
    for archive in sorted((year / "deliveries" / "police").glob("*.zip")):
        zipfile.ZipFile(archive).extractall(folder)
    return folder


@pytest.fixture(scope="session")
def records_of() -> Callable[[Path, dict[str, str]], duckdb.DuckDBPyConnection]:
    """Gives tables of what lies below a folder: `<name>_sent`, and newest versions as `<name>`."""

    def read(folder: Path, keys: dict[str, str]) -> duckdb.DuckDBPyConnection:
        unpacked = folder.parent / "unpacked"
        for archive in sorted(folder.glob("*.zip")):
            zipfile.ZipFile(archive).extractall(unpacked / archive.stem)
        connection = duckdb.connect()
        for name, key in keys.items():
            found = [*folder.glob(f"{name}_*.csv"), *unpacked.rglob(f"{name}_*.csv")]
            paths = [str(path) for path in found]
            connection.read_csv(paths, header=True, filename=True).create(f"{name}_sent")
            connection.execute(
                f"create table {name} as select * from {name}_sent qualify row_number() over "
                f"(partition by {key} order by record_version desc) = 1"
            )
        return connection

    return read
