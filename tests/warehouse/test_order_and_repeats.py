"""The marts depend on what was delivered, not on when, how often or under which name."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from csp.ledger.tables import Publication
from csp.storage.home import Home
from csp.warehouse.duckdb_engine import DuckDBWarehouse
from csp.warehouse.platform import Platform
from csp.warehouse.refresh import RefreshRun
from csp_simulator import SimulationTruth

from .conftest import Year, core_tables, platform_at, publish_unjudged, take

RENAMED = "from the partner (2).csv"


def checksums(platform: Platform) -> dict[str, str]:
    """Of the newest publication's tables; the number of the publication is not counted."""
    with platform.ledger.session() as session:
        newest = session.scalars(
            select(Publication).order_by(Publication.publication_id.desc())
        ).first()
        return newest.table_checksums


@pytest.fixture(scope="module")
def loose_file(year: Year, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A force-month outside an archive, which no other delivery holds."""
    with zipfile.ZipFile(year.police[0]) as archive:
        name = next(n for n in archive.namelist() if "metropolitan" in n)
        path = tmp_path_factory.mktemp("loose") / Path(name).name
        path.write_bytes(archive.read(name))
    return path


@pytest.fixture(scope="module")
def delivered_once(
    year: Year, loose_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, str]]:
    """A data root to which everything was delivered once, in order; and what it published."""
    folder = tmp_path_factory.mktemp("once")
    platform = platform_at(folder, DuckDBWarehouse(Home(folder)))
    take(platform, loose_file, *year.police[1:6], *year.fire[:4])
    publish_unjudged(platform)
    found = checksums(platform)
    platform.ledger.engine.dispose()
    return folder, found


@pytest.fixture
def reference(delivered_once: tuple[Path, dict[str, str]], tmp_path: Path) -> Platform:
    """A platform of its own to which everything was delivered once, and which is published."""
    folder = tmp_path / "again"
    shutil.copytree(delivered_once[0], folder, symlinks=True)
    return platform_at(folder, DuckDBWarehouse(Home(folder)))


def test_delivering_everything_twice_changes_nothing(
    year: Year, loose_file: Path, reference: Platform
) -> None:
    """What is read is the same to the last cell, so there is nothing to build anew."""
    outcomes = take(reference, loose_file, *year.police[1:6], *year.fire[:4])
    assert {outcome.verdict for outcome in outcomes} == {"repeat"}
    run = RefreshRun.begin(reference)
    run.admit_deliveries()
    assert not run.is_needed()
    run.close_unneeded()


def test_another_order_and_another_name_change_nothing(
    year: Year,
    loose_file: Path,
    tmp_path: Path,
    delivered_once: tuple[Path, dict[str, str]],
    empty_platform: Callable[..., Platform],
) -> None:
    _, expected = delivered_once
    other = empty_platform("duckdb", "other")
    renamed = Path(shutil.copy(loose_file, tmp_path / RENAMED))
    take(other, *reversed(year.fire[:4]), *reversed(year.police[1:6]), renamed)
    publish_unjudged(other)
    assert checksums(other) == expected


def test_one_more_release_does_change_what_it_is_of(year: Year, reference: Platform) -> None:
    before = core_tables(reference)
    take(reference, year.police[6])
    run = RefreshRun.begin(reference)
    run.admit_deliveries()
    assert run.is_needed()
    run.load_lake()
    run.build_core()
    after = core_tables(reference)
    assert after["core.fct_recorded_crime"] != before["core.fct_recorded_crime"]
    assert after["core.fct_fire_incident"] == before["core.fct_fire_incident"]


@pytest.mark.parametrize("engine", ["duckdb", "postgresql"])
def test_the_marts_say_what_the_simulator_knows(
    engine: str,
    year: Year,
    published_year: Callable[[str, Path], Platform],
    tmp_path: Path,
) -> None:
    platform = published_year(engine, tmp_path)
    query = platform.warehouse.query
    found = query(
        "select period_start, numerator, status from kpi_observation where kpi_id = 'S01' "
        "and period_kind = 'month' and area_kind = 'borough' order by period_start"
    ).rows
    expected = crimes_by_month(year.truth)
    assert {f"{month:%Y-%m}": value for month, value, _ in found} == expected
    assert {status for _, _, status in found} == {"reported"}
    fires = query(
        "select period_start, numerator from kpi_observation where kpi_id = 'S28' and "
        "breakdown = 'fire' and period_kind = 'month' and area_kind = 'borough' order by 1"
    ).rows
    assert [int(value) for _, value in fires] == [
        month.in_borough_by_group.get("Fire", 0)
        for month in sorted(year.truth.fire, key=lambda m: m.month)
    ]


def crimes_by_month(truth: SimulationTruth) -> dict[str, float]:
    """Crimes in the borough by month, all forces together."""
    totals: dict[str, float] = {}
    for month in truth.police:
        totals[month.month] = totals.get(month.month, 0) + month.in_borough_crimes
    return totals
