"""A refresh that is killed anywhere: readers, status and ledger agree, and the next one is whole.

One data root goes through all of it, one end after another, and is refreshed without disturbance
at the last; every table that is published then is that of a root which nothing has disturbed.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from csp.ledger.tables import Publication, Refresh
from csp.warehouse.platform import Platform
from csp.warehouse.refresh import refresh
from csp.warehouse.status import publication_status
from tests.warehouse.conftest import Year, take

from .driver import Place, run_and_end

#: How many more ends come at random moments: a few in CI, many with `make chaos`.
ROUNDS = int(os.environ.get("CSP_CHAOS_ROUNDS", "3"))
#: A refresh that nothing disturbs takes about as long.
LONGEST_SECONDS = 45.0

LIFECYCLE, ENGINE = "csp.warehouse.lifecycle", "csp.warehouse.duckdb_engine:DuckDBWarehouse"
PLACES = (
    Place(f"{LIFECYCLE}:take_cut", "after"),
    Place(f"{ENGINE}.load", "after"),
    Place(f"{ENGINE}.note_built", "after", 1),
    Place(f"{ENGINE}.note_built", "before", 2),
    Place("csp.warehouse.refresh:control_disclosure", "before"),
    Place(f"{ENGINE}.publish", "before", signal="SIGTERM"),
    Place("csp.warehouse.publication_files:write_note", "after"),
    Place("csp.storage.home:Home.make_current", "before"),
    Place("csp.storage.home:Home.make_current", "after"),
    Place("csp.warehouse.publication_files:write_state", "after"),
    Place("csp.warehouse.refresh:record_publication", "after", signal="SIGTERM"),
)


@pytest.fixture(scope="module")
def expected(
    year: Year,
    published_year: Callable[[str, Path], Platform],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    """Table → checksum, of a data root that nothing has disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    platform = published_year("duckdb", folder / "home")
    take(platform, year.last_fires_less(1, folder))
    refresh(platform)
    return checksums(platform)


@pytest.fixture(scope="module")
def disturbed(
    year: Year,
    published_year: Callable[[str, Path], Platform],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Platform]:
    """A data root with a delivery that waits for a refresh."""
    folder = tmp_path_factory.mktemp("disturbed")
    platform = published_year("duckdb", folder / "home")
    take(platform, year.last_fires_less(1, folder))
    yield platform
    platform.ledger.engine.dispose()


def checksums(platform: Platform) -> dict[str, str]:
    """Table → checksum, as the current publication says of itself."""
    note = platform.warehouse.current()
    assert note is not None
    return dict(note.checksums)


def environment(platform: Platform) -> dict[str, str]:
    """Where a command finds the data root."""
    return {"CSP_HOME": str(platform.home.root), "CSP_WAREHOUSE": "duckdb"}


def check_one_truth(platform: Platform) -> None:
    """What readers read, what status says and what the ledger knows do not contradict."""
    ((read,),) = platform.warehouse.query("select publication_id from publication").rows
    status = publication_status(platform)
    assert status["publication_id"] == read
    assert status["last_refresh"] != "running"
    assert (platform.home.published / "current" / "warehouse.duckdb").exists()
    with platform.ledger.session() as session:
        recorded = session.scalars(select(Publication.publication_id)).all()
        running = session.scalars(select(Refresh).where(Refresh.outcome == "running")).all()
    assert max(recorded) in (read, read - 1)
    assert len(running) <= 1


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_ended_at_a_named_place(disturbed: Platform, place: Place) -> None:
    ended = run_and_end(place, ["refresh"], environment(disturbed))
    said = signal.Signals[place.signal]
    assert ended.returncode in (-said, 128 + said), ended.stderr
    assert "Traceback" not in ended.stderr
    check_one_truth(disturbed)


def test_ended_at_random_moments(disturbed: Platform) -> None:
    moments = random.Random(2021)  # noqa: S311 - the same moments each time
    for number in range(ROUNDS):
        process = subprocess.Popen(
            [Path(sys.executable).with_name("csp"), "refresh"],
            env={**os.environ, **environment(disturbed)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        time.sleep(moments.uniform(0.5, LONGEST_SECONDS))
        process.send_signal(signal.SIGTERM if number % 4 == 3 else signal.SIGKILL)
        _, said = process.communicate(timeout=60)
        assert "Traceback" not in said
        assert "unforeseen" not in said
        check_one_truth(disturbed)


def test_afterwards_all_is_as_if_nothing_had_been(
    disturbed: Platform, expected: dict[str, str]
) -> None:
    refresh(disturbed)
    assert checksums(disturbed) == expected
    status = publication_status(disturbed)
    assert (status["is_stale"], status["last_refresh"]) == (False, "published")
    with disturbed.ledger.session() as session:
        recorded = session.scalars(select(Publication.publication_id)).all()
    assert sorted(recorded) == list(range(1, status["publication_id"] + 1))
    assert not list(disturbed.home.published.glob("*.unfinished"))
