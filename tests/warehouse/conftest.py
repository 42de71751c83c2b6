"""Platforms to refresh: on both engines, empty, small and synthetic, or with the real files."""

from __future__ import annotations

import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from csp.contracts import ContractRegistry
from csp.ingest import IngestOutcome, ingest_files
from csp.storage.home import Home
from csp.warehouse.duckdb_engine import DuckDBWarehouse
from csp.warehouse.engine import Warehouse
from csp.warehouse.platform import Platform
from csp.warehouse.refresh import RefreshRun, refresh
from csp_simulator import SimulationTruth, simulate
from tests.postgresql import Server

ENGINES = ("duckdb", "postgresql")


def platform_at(folder: Path, warehouse: Warehouse) -> Platform:
    """A platform below a folder, on a warehouse."""
    platform = Platform(Home(folder), ContractRegistry())
    platform.__dict__["warehouse"] = warehouse  # a cached property, filled in beforehand
    return platform


@pytest.fixture
def empty_platform(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Platform]:
    """Gives an empty platform on the engine asked for."""

    def make(engine: str, name: str = "home") -> Platform:
        folder = tmp_path / name
        if engine == "duckdb":
            return platform_at(folder, DuckDBWarehouse(Home(folder)))
        return platform_at(folder, request.getfixturevalue("server").fresh_database())

    return make


def take(platform: Platform, *paths: Path) -> list[IngestOutcome]:
    """Take paths in."""
    return ingest_files(list(paths), platform.home, platform.ledger, platform.registry)


def publish_unjudged(platform: Platform) -> None:
    """A refresh without its gates, for tests of what is published and not of what holds it."""
    run = RefreshRun.begin(platform)
    run.admit_deliveries()
    run.load_lake()
    run.build_core()
    run.build_kpi()
    run.control_disclosure()
    run.build_marts()
    run.publish()


def core_tables(platform: Platform) -> dict[str, Counter[tuple[object, ...]]]:
    """Table → its rows, of everything that KPIs and marts are made from."""
    ask = platform.warehouse.candidate_query
    names = ask(
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_schema in ('core', 'restricted') and table_type = 'BASE TABLE' "
        "and table_name not like 'kpi_%' and table_name not like 'disclosure_%'"
    ).rows
    return {name: Counter(ask(f"select * from {name}").rows) for (name,) in names}


@dataclass(frozen=True)
class Year:
    """A small synthetic year of both feeds, and what is true of it."""

    folder: Path
    truth: SimulationTruth

    @property
    def police(self) -> list[Path]:
        """Twelve archives, one a release."""
        return sorted((self.folder / "deliveries" / "police").iterdir())

    @property
    def fire(self) -> list[Path]:
        """Twelve files, one a release."""
        return sorted((self.folder / "deliveries" / "fire").iterdir())

    def last_fires_less(self, rows: int, folder: Path) -> Path:
        """The last fire file sent again, without so many of its last rows."""
        lines = self.fire[-1].read_bytes().splitlines(keepends=True)
        path = folder / self.fire[-1].name
        path.write_bytes(b"".join(lines[:-rows]))
        return path

    def last_crimes_less(self, rows: int, folder: Path) -> Path:
        """The Metropolitan file of the last archive, by itself and without its last rows."""
        with zipfile.ZipFile(self.police[-1]) as archive:
            name = next(n for n in archive.namelist() if "2021-09-metropolitan" in n)
            lines = archive.read(name).splitlines(keepends=True)
        path = folder / Path(name).name
        path.write_bytes(b"".join(lines[:-rows]))
        return path

    def fault(self, code: str) -> Path:
        """The file of a labelled fault."""
        found = next(fault for fault in self.truth.faults if fault.code == code)
        return self.folder / found.file


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """The synthetic year, a tenth of its usual volume, with labelled faults beside it."""
    folder = tmp_path_factory.mktemp("year")
    return Year(folder, simulate("borough-year", folder, scale=0.1, faults=True))


@pytest.fixture(scope="session")
def taken_year(year: Year, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], None]:
    """Gives a folder a copy of a data root into which the year was taken."""
    root = tmp_path_factory.mktemp("taken")
    platform = platform_at(root, DuckDBWarehouse(Home(root)))
    take(platform, *year.police, *year.fire)
    platform.ledger.engine.dispose()
    return lambda folder: shutil.copytree(root, folder, dirs_exist_ok=True) and None


@pytest.fixture(scope="session")
def published_year(
    request: pytest.FixtureRequest,
    taken_year: Callable[[Path], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str, Path], Platform]:
    """Gives a platform of its own below a folder, on which the year is published."""

    @cache
    def first(engine: str) -> Path:
        folder = tmp_path_factory.mktemp("published")
        taken_year(folder)
        if engine == "duckdb":
            platform = platform_at(folder, DuckDBWarehouse(Home(folder)))
            refresh(platform)
        else:
            server = request.getfixturevalue("server")
            platform = platform_at(folder, server.fresh_database())
            refresh(platform)
            server.keep("published_year")
        platform.ledger.engine.dispose()
        return folder

    def another(engine: str, folder: Path) -> Platform:
        shutil.copytree(first(engine), folder, dirs_exist_ok=True, symlinks=True)
        if engine == "duckdb":
            return platform_at(folder, DuckDBWarehouse(Home(folder)))
        server = request.getfixturevalue("server")
        return platform_at(folder, server.fresh_database("published_year"))

    return another


@pytest.fixture(scope="session")
def real_street(real_data: Path) -> list[Path]:
    """The 47 real files of the City of London Police."""
    return sorted((real_data / "police" / "city-of-london").glob("*-street.csv"))


@pytest.fixture(scope="session")
def real_fire(real_data: Path) -> Path:
    """The real extract of London Fire Brigade."""
    return real_data / "fire" / "lfb_incidents_2017-01_2017-02_extract.csv"


@pytest.fixture(scope="session")
def real_platforms(
    tmp_path_factory: pytest.TempPathFactory,
    real_street: list[Path],
    real_fire: Path,
    server: Server,
) -> dict[str, Platform]:
    """The real files taken in and published, once on each engine."""
    first = tmp_path_factory.mktemp("real")
    second = tmp_path_factory.mktemp("real_pg")
    platform = platform_at(first, DuckDBWarehouse(Home(first)))
    take(platform, *real_street, real_fire)
    platform.ledger.engine.dispose()
    shutil.copytree(first, second, dirs_exist_ok=True)
    on_duckdb = platform_at(first, DuckDBWarehouse(Home(first)))
    refresh(on_duckdb)
    refresh(platform_at(second, server.fresh_database()))
    server.keep("real")
    return {"duckdb": on_duckdb, "postgresql": platform_at(second, server.warehouse("real"))}
