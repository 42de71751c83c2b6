"""The scenario, drawn, taken in and published once for all tests of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from csp.ingest import IngestOutcome, ingest_files
from csp.storage.home import Home
from csp.warehouse.duckdb_engine import DuckDBWarehouse
from csp.warehouse.platform import Platform
from csp.warehouse.refresh import RECONCILE, refresh
from csp_simulator import simulate
from csp_simulator.borough_2021.truth import BoroughTruth
from tests.warehouse.conftest import platform_at


@dataclass
class Published:
    """The scenario, taken in and published on DuckDB.

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


@pytest.fixture(scope="session")
def borough(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The whole scenario at its usual volume, with the labelled faults beside it."""
    out, home = tmp_path_factory.mktemp("borough"), tmp_path_factory.mktemp("borough_home")
    truth = simulate("borough-2021", out, faults=True)
    platform = platform_at(home, DuckDBWarehouse(Home(home)))
    folder = out / "deliveries"
    outcomes = ingest_files([folder], platform.home, platform.ledger, platform.registry)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(RECONCILE, "presentation")
        refresh(platform)
    return Published(out, platform, truth, outcomes)
