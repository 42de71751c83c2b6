"""A refresh builds what rests on a changed feed, and the same marts as building everything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from csp.warehouse.dbt_runner import DbtRunner
from csp.warehouse.platform import Platform
from csp.warehouse.refresh import refresh

from .conftest import ENGINES, Year, take


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


def checksums(platform: Platform) -> dict[str, int]:
    """Table → number of rows, of what is published."""
    tables = platform.warehouse.query(
        "select table_name from information_schema.tables where table_schema = 'published'"
    )
    return {
        name: platform.warehouse.query(f"select count(*) from {name}").rows[0][0]
        for (name,) in tables.rows
        if not name.startswith("publication")
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_a_refresh_builds_only_what_rests_on_a_changed_feed(
    engine: str,
    year: Year,
    published_year: Callable[[str, Path], Platform],
    tmp_path: Path,
    built: list[set[str]],
) -> None:
    platform = published_year(engine, tmp_path / "home")
    built.clear()
    again = tmp_path / year.fire[-1].name
    again.write_bytes(year.fire[-1].read_bytes().rstrip(b"\n").rpartition(b"\n")[0] + b"\n")
    take(platform, again)
    refresh(platform)
    only_fire = built[0]
    assert "fct_fire_incident" in only_fire
    assert "fct_release" in only_fire
    assert not {"fct_recorded_crime", "fct_cctv_incident", "dim_date"} & only_fire
    after = checksums(platform)
    built.clear()
    platform.warehouse.note_built({})
    refresh(platform)
    everything = built[0]
    assert only_fire < everything
    assert {"fct_recorded_crime", "fct_cctv_incident", "dim_date"} < everything
    assert checksums(platform) == after
