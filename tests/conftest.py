"""What most tests need: the contracts, a desk that takes files in, and the partners' real files."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import settings

from csp.contracts import Contract, ContractRegistry
from csp.ingest import IngestOutcome, ingest_files
from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery
from csp.project import PROJECT_ROOT
from csp.pseudonyms.keys import KeyRing
from csp.pseudonyms.sealed import open_sealed
from csp.storage.home import Home
from csp.warehouse.engine import LakeInput
from csp.warehouse.lake_relation import column_definitions, lake_columns, lake_select
from tests.borough.published import borough, half_year
from tests.groups import (
    pytest_collection_modifyitems,
    pytest_terminal_summary,
    pytest_xdist_make_scheduler,
)
from tests.postgresql import server

# Fixtures and hooks for all tests stand in files of their own, and pytest finds them here.
__all__ = [
    "borough",
    "half_year",
    "pytest_collection_modifyitems",
    "pytest_terminal_summary",
    "pytest_xdist_make_scheduler",
    "server",
]

# No test of ours is about time, and each run tries the same cases.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")

#: The key of vector C1 (docs/specification/formulas.md); it protects nothing.
TEST_KEY = {"key": bytes(range(32)).hex(), "epoch": "2021Q2"}
REAL_DATA = PROJECT_ROOT.parent / "shared" / "data"


@dataclass
class Desk:
    """A data root of its own, and files handed in at it.

    Attributes:
        folder: Where files wait before they are handed in.
    """

    folder: Path
    home: Home
    ledger: Ledger
    registry: ContractRegistry

    @classmethod
    def at(cls, folder: Path, registry: ContractRegistry) -> Desk:
        """A desk at the folder's data root, which is empty when the folder is."""
        database = folder / "ledger.db"
        if not database.exists():
            database.write_bytes(_empty_ledger())
        return cls(folder, Home(folder / "home"), Ledger(f"sqlite:///{database}"), registry)

    def take_all(self, *paths: Path, feed: str | None = None) -> list[IngestOutcome]:
        """Hand paths in."""
        return ingest_files(list(paths), self.home, self.ledger, self.registry, feed=feed)

    def take(self, path: Path, feed: str | None = None) -> IngestOutcome:
        """Hand one file in."""
        (outcome,) = self.take_all(path, feed=feed)
        return outcome

    def take_text(self, name: str, content: str | bytes, feed: str | None = None) -> IngestOutcome:
        """Hand content in as a file of that name."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.take(path, feed)

    def delivery(self, outcome: IngestOutcome) -> Delivery:
        """What the ledger says of it."""
        with self.ledger.session() as session:
            return session.get_one(Delivery, outcome.delivery_id)

    def landed_bytes(self, outcome: IngestOutcome) -> bytes:
        """Its bytes as they are kept in landing, unsealed when they are sealed."""
        sha256 = self.delivery(outcome).sha256
        plain, sealed = (self.home.landed(sha256, sealed=sealed) for sealed in (False, True))
        if plain.exists():
            return plain.read_bytes()
        with open_sealed(sealed, KeyRing.from_environment()) as stream:
            return stream.read()

    def lake_rows(self, outcome: IngestOutcome) -> list[dict[str, Any]]:
        """Its rows as the warehouse reads them, in order of line."""
        contract = self.registry.get(outcome.feed or "")
        folder = self.home.lake_delivery(contract.id, outcome.delivery_id)
        lake = LakeInput(contract, {outcome.delivery_id: folder / "rows.parquet"})
        with duckdb.connect() as connection:
            columns = column_definitions(lake_columns(contract))
            connection.execute("create schema lake_template")
            connection.execute(f"create table lake_template.{contract.id} ({columns})")
            return _records(connection.sql(lake_select(lake)).order("source_line"))

    def quarantine_rows(self, outcome: IngestOutcome) -> list[dict[str, Any]]:
        """Its rows held back."""
        path = self.home.quarantine_file(outcome.feed or "", outcome.delivery_id)
        with duckdb.connect() as connection:
            return _records(connection.read_parquet(str(path)))

    def feedback(self, outcome: IngestOutcome) -> dict[str, Any]:
        """The report on it, as JSON."""
        path = self.home.feedback(outcome.feed or "") / f"{outcome.delivery_id}.json"
        return json.loads(path.read_text(encoding="utf-8"))


@cache
def _empty_ledger() -> bytes:
    """A ledger in which nothing stands; copying it takes a tenth of making its tables."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        Ledger(f"sqlite:///{path}").engine.dispose()
        return path.read_bytes()


def _records(relation: duckdb.DuckDBPyRelation) -> list[dict[str, Any]]:
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


@pytest.fixture(scope="session", autouse=True)
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A key file for every test, and for the processes that tests start."""
    path = tmp_path_factory.mktemp("keys") / "pseudonym.key"
    path.write_text(json.dumps(TEST_KEY), encoding="utf-8")
    path.chmod(0o600)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CSP_KEY_FILE", str(path))
        yield path


@pytest.fixture(scope="session")
def registry() -> ContractRegistry:
    """The project's contracts."""
    return ContractRegistry()


@pytest.fixture
def desk(tmp_path: Path, registry: ContractRegistry) -> Desk:
    """An empty data root and its desk."""
    return Desk.at(tmp_path, registry)


@pytest.fixture(scope="session")
def street(registry: ContractRegistry) -> Contract:
    """The contract of street-level crime."""
    return registry.get("police_street_crime")


@pytest.fixture(scope="session")
def fire(registry: ContractRegistry) -> Contract:
    """The contract of fire incidents."""
    return registry.get("fire_lfb_incident")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The partners' real files, kept beside the project."""
    if not REAL_DATA.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{REAL_DATA} is absent, and CI must not do without it")
        pytest.skip("the partners' real files are not beside the project")
    return REAL_DATA


@pytest.fixture(scope="session")
def desk_at() -> Callable[[Path, ContractRegistry], Desk]:
    """Gives a desk of its own below a folder, with contracts of its own."""
    return Desk.at
