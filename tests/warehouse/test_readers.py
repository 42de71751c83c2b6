"""Whoever reads while ten refreshes run, some of them failing, sees whole publications only."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest

from csp.errors import GateHeldError
from csp.ledger.decisions import decide
from csp.storage.home import Home
from csp.warehouse.duckdb_engine import DuckDBWarehouse
from csp.warehouse.engine import Warehouse
from csp.warehouse.platform import Platform
from csp.warehouse.postgres_engine import PostgresWarehouse
from csp.warehouse.refresh import refresh

from .conftest import Year, take

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
        stop.wait(0.1)  # leave the processor to the refresh
    seen.put(readings)


@pytest.mark.parametrize("engine", ["duckdb", "postgresql"])
def test_a_reader_sees_whole_publications_only(
    engine: str, year: Year, empty_platform: Callable[..., Platform]
) -> None:
    platform = empty_platform(engine)
    take(platform, year.police[0], year.police[1], year.fire[0])
    refresh(platform)
    published = [whole(platform)]
    context = multiprocessing.get_context("spawn")
    stop, started, seen = context.Event(), context.Event(), context.Queue()
    where = str(platform.home.root) if engine == "duckdb" else platform.warehouse.address
    reader = context.Process(target=read_until, args=(stop, started, engine, where, seen))
    reader.start()
    try:
        assert started.wait(60)
        outcomes = refresh_ten_times(platform, year, published)
    finally:
        stop.set()
    readings = []
    while isinstance(reading := seen.get(timeout=60), list):
        readings.append(reading)
    reader.join(60)
    assert outcomes == {"published": 7, "held": 3}
    assert reading > len(readings) > 3
    assert all(reading in published for reading in readings)
    assert readings == [state for state in published if state in readings]


def whole(platform: Platform) -> list[float]:
    """What a reader must see of the publication that is out now."""
    return [float(value) for value in platform.warehouse.query(SEEN).rows[0]]


def refresh_ten_times(
    platform: Platform, year: Year, published: list[list[float]]
) -> dict[str, int]:
    """Seven refreshes with something new, and three that a bad delivery holds."""
    outcomes = {"published": 0, "held": 0}
    bad = iter(year.fault(code) for code in ("B03", "B04", "B06"))
    for number in range(10):
        if number % 3 == 2:
            (outcome,) = take(platform, next(bad))
            if outcome.verdict == "accepted":  # too little history for its volume to be judged
                decide(platform.ledger, outcome.delivery_id, "discard", "not needed here")
                (outcome,) = take(platform, year.fault("B47"))
            with pytest.raises(GateHeldError):
                refresh(platform)
            decide(platform.ledger, outcome.delivery_id, "discard", "a test delivery")
            outcomes["held"] += 1
        else:
            take(platform, year.police[2 + number] if number % 2 else year.fire[1 + number])
            refresh(platform)
            published.append(whole(platform))
            outcomes["published"] += 1
    return outcomes
