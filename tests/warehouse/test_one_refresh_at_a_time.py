"""A refresh begins alone, ends with its process, and no step of it is run when it has ended."""

from __future__ import annotations

import multiprocessing as mp
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from sqlalchemy import select, update

from csp.contracts import ContractRegistry
from csp.errors import CspError
from csp.ledger import leases
from csp.ledger.leases import LEASE, RefreshRunningError, TicketEndedError, at_step, this_process
from csp.ledger.sessions import Ledger, utc_now
from csp.ledger.tables import Cut, Refresh
from csp.storage.home import Home
from csp.warehouse import lifecycle
from csp.warehouse.platform import Platform
from csp.warehouse.refresh import RefreshRun
from csp.warehouse.status import publication_status
from tests.postgresql import Server

PROCESSES, ROUNDS = 4, 8
#: Numbers of the refresh and of the publication that it makes.
Ticket = tuple[int, int]
SPAWN = mp.get_context("spawn")


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    """An empty platform on the embedded engine."""
    return Platform(Home(tmp_path), ContractRegistry())


def _begin_at_once(
    root: str, url: str, ready: Barrier, told: Queue[tuple[int, int] | None]
) -> None:
    os.environ["CSP_LEDGER"] = url
    platform = Platform(Home(Path(root)), ContractRegistry())
    for _ in range(ROUNDS):
        ready.wait()
        try:
            ticket = lifecycle.begin(platform)
        except RefreshRunningError:
            ticket = None
        ready.wait()
        told.put((ticket.refresh_id, ticket.publication_id) if ticket else None)
        if ticket:
            RefreshRun(platform, ticket).close_unneeded()


def begun_at_once(root: Path, url: str) -> list[Ticket | None]:
    """What each of several processes got when all of them began a refresh at the same moment."""
    Ledger(url).engine.dispose()
    ready, told = SPAWN.Barrier(PROCESSES), SPAWN.Queue()
    workers = [
        SPAWN.Process(target=_begin_at_once, args=(str(root), url, ready, told))
        for _ in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    results = [told.get(timeout=120) for _ in range(PROCESSES * ROUNDS)]
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    return results


def check_one_began(results: list[Ticket | None]) -> None:
    """One process in each round has a ticket, and no other has the same."""
    tickets = [ticket for ticket in results if ticket]
    assert len(tickets) == ROUNDS
    assert len({refresh_id for refresh_id, _ in tickets}) == ROUNDS


def test_of_processes_that_begin_at_once_one_gets_a_ticket_on_sqlite(tmp_path: Path) -> None:
    check_one_began(begun_at_once(tmp_path, f"sqlite:///{tmp_path / 'ledger.db'}"))


def test_of_processes_that_begin_at_once_one_gets_a_ticket_on_postgresql(
    tmp_path: Path, server: Server
) -> None:
    address = server.fresh_database(name="ledger_race").address
    check_one_began(begun_at_once(tmp_path, address.render_as_string(hide_password=False)))


def outcomes(platform: Platform) -> Counter[str]:
    """How the refreshes of the ledger ended."""
    with platform.ledger.session() as session:
        return Counter(session.scalars(select(Refresh.outcome)))


WORK_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from csp.contracts import ContractRegistry
from csp.ledger.leases import at_step
from csp.storage.home import Home
from csp.warehouse import lifecycle
from csp.warehouse.platform import Platform
platform = Platform(Home(Path(sys.argv[1])), ContractRegistry())
ticket = lifecycle.begin(platform)
with at_step(platform.ledger, ticket.refresh_id, "load lake"):
    print(ticket.refresh_id, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def worker(platform: Platform) -> Iterator[subprocess.Popen[str]]:
    """A process that is at a step of a refresh."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORK_UNTIL_KILLED, str(platform.home.root)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "1"
    yield process
    process.kill()
    process.wait()


def test_a_refresh_at_work_refuses_another_and_says_where_it_is(
    platform: Platform, worker: subprocess.Popen[str]
) -> None:
    with pytest.raises(RefreshRunningError, match=r"refresh 1 is running .* at step 'load lake'"):
        RefreshRun.begin(platform)
    assert publication_status(platform)["last_refresh"] == "running"


def test_a_killed_refresh_is_nobodys_at_once(
    platform: Platform, worker: subprocess.Popen[str]
) -> None:
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    status = publication_status(platform)
    assert status["last_refresh"] == "broken off"
    assert "refresh 1 broke off at step 'load lake'" in status["reasons"][0]
    run = RefreshRun.begin(platform)
    assert run.ticket.refresh_id == 2
    assert outcomes(platform) == {"failed": 1, "running": 1}


@pytest.mark.parametrize(
    ("holder", "until", "is_worked_at"),
    [
        ("another.host:7:1.00", LEASE, True),
        ("another.host:7:1.00", -timedelta(seconds=1), False),
        ("another.host:7:1.00", timedelta(days=1), False),  # from before the clock was put back
        ("", LEASE, True),
        ("", -timedelta(seconds=1), False),
    ],
)
def test_of_another_host_the_time_of_the_lease_tells(
    platform: Platform, holder: str, until: timedelta, is_worked_at: bool
) -> None:
    ticket = lifecycle.begin(platform)
    with platform.ledger.writing() as session:
        session.execute(update(Refresh).values(holder=holder, lease_until=utc_now() + until))
    if is_worked_at:
        with pytest.raises(RefreshRunningError):
            lifecycle.begin(platform)
    else:
        assert lifecycle.begin(platform).refresh_id == ticket.refresh_id + 1


def test_what_the_same_dag_left_open_is_nobodys(platform: Platform) -> None:
    lifecycle.begin(platform, owner="airflow")
    with pytest.raises(RefreshRunningError):
        lifecycle.begin(platform)
    assert lifecycle.begin(platform, owner="airflow").refresh_id == 2


STEPS = (
    "admit_deliveries",
    "load_lake",
    "build_core",
    "gate_core",
    "build_kpi",
    "control_disclosure",
    "build_marts",
    "audit_publication",
    "publish",
)


@pytest.mark.parametrize("step", STEPS)
def test_each_step_of_an_ended_refresh_is_refused(platform: Platform, step: str) -> None:
    run = RefreshRun.begin(platform)
    assert RefreshRun.give_up_running(platform) == 1
    with pytest.raises(TicketEndedError, match=r"refresh 1 has ended .*\(given up by hand\)"):
        getattr(RefreshRun(platform, run.ticket), step)()
    RefreshRun.begin(platform)
    with pytest.raises(TicketEndedError):
        getattr(RefreshRun(platform, run.ticket), step)()
    assert platform.warehouse.current() is None


def test_holding_an_ended_refresh_changes_nothing(platform: Platform) -> None:
    run = RefreshRun.begin(platform)
    RefreshRun.give_up_running(platform)
    run.hold(["too late"])
    with platform.ledger.session() as session:
        assert session.get_one(Refresh, 1).reasons == ["given up by hand"]


def test_a_second_process_cannot_be_at_a_step_of_the_same_refresh(
    platform: Platform, worker: subprocess.Popen[str]
) -> None:
    with (
        pytest.raises(RefreshRunningError, match="at step 'load lake' in process"),
        at_step(platform.ledger, 1, "build core"),
    ):
        pass


def test_a_step_ends_when_its_refresh_was_ended_beside_it(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEWED_EVERY_SECONDS", 0.05)
    ticket = lifecycle.begin(platform)
    waiting = mp.Event()
    with (
        pytest.raises(TicketEndedError, match="was ended while step 'load lake' was at work"),
        at_step(platform.ledger, ticket.refresh_id, "load lake"),
    ):
        RefreshRun.give_up_running(platform)
        waiting.wait(60)


def test_a_step_within_a_step_gives_back_the_one_around_it(platform: Platform) -> None:
    ticket = lifecycle.begin(platform)
    with at_step(platform.ledger, ticket.refresh_id, "begin"):
        with at_step(platform.ledger, ticket.refresh_id, "load lake"):
            pass
        with platform.ledger.session() as session:
            refresh = session.get_one(Refresh, ticket.refresh_id)
        assert (refresh.step, refresh.holder) == ("begin", this_process())


def test_a_refresh_begins_with_its_cut_or_not_at_all(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("killed here")

    monkeypatch.setattr(lifecycle, "take_cut", broken)
    with pytest.raises(RuntimeError):
        lifecycle.begin(platform)
    assert outcomes(platform) == {}
    monkeypatch.undo()
    ticket = lifecycle.begin(platform)
    with platform.ledger.session() as session:
        assert session.get_one(Cut, ticket.refresh_id).inputs_digest


def test_a_refresh_goes_on_with_the_code_it_began_with_or_not_at_all(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RefreshRun.begin(platform)
    monkeypatch.setattr("csp.warehouse.refresh.code_version", lambda _: "changed")
    for step in ("load_lake", "build_core", "build_kpi", "build_marts", "publish"):
        with pytest.raises(CspError, match="was changed meanwhile; begin a new refresh"):
            getattr(RefreshRun(platform, run.ticket), step)()
    assert platform.warehouse.current() is None


@pytest.mark.parametrize("is_known", [True, False])
def test_publications_that_neither_link_nor_ledger_knows_are_set_aside_and_not_lost(
    platform: Platform, is_known: bool
) -> None:
    for number in (1, 2):
        folder = platform.home.publication(number)
        folder.mkdir()
        (folder / "marts").write_text(str(number), encoding="utf-8")
    if is_known:
        platform.home.make_current(1)
    lifecycle.begin(platform)
    kept = {path.read_text() for path in platform.home.published.glob("publication-*/marts")}
    aside = {path.read_text() for path in platform.home.published.glob(".*.unclaimed/marts")}
    # One that is newer than the current one never became current; of others nobody knows.
    assert (kept, aside) == (({"1"}, set()) if is_known else (set(), {"1", "2"}))
