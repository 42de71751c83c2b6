"""The whole scenario on PostgreSQL as on DuckDB; `make test` compares its half-year only."""

from __future__ import annotations

import pytest

from csp.warehouse.platform import Platform
from tests.borough.parity import scorecard_rows, tables_that_differ
from tests.borough.published import Published, published_on_postgresql
from tests.postgresql import Server


@pytest.fixture(scope="module")
def on_postgresql(
    borough: Published, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Platform:
    """The same lake, published on PostgreSQL."""
    return published_on_postgresql(borough.platform, tmp_path_factory.mktemp("pg_home"), server)


def test_every_core_and_kpi_table_is_the_same_on_both_engines(
    borough: Published, on_postgresql: Platform
) -> None:
    assert tables_that_differ(borough.platform, on_postgresql) == []


def test_the_scorecard_says_the_same_on_both_engines(
    borough: Published, on_postgresql: Platform
) -> None:
    assert scorecard_rows(on_postgresql) == scorecard_rows(borough.platform)
