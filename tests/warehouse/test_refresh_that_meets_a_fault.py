"""A refresh that meets a fault outside our data, or a signal, is closed with the true reason.

A limit on the size of a file (RLIMIT_FSIZE) stands for a disk that fills while the candidate is
built, and a file in the place of a folder for one that may not be written.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from csp.ledger.tables import Refresh, Step
from csp.storage.home import Home
from csp.warehouse.duckdb_engine import DuckDBWarehouse
from csp.warehouse.platform import Platform
from tests.warehouse.conftest import Year, platform_at, take

CSP = Path(sys.executable).parent / "csp"
LONGEST_SECONDS = 300.0


def limit_files() -> None:
    """No file of this process may become larger than two megabytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, 2 << 20))


class Refreshing:
    """A published year in which one more file waits for a refresh."""

    def __init__(self, platform: Platform) -> None:
        self.platform, self.home = platform, platform.home

    def start(self, in_child: Callable[[], None] | None = None) -> subprocess.Popen[str]:
        """`csp refresh`, at work."""
        return subprocess.Popen(
            [CSP, "refresh"],
            env=os.environ | {"CSP_HOME": str(self.home.root), "CSP_WAREHOUSE": "duckdb"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=in_child,  # noqa: PLW1509 - it only sets a limit
        )

    def fail(self, part: str, running: subprocess.Popen[str], code: int = 1) -> None:
        """Wait for it: it says why in one sentence, and so does the publication."""
        said, told = running.communicate(timeout=LONGEST_SECONDS)
        assert told.startswith("csp: "), told
        assert part in told.splitlines()[0]
        assert "Traceback" not in said + told
        assert "unforeseen" not in told
        assert running.returncode == code
        state = json.loads((self.home.published / "state.json").read_text(encoding="utf-8"))
        assert state["is_stale"]
        assert part in state["reasons"][0]
        assert self.last().outcome == "failed"
        assert part in self.last().reasons[0]

    def last(self) -> Refresh:
        """The newest refresh of the ledger."""
        with self.platform.ledger.session() as session:
            return session.scalars(
                select(Refresh).order_by(Refresh.refresh_id.desc()).limit(1)
            ).one()

    def wait_until_models_are_built(self, running: subprocess.Popen[str]) -> None:
        """Wait until the refresh has loaded the lake: what follows is dbt."""
        before = self._loads()
        deadline = time.monotonic() + LONGEST_SECONDS
        while self._loads() == before:
            assert running.poll() is None, running.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def _loads(self) -> int:
        with self.platform.ledger.session() as session:
            return len(session.scalars(select(Step).where(Step.step == "load lake")).all())


@pytest.fixture
def refreshing(
    published_year: Callable[[str, Path], Platform], year: Year, tmp_path: Path
) -> Refreshing:
    platform = published_year("duckdb", tmp_path / "home")
    take(platform, year.last_fires_less(3, tmp_path))
    return Refreshing(platform)


def test_a_refresh_says_what_it_met_and_is_made_when_that_is_gone(refreshing: Refreshing) -> None:
    home = refreshing.home
    before = refreshing.last().publication_id

    refreshing.fail(
        "a file has become larger than this process may write",
        refreshing.start(in_child=limit_files),
    )

    candidate = home.candidate_file
    candidate.write_bytes(b"rubbish " * 4096)
    refreshing.fail(
        f"the candidate warehouse is damaged ({candidate}); remove it", refreshing.start()
    )
    candidate.unlink()

    folder = candidate.parent
    folder.rename(home.root / "aside")
    folder.touch()
    refreshing.fail("a file stands where a folder has to be", refreshing.start())
    folder.unlink()
    (home.root / "aside").rename(folder)

    running = refreshing.start()
    refreshing.wait_until_models_are_built(running)
    running.send_signal(signal.SIGTERM)
    refreshing.fail("ended by SIGTERM", running, 128 + signal.SIGTERM)

    running = refreshing.start()
    said, told = running.communicate(timeout=LONGEST_SECONDS)
    assert (running.returncode, told) == (0, "")
    assert "is out" in said
    last = refreshing.last()
    assert last.outcome == "published"
    assert last.publication_id > before
    note = platform_at(home.root, DuckDBWarehouse(Home(home.root))).warehouse.current()
    assert note is not None
    assert note.reasons == []
