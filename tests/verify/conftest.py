"""A small data root with a delivery of every feed, rows held back, and files that were refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from csp.contracts import ContractRegistry
from csp.contracts.samples import sample_file
from csp.ledger.tables import Delivery
from csp.warehouse.damage import Damage
from csp.warehouse.lake_files import accepted_deliveries, rows_file
from csp.warehouse.platform import Platform
from csp.warehouse.verify import verify
from tests.conftest import Desk

CSP = Path(sys.executable).parent / "csp"
STREET, SEALED, NOT_KEPT = "police_street_crime", "vawg_referral", "programme_feedback"
ROWS_OF_EACH = 6
#: Runs a command; gives exit code, output and errors.
RunCsp = Callable[..., tuple[int, str, str]]


@dataclass
class Kept:
    """A data root of its own, on which nothing is damaged yet."""

    desk: Desk

    @property
    def root(self) -> Path:
        """The data root."""
        return self.desk.home.root

    @property
    def platform(self) -> Platform:
        """The platform on it."""
        platform = Platform(self.desk.home, self.desk.registry)
        platform.__dict__["ledger"] = self.desk.ledger  # a cached property, filled in beforehand
        return platform

    def delivery(self, feed: str) -> Delivery:
        """The last accepted delivery of a feed."""
        return accepted_deliveries(self.desk.ledger, feed)[-1]

    def rows(self, feed: str) -> Path:
        """The Parquet file of its rows."""
        return rows_file(self.desk.home, self.delivery(feed))

    def landed(self, feed: str) -> Path:
        """Its file in landing."""
        sha256 = self.delivery(feed).sha256
        plain, sealed = (self.desk.home.landed(sha256, sealed=how) for how in (False, True))
        return plain if plain.exists() else sealed


def flip(path: Path, bit: int) -> None:
    """Turn one bit of a file around; bits are numbered from its end when negative."""
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def told(damage: list[Damage]) -> set[tuple[str, str]]:
    """Kind and place of each."""
    return {(found.kind, found.place) for found in damage}


@pytest.fixture(scope="session")
def kept_folder(tmp_path_factory: pytest.TempPathFactory, registry: ContractRegistry) -> Path:
    """The folder that each test gets a copy of."""
    folder = tmp_path_factory.mktemp("kept")
    desk = Desk.at(folder, registry)
    for contract in registry:
        name = contract.platform.fileNameExample
        text = sample_file(contract, [{}] * ROWS_OF_EACH)
        assert desk.take_text(name, text, contract.id).verdict == "accepted", contract.id
    street = registry.get(STREET)
    bad = [{}] * 8 + [{"Longitude": "0", "Latitude": "0"}] + [{}] * 8
    held = desk.take_text("2021-06-metropolitan-street.csv", sample_file(street, bad))
    assert held.quarantined_rows == 1
    page = "<!DOCTYPE html><html><body>Service unavailable</body></html>\n"
    assert desk.take_text("2021-08-metropolitan-street.csv", page).verdict == "rejected"
    assert desk.take_text("notes.csv", "some,thing\n1,2\n").verdict == "unrecognised"
    desk.ledger.engine.dispose()
    return folder


@pytest.fixture
def kept(kept_folder: Path, tmp_path: Path, registry: ContractRegistry) -> Iterator[Kept]:
    """A copy of its own."""
    shutil.copytree(kept_folder, tmp_path, dirs_exist_ok=True, symlinks=True)
    yield Kept(Desk.at(tmp_path, registry))


@pytest.fixture
def damaged(kept: Kept) -> Callable[[], set[tuple[str, str]]]:
    """Gives kind and place of all that `csp verify` finds on it."""
    return lambda: told(verify(kept.platform).damage)


@pytest.fixture
def environment(kept: Kept) -> dict[str, str]:
    """What tells a process of its own where the data root is."""
    kept.desk.ledger.engine.dispose()
    return os.environ | {
        "CSP_HOME": str(kept.root),
        "CSP_LEDGER": f"sqlite:///{kept.desk.folder / 'ledger.db'}",
        "CSP_WAREHOUSE": "duckdb",
    }


@pytest.fixture
def run_csp(environment: dict[str, str]) -> RunCsp:
    """Runs a command on it."""

    def run(*arguments: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [CSP, *arguments], env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr

    return run
