"""A PostgreSQL that goes while a command is at work: the command says so, and works again after.

The server is stopped as a power cut would stop it (`immediate`), and started again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import func, select

from csp.ledger.sessions import Ledger
from csp.ledger.tables import LedgerTable, Refresh, Step
from csp_simulator import simulate
from tests.postgresql import Server

CSP = Path(sys.executable).parent / "csp"
LONGEST_SECONDS = 300.0
LEDGER_GONE = "csp: the ledger's database (CSP_LEDGER) does not answer"
WAREHOUSE_GONE = "(CSP_WAREHOUSE) does not answer"


class FragileServer(Server):
    """A PostgreSQL of its own, which can be cut off."""

    def address(self, name: str, user: str = "postgres") -> str:
        """The address of a database, as a setting says it."""
        url = self.warehouse(name).address.set(username=user)
        return url.render_as_string(hide_password=False)

    def cut_off(self) -> None:
        """Stop it as a power cut would."""
        process = psutil.Process(self.server.get_pid())
        process.send_signal(signal.SIGQUIT)
        process.wait(LONGEST_SECONDS)

    def start_again(self) -> None:
        """Start it where it was; nothing happens when it runs."""
        self.server.ensure_postgres_running()


@pytest.fixture(scope="module")
def fragile() -> Iterator[FragileServer]:
    """One server for the tests that cut it off."""
    running = FragileServer()
    yield running
    running.start_again()
    running.stop()


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small synthetic year of police and fire brigade."""
    folder = tmp_path_factory.mktemp("deliveries")
    simulate("borough-year", folder, scale=0.05)
    return folder / "deliveries"


def csp(*arguments: str, home: Path, **settings: str) -> subprocess.Popen[str]:
    """A command at work."""
    return subprocess.Popen(
        [CSP, *arguments],
        env=os.environ | {"CSP_HOME": str(home), "CSP_WAREHOUSE": "duckdb"} | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(running: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and first line of a command on its error stream; never a traceback."""
    said, told = running.communicate(timeout=LONGEST_SECONDS)
    assert "Traceback" not in said + told
    assert "unforeseen" not in told
    return running.returncode, (told.splitlines() or [""])[0]


def counts(address: str) -> dict[str, int]:
    """Rows of each table of a ledger but of the steps, of which a fault adds one."""
    ledger = Ledger(address)
    with ledger.session() as session:
        found = {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in LedgerTable.metadata.sorted_tables
            if table.name != Step.__tablename__
        }
    ledger.engine.dispose()
    return found


@pytest.mark.parametrize("command", ["status", "quarantine list"])
def test_a_command_without_its_ledger_says_so_and_works_again_after(
    command: str, fragile: FragileServer, tmp_path: Path
) -> None:
    fragile.start_again()
    fragile.fresh_database(name="ledger")
    address = fragile.address("ledger")
    Ledger(address).engine.dispose()
    fragile.cut_off()
    code, line = ended(csp(*command.split(), home=tmp_path, CSP_LEDGER=address))
    fragile.start_again()
    assert code == 1
    assert line.startswith(LEDGER_GONE)
    assert ended(csp(*command.split(), home=tmp_path, CSP_LEDGER=address)) == (0, "")


def test_a_user_or_database_that_the_server_does_not_know_is_named_as_the_cause(
    fragile: FragileServer, tmp_path: Path
) -> None:
    fragile.start_again()
    for address in (fragile.address("no_such"), fragile.address("postgres", user="no_such")):
        code, line = ended(csp("status", home=tmp_path, CSP_LEDGER=address))
        assert code == 1
        assert line.startswith("csp: the ledger's database (CSP_LEDGER) refuses the user")


def test_an_ingest_whose_ledger_goes_is_done_whole_by_the_next(
    fragile: FragileServer, deliveries: Path, tmp_path: Path
) -> None:
    fragile.start_again()
    with zipfile.ZipFile(min((deliveries / "police").iterdir())) as archive:
        name = min(archive.namelist())
        content = archive.read(name)
    for database in ("undisturbed", "ledger"):
        fragile.fresh_database(name=database)
    undisturbed, disturbed = fragile.address("undisturbed"), fragile.address("ledger")
    (tmp_path / "whole").mkdir()
    whole = tmp_path / "whole" / Path(name).name
    whole.write_bytes(content)
    assert ended(csp("ingest", str(whole), home=tmp_path / "1", CSP_LEDGER=undisturbed)) == (0, "")

    # Who reads this file waits for whoever writes it, so ingest is at work when the server goes.
    (tmp_path / "slow").mkdir()
    slow = tmp_path / "slow" / whole.name
    os.mkfifo(slow)
    running = csp("ingest", str(slow), home=tmp_path / "2", CSP_LEDGER=disturbed)
    with slow.open("wb") as writing:
        fragile.cut_off()
        writing.write(content)
    code, line = ended(running)
    fragile.start_again()
    assert code == 1
    assert line.startswith(LEDGER_GONE)
    assert set(counts(disturbed).values()) <= {0, 1}

    again = csp("ingest", str(whole), home=tmp_path / "2", CSP_LEDGER=disturbed)
    assert ended(again) == (0, "")
    assert counts(disturbed) == counts(undisturbed)


def test_a_refresh_whose_warehouse_goes_is_closed_and_the_next_one_publishes(
    fragile: FragileServer, deliveries: Path, tmp_path: Path
) -> None:
    fragile.start_again()
    fragile.fresh_database()
    home, settings = tmp_path / "home", {"CSP_WAREHOUSE": fragile.address("warehouse")}
    assert ended(csp("ingest", str(deliveries), home=home, **settings)) == (0, "")
    ledger = Ledger(f"sqlite:///{home / 'ledger.db'}")
    running = csp("refresh", home=home, **settings)
    deadline = time.monotonic() + LONGEST_SECONDS
    while not _is_loaded(ledger):
        assert running.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    fragile.cut_off()
    code, line = ended(running)
    fragile.start_again()
    assert code == 1
    assert WAREHOUSE_GONE in line
    assert ended(csp("refresh", home=home, **settings)) == (0, "")
    with ledger.session() as session:
        outcomes = session.scalars(select(Refresh.outcome).order_by(Refresh.refresh_id)).all()
    ledger.engine.dispose()
    assert outcomes == ["failed", "published"]


def _is_loaded(ledger: Ledger) -> bool:
    with ledger.session() as session:
        return session.scalars(select(Step).where(Step.step == "load lake")).first() is not None
