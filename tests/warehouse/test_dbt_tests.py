"""dbt's data tests and unit tests hold on both engines, and it can document what is there.

That every model builds is shown by the refresh which published the year.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from csp.warehouse.dbt_runner import DbtRunner
from csp.warehouse.platform import Platform

from .conftest import ENGINES

FEWEST = {"unit_test": 30, "test": 50}
FEWEST_MODELS = 140


@pytest.fixture(scope="module", params=ENGINES)
def runner(
    request: pytest.FixtureRequest,
    published_year: Callable[[str, Path], Platform],
    tmp_path_factory: pytest.TempPathFactory,
) -> DbtRunner:
    """Dbt on a warehouse that holds the synthetic year."""
    platform = published_year(request.param, tmp_path_factory.mktemp("dbt"))
    return DbtRunner(platform.warehouse, platform.home)


def test_every_data_test_and_unit_test_passes(runner: DbtRunner) -> None:
    results = runner.invoke("test", manifest=runner._parsed()).results
    assert [result.node.name for result in results if result.status != "pass"] == []
    kinds = Counter(str(result.node.resource_type) for result in results)
    assert all(kinds[kind] >= fewest for kind, fewest in FEWEST.items())


def test_every_model_is_found_and_documented(runner: DbtRunner) -> None:
    catalog = runner.invoke("docs generate --no-compile", manifest=runner._parsed())
    assert catalog.errors is None
    assert len(catalog.nodes) >= FEWEST_MODELS
