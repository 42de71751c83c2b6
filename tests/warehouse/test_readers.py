"""Whoever reads while refreshes run, some of them held, sees whole publications only."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest

from csp.errors import GateHeldError
from csp.ledger.decisions import DISCARD, decide
from csp.storage.home import Home
from csp.warehouse.duckdb_engine import DuckDBWarehouse
from csp.warehouse.engine import Warehouse
from csp.warehouse.platform import Platform
from csp.warehouse.postgres_engine import PostgresWarehouse
from csp.warehouse.refresh import refresh

from .conftest import ENGINES, Year, publish_unjudged, take

# Everything in one statement: the numbers of two marts, and sums over three.
SEEN = """
    select
        (select min(publication_id) from publication) as published,
        (select min(publication_id) from kpi_observation) as lowest,
        (select max(publication_id) from kpi_observation) as highest,
        (select count(*) from kpi_observation) as cells,
        (select coalesce(sum(numerator), 0) from kpi_observation where kpi_id = 'S01') as crimes,
        (select count(*) from fct_recorded_crime) as crime_rows,
        (select count(*) from fct_fire_incident) as fire_rows
"""


def read_until(stop: Event, started: Event, kind: str, where: Any, seen: Any) -> None:  # noqa: ANN401
    """Read in a loop, in a process of its own; note what differs from the last reading."""
    warehouse: Warehouse = (
        DuckDBWarehouse(Home(Path(where))) if kind == "duckdb" else PostgresWarehouse(where)
    )
    last, readings = None, 0
    while not stop.is_set():
        row = warehouse.query(SEEN).rows[0]
        readings += 1
        if row != last:
            seen.put([float(value) for value in row])
            last = row
        started.set()
        stop.wait(0.25)  # leave the processor to the refresh
    seen.put(readings)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_reader_sees_whole_publications_only(
    engine: str, year: Year, published_year: Callable[[str, Path], Platform], tmp_path: Path
) -> None:
    platform = published_year(engine, tmp_path / "home")
    published = [whole(platform)]
    context = multiprocessing.get_context("spawn")
    stop, started, seen = context.Event(), context.Event(), context.Queue()
    where = str(platform.home.root) if engine == "duckdb" else platform.warehouse.address
    reader = context.Process(target=read_until, args=(stop, started, engine, where, seen))
    reader.start()
    try:
        assert started.wait(60)
        published += refresh_with_something_new(platform, year, tmp_path)
    finally:
        stop.set()
    readings = []
    while isinstance(reading := seen.get(timeout=60), list):
        readings.append(reading)
    reader.join(60)
    assert len({tuple(state) for state in published}) == len(published)
    assert reading > len(readings) > 1
    assert all(reading in published for reading in readings)
    assert readings == [state for state in published if state in readings]


def whole(platform: Platform) -> list[float]:
    """What a reader must see of the publication that is out now."""
    return [float(value) for value in platform.warehouse.query(SEEN).rows[0]]


def refresh_with_something_new(platform: Platform, year: Year, folder: Path) -> list[list[float]]:
    """Publish something new twice, a refresh that a bad delivery holds before each of them.

    Returns:
        What a reader must see of each publication.
    """
    made = []
    for code, change in (("B03", year.last_fires_less), ("B06", year.last_crimes_less)):
        (bad,) = take(platform, year.fault(code))
        with pytest.raises(GateHeldError):
            refresh(platform)
        decide(platform.ledger, bad.delivery_id, DISCARD, "a test delivery")
        take(platform, change(1, folder))
        publish_unjudged(platform)
        made.append(whole(platform))
    return made
