"""A refresh builds what rests on a changed feed, and the same tables as building everything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from csp.warehouse.dbt_runner import DbtRunner
from csp.warehouse.platform import Platform
from csp.warehouse.refresh import RefreshRun

from .conftest import ENGINES, Year, core_tables, take


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """The models that each dbt run of the test built."""
    runs: list[set[str]] = []
    real = DbtRunner.invoke

    def noted(self: DbtRunner, *arguments: str, **more: object) -> object:
        found = real(self, *arguments, **more)
        if arguments[0] == "build":
            runs.append({r.node.name for r in found.results if r.node.resource_type == "model"})
        return found

    monkeypatch.setattr(DbtRunner, "invoke", noted)
    return runs


def begun(platform: Platform) -> RefreshRun:
    """A refresh whose warehouse shows the lake, and whose core models come next."""
    run = RefreshRun.begin(platform)
    run.admit_deliveries()
    run.load_lake()
    return run


@pytest.mark.parametrize("engine", ENGINES)
def test_a_refresh_builds_only_what_rests_on_a_changed_feed(
    engine: str,
    year: Year,
    published_year: Callable[[str, Path], Platform],
    tmp_path: Path,
    built: list[set[str]],
) -> None:
    """KPIs and marts are built anew each time, so the core tables are what may differ."""
    platform = published_year(engine, tmp_path / "home")
    before = core_tables(platform)
    take(platform, year.last_fires_less(1, tmp_path))
    run = begun(platform)
    built.clear()
    run.build_core()
    (only_fire,) = built
    assert "fct_fire_incident" in only_fire
    assert "fct_release" in only_fire
    assert not {"fct_recorded_crime", "fct_cctv_incident", "dim_date"} & only_fire
    after = core_tables(platform)
    assert after["core.fct_fire_incident"] != before["core.fct_fire_incident"]
    built.clear()
    platform.warehouse.note_built({})
    run.build_core()
    (everything,) = built
    assert only_fire < everything
    assert {"fct_recorded_crime", "fct_cctv_incident", "dim_date"} < everything
    assert core_tables(platform) == after
