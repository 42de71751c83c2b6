"""Processes that ingest the same files at once record each delivery once; none of them fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from tests.postgresql import Server
from tests.recorded import kept, recorded

from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery, Receipt, Step
from csp.storage.home import Home

if TYPE_CHECKING:
    from tests.conftest import Desk

MakeFile = Callable[..., str]
FEED, PROCESSES = "police_street_crime", 8
CSP = Path(sys.executable).with_name("csp")
#: What a feed's DAG does with the files of its inbox, by a process of its own.
TAKE_AND_CLEAR = """
import sys
from pathlib import Path
from csp.contracts import ContractRegistry
from csp.ingest import ingest_each
from csp.warehouse.platform import Platform
platform = Platform.from_environment()
files = sorted(Path(sys.argv[1]).iterdir())
for path, outcomes in ingest_each(files, platform.home, platform.ledger, platform.registry):
    print(*(outcome.verdict for outcome in outcomes))
    path.unlink(missing_ok=True)
"""


@pytest.fixture
def files(tmp_path: Path, make_file: MakeFile) -> Path:
    """A folder of forty small files of every kind."""
    folder = tmp_path / "files"
    folder.mkdir()

    def write(name: str, content: str) -> None:
        (folder / name).write_text(content, encoding="utf-8")

    for number in range(24):
        month = f"{2019 + number // 12}-{number % 12 + 1:02}"
        rows = [{"Month": month}] * (number + 9) + [{"Month": month, "Crime type": "Cyber crime"}]
        write(f"{month}-metropolitan-street.csv", make_file(FEED, rows))
    for month in ("2021-01", "2021-02", "2021-03"):
        write(f"{month}-metropolitan-street.csv", make_file(FEED, []))
        write(f"{month}-btp-street.csv", make_file(FEED, [{"Month": month}]) + "x\n" * 9)
        write(f"{month} of no feed.csv", f"a,b\n1,{month}\n")
        write(f"copy {month}-metropolitan-street.csv", make_file(FEED, [{"Month": month}] * 3))
        write(f"2021-04 same {month}.csv", make_file(FEED, [{"Month": "2021-04"}] * 4))
    write("ndtms_episode_2021Q2.csv", make_file("treatment_ndtms_episode", [{}] * 3))
    return folder


def at_once(command: list[str], environment: dict[str, str]) -> list[str]:
    """Run a command in several processes at once; what each of them printed."""
    processes = [
        subprocess.Popen(
            command,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    ended = [(process, *process.communicate(timeout=300)) for process in processes]
    assert [error for _, _, error in ended] == [""] * PROCESSES
    assert {process.returncode for process, _, _ in ended} <= {0, 3}
    return [output for _, output, _ in ended]


@pytest.fixture
def undisturbed(files: Path, desk: Desk) -> tuple[dict[str, object], dict[str, bytes]]:
    """What one process makes of the files, beside nobody."""
    desk.take_all(files)
    return recorded(desk.ledger), kept(desk.home)


def check_each_once(
    root: Path, url: str, files: Path, undisturbed: tuple[dict[str, object], dict[str, bytes]]
) -> None:
    environment = {"CSP_HOME": str(root), "CSP_LEDGER": url}
    printed = at_once([str(CSP), "ingest", str(files), "--json"], environment)
    home, ledger = Home(root), Ledger(url)
    assert recorded(ledger) == undisturbed[0]
    assert kept(home) == undisturbed[1]
    assert not list(home.scratch.iterdir())
    outcomes = [outcome for output in printed for outcome in json.loads(output)]
    first = Counter(o["delivery_id"] for o in outcomes if o["verdict"] in ("accepted", "rejected"))
    assert set(first.values()) == {1}, "one process records a delivery, for the others it repeats"
    with ledger.session() as session:
        assert len(session.scalars(select(Receipt)).all()) == PROCESSES * len(list(files.iterdir()))
        steps = Counter(session.scalars(select(Step.outcome)))
        reports = {
            d for d, feed in session.execute(select(Delivery.delivery_id, Delivery.feed)) if feed
        }
    assert steps == {"done": PROCESSES * len(list(files.iterdir()))}
    written = {path.stem for path in (root / "feedback").rglob("*.md")}
    assert written == reports
    ledger.engine.dispose()


def test_on_a_ledger_of_sqlite(
    tmp_path: Path, files: Path, undisturbed: tuple[dict[str, object], dict[str, bytes]]
) -> None:
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    check_each_once(tmp_path / "root", url, files, undisturbed)


def test_on_a_ledger_of_postgresql(
    tmp_path: Path,
    files: Path,
    undisturbed: tuple[dict[str, object], dict[str, bytes]],
    server: Server,
) -> None:
    address = server.fresh_database(name="ingest_at_once").address
    url = address.render_as_string(hide_password=False)
    check_each_once(tmp_path / "root", url, files, undisturbed)


def test_files_that_another_process_takes_away_are_gone_and_no_fault(
    tmp_path: Path, files: Path, undisturbed: tuple[dict[str, object], dict[str, bytes]]
) -> None:
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    environment = {"CSP_HOME": str(tmp_path / "root"), "CSP_LEDGER": url}
    at_once([sys.executable, "-c", TAKE_AND_CLEAR, str(files)], environment)
    assert list(files.iterdir()) == []
    assert recorded(Ledger(url)) == undisturbed[0]
    assert kept(Home(tmp_path / "root")) == undisturbed[1]
