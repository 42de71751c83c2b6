"""The scenario and its half-year, each drawn, ingested and published once for all tests of it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from csp.contracts import ContractRegistry
from csp.contracts.dbt_models import staging_name
from csp.ingest import IngestOutcome, ingest_files
from csp.quality.publication_suite import RECONCILE
from csp.storage.home import Home
from csp.warehouse.duckdb_engine import DuckDBWarehouse
from csp.warehouse.platform import Platform
from csp.warehouse.refresh import refresh
from csp_simulator import simulate
from csp_simulator.borough_2021.truth import BoroughTruth
from tests.postgresql import Server
from tests.warehouse.conftest import platform_at

#: Feeds that only real files fill; no scenario has any of them.
NOT_SIMULATED = {"fire_lfb_animal_rescue", "treatment_viewit"}
FEEDS = [contract.id for contract in ContractRegistry() if contract.id not in NOT_SIMULATED]


@dataclass
class Published:
    """A scenario, ingested and published on DuckDB.

    Attributes:
        folder: Where it was written.
        truth: What was drawn.
        outcomes: What became of each file.
    """

    folder: Path
    platform: Platform
    truth: BoroughTruth
    outcomes: list[IngestOutcome]

    def ask(self, sql: str) -> Any:  # noqa: ANN401 - whatever the query gives
        """First value of a query on the candidate, where restricted tables are too."""
        return self.platform.warehouse.candidate_query(sql).rows[0][0]

    def current_rows(self, feed: str) -> int:
        """Rows of a feed that no later delivery has replaced."""
        if feed in ("police_street_crime", "fire_lfb_incident"):
            return self.ask(
                f"select sum(row_count) from core.fct_release where feed = '{feed}' and is_current"
            )
        staging = staging_name(self.platform.registry.get(feed))
        return self.ask(f"select count(*) from staging.{staging} where is_current")


def published_scenario(name: str, out: Path, home: Path, *, faults: bool = False) -> Published:
    """A scenario at its usual volume, ingested and published on DuckDB."""
    truth = simulate(name, out, faults=faults)
    platform = platform_at(home, DuckDBWarehouse(Home(home)))
    outcomes = ingest_files([out / "deliveries"], platform.home, platform.ledger, platform.registry)
    refresh(platform)
    return Published(out, platform, truth, outcomes)


def published_on_postgresql(platform: Platform, home: Path, server: Server) -> Platform:
    """The lake and ledger of a platform, published on PostgreSQL from a data root of their own."""
    platform.ledger.engine.dispose()
    left = shutil.ignore_patterns("landing", "warehouse", "published", "scratch", "dbt")
    shutil.copytree(platform.home.root, home, dirs_exist_ok=True, ignore=left)
    other = platform_at(home, server.fresh_database())
    refresh(other)
    return other


@pytest.fixture(scope="session")
def borough(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The whole scenario, with the labelled faults beside it; the presentation's figures hold."""
    out, home = tmp_path_factory.mktemp("borough"), tmp_path_factory.mktemp("borough_home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(RECONCILE, "presentation")
        return published_scenario("borough-2021", out, home, faults=True)


@pytest.fixture(scope="session")
def half_year(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Six months of every feed, with a fraction of the rows."""
    out, home = tmp_path_factory.mktemp("half_year"), tmp_path_factory.mktemp("half_year_home")
    return published_scenario("borough-half-year", out, home)
