"""A signal ends a command in order and in a sentence; a second one ends it at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery, Receipt

CSP = Path(sys.executable).parent / "csp"
NAME = "2021-06-city-of-london-street.csv"
#: A command whose end takes until it is told to go on, as that of a long query does.
SLOW_TO_END = """
import os, sys
from csp.cli import ending

def command():
    try:
        print("begun", flush=True)
        os.read(0, 1)
    finally:
        print("ending", flush=True)
        os.read(0, 1)
        print("ended", flush=True)

sys.exit(ending.run(command))
"""


def started(*command: str, home: Path) -> subprocess.Popen[str]:
    """A command at work, with its streams in reach."""
    return subprocess.Popen(
        command,
        env=os.environ | {"CSP_HOME": str(home), "CSP_WAREHOUSE": "duckdb"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_an_ingest_that_is_ended_puts_away_what_it_began(
    number: signal.Signals, tmp_path: Path
) -> None:
    home, file = tmp_path / "home", tmp_path / NAME
    os.mkfifo(file)  # who reads it waits for whoever writes, so ingest is at work for certain
    running = started(str(CSP), "ingest", str(file), home=home)
    with file.open("wb", buffering=0) as writing:
        writing.write(b"Crime ID,Month\n")
        running.send_signal(number)
        said, told = running.communicate(timeout=60)
    assert (running.returncode, said) == (128 + number, "")
    assert told.startswith(f"csp: ended by {number.name}; nothing was left half done")
    assert len(told.splitlines()) == 1
    assert [path for path in (home / "scratch").iterdir() if path.is_file()] == []
    with Ledger(f"sqlite:///{home / 'ledger.db'}").session() as session:
        assert session.scalars(select(Delivery)).all() == []
        assert session.scalars(select(Receipt)).all() == []


def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    running = started(sys.executable, "-c", SLOW_TO_END, home=tmp_path)
    assert running.stdout.readline() == "begun\n"
    running.send_signal(signal.SIGTERM)
    assert running.stdout.readline() == "ending\n"
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=60) == 128 + signal.SIGINT
    said, told = running.communicate()
    assert (said, told) == ("", "csp: ended at once by a second SIGINT\n")


def test_a_terminal_that_closes_twice_lets_it_end_in_order(tmp_path: Path) -> None:
    running = started(sys.executable, "-c", SLOW_TO_END, home=tmp_path)
    assert running.stdout.readline() == "begun\n"
    running.send_signal(signal.SIGHUP)
    assert running.stdout.readline() == "ending\n"
    running.send_signal(signal.SIGHUP)
    said, told = running.communicate("x", timeout=60)
    assert (running.returncode, said) == (128 + signal.SIGHUP, "ended\n")
    assert told.startswith("csp: ended by SIGHUP")


def test_a_command_under_nohup_outlives_its_terminal(tmp_path: Path) -> None:
    running = started("nohup", sys.executable, "-c", SLOW_TO_END, home=tmp_path)
    assert running.stdout.readline() == "begun\n"
    running.send_signal(signal.SIGHUP)
    said, told = running.communicate("xx", timeout=60)
    assert (running.returncode, said, told) == (0, "ending\nended\n", "")
