"""The command line: exit codes, plain sentences, and never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CSP = Path(sys.executable).parent / "csp"


def csp(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command on a data root."""
    environment = os.environ | {"CSP_HOME": str(home), "CSP_WAREHOUSE": "duckdb"}
    return subprocess.run(
        [CSP, *arguments], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("kpi", "S01"),
        ("scorecard",),
        ("query", "select 1"),
        ("explain", "S01", "--period", "2019", "--area", "E09000030"),
        ("ingest", "no-such-file.csv"),
        ("ingest", "--feed", "no_such_feed", "README.md"),
        ("feeds", "show", "no_such_feed"),
        ("feeds", "add", "police", "Bad-Name", "--sample", "README.md"),
        ("quarantine", "show", "0000"),
        ("quarantine", "discard", "0000", "--reason", "gone"),
        ("simulate", "--scenario", "no-such", "--out", "nowhere"),
        ("refresh",),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    done = csp(tmp_path, *arguments)
    assert done.returncode == 1
    assert done.stderr.startswith("csp: ")
    assert "Traceback" not in done.stderr + done.stdout


def test_simulate_without_the_simulator_says_how_to_get_it(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['csp_simulator'] = None; "
        "sys.argv = ['csp', 'simulate', '--out', 'nowhere']; "
        "from csp.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("csp: the simulator is not installed here")
    assert "make install" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_a_warehouse_that_is_none_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [CSP, "refresh"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"CSP_HOME": str(tmp_path), "CSP_WAREHOUSE": "oracle://secret@host"},
    )
    assert done.returncode == 1
    assert "must be duckdb, postgresql" in done.stderr
    assert "secret" not in done.stderr


def test_ingest_exits_with_3_when_something_was_rejected(tmp_path: Path) -> None:
    page = tmp_path / "2021-06-metropolitan-street.csv"
    page.write_text("<!DOCTYPE html><html><body>Service unavailable</body></html>\n")
    done = csp(tmp_path / "home", "ingest", str(page))
    assert done.returncode == 3
    assert "D02 The file is no CSV" in done.stdout
    listed = csp(tmp_path / "home", "quarantine", "list", "--json")
    (row,) = json.loads(listed.stdout)
    assert row["is_open"]
    shutil.rmtree(tmp_path / "home" / "feedback")
    shown = csp(tmp_path / "home", "quarantine", "show", row["delivery_id"])
    assert (shown.returncode, "| D02 |" in shown.stdout) == (0, True)
    held = csp(tmp_path / "home", "refresh")
    assert held.returncode == 4
    assert "D02" in held.stderr


def test_a_decision_is_made_taken_back_and_listed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    page = tmp_path / "2021-06-metropolitan-street.csv"
    page.write_text("<!DOCTYPE html><html><body>Service unavailable</body></html>\n")
    csp(home, "ingest", str(page))
    (row,) = json.loads(csp(home, "quarantine", "list", "--json").stdout)
    of_it = (row["delivery_id"], "--reason", "a page of an outage")
    refused = csp(home, "quarantine", "admit", *of_it)
    assert refused.returncode == 1
    assert "was rejected: none of its rows is in the lake" in refused.stderr
    said = csp(home, "quarantine", "discard", *of_it).stdout
    assert said == f"{page.name}: discarded; run: csp refresh\n"
    assert "reopened; run: csp refresh" in csp(home, "quarantine", "reopen", *of_it).stdout
    listed = csp(home, "quarantine", "list").stdout
    assert "open: rejected" in listed
    assert "ended" in listed
    assert ": decided anew: reopen" in listed


def test_every_command_has_help(tmp_path: Path) -> None:
    commands = (
        "feeds",
        "ingest",
        "refresh",
        "status",
        "kpi",
        "scorecard",
        "explain",
        "query",
        "simulate",
        "quarantine",
        "manifest",
    )
    shown = csp(tmp_path, "--help").stdout
    assert all(f" {command} " in shown for command in commands)


def test_feeds_are_listed_and_checked(tmp_path: Path) -> None:
    listed = json.loads(csp(tmp_path, "feeds", "list", "--json").stdout)
    assert {row["feed"] for row in listed} >= {"police_street_crime", "fire_lfb_incident"}
    assert csp(tmp_path, "feeds", "check").returncode == 0
