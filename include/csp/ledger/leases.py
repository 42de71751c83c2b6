"""Who works at a refresh, and whether that process still lives.

A process that is at a step of a refresh renews its lease while it lives; the lease ends with it.
On the same host the process itself is looked for, so that a dead one is known at once; on another
host it is the time of the lease that tells.
"""

from __future__ import annotations

import _thread
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

import psutil
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from csp.errors import CspError
from csp.ledger.sessions import Ledger, utc_now
from csp.ledger.tables import Refresh

RUNNING = "running"
LEASE = timedelta(seconds=60)
RENEWED_EVERY_SECONDS = 10.0


class RefreshRunningError(CspError):
    """Another refresh is running, and its process lives."""


class TicketEndedError(CspError):
    """A step of a refresh that has ended already was to be run."""


def this_process() -> str:
    """This process, as the ledger names it: host, number and moment of its start."""
    pid = os.getpid()
    return f"{socket.gethostname()}:{pid}:{psutil.Process(pid).create_time():.2f}"


def is_living(holder: str) -> bool | None:
    """Whether a process still lives; None when it is one of another host."""
    host, pid, started = holder.rsplit(":", 2)
    if host != socket.gethostname():
        return None
    try:
        process = psutil.Process(int(pid))
        is_same = abs(process.create_time() - float(started)) < 1
        return is_same and bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _has_lapsed(lease_until: datetime | None) -> bool:
    # One that ends later than a lease lasts was given by a clock that has been put back since.
    now = utc_now()
    return lease_until is None or now >= lease_until or lease_until > now + 2 * LEASE


def is_worked_at(refresh: Refresh) -> bool:
    """Whether a living process works at a refresh, or will go on with it in a moment."""
    living = is_living(refresh.holder) if refresh.holder else None
    return living if living is not None else not _has_lapsed(refresh.lease_until)


def running_refresh(session: Session) -> Refresh | None:
    """The refresh that has not ended, whether its process still lives or not."""
    return session.scalars(select(Refresh).where(Refresh.outcome == RUNNING)).first()


def _take(ledger: Ledger, refresh_id: int, step: str, me: str) -> None:
    with ledger.writing() as session:
        refresh = session.get(Refresh, refresh_id)
        if refresh is None or refresh.outcome != RUNNING:
            raise TicketEndedError(why_ended(refresh_id, refresh))
        if refresh.holder not in ("", me) and is_worked_at(refresh):
            raise RefreshRunningError(
                f"refresh {refresh_id} is at step '{refresh.step}' in process {refresh.holder}; "
                "wait until it has ended, or end it with: csp refresh --give-up"
            )
        refresh.holder, refresh.step, refresh.lease_until = me, step, utc_now() + LEASE


def why_ended(refresh_id: int, refresh: Refresh | None) -> str:
    """Why no step of a refresh can be run any more, and what to do."""
    if refresh is None:
        return f"there is no refresh {refresh_id} in this ledger; begin one with: csp refresh"
    when = f" at {refresh.finished_at:%Y-%m-%d %H:%M} UTC" if refresh.finished_at else ""
    why = f" ({refresh.reasons[0]})" if refresh.reasons else ""
    return (
        f"refresh {refresh_id} has ended{when} as {refresh.outcome}{why}: no step of it can be run "
        "again; begin a new one with csp refresh, or by triggering the refresh DAG"
    )


def _renew(ledger: Ledger, refresh_id: int, me: str) -> bool:
    """Renew the lease; False when it is another's by now, or the refresh has been ended."""
    with ledger.writing() as session:
        renewed = session.execute(
            update(Refresh)
            .where(
                Refresh.refresh_id == refresh_id, Refresh.outcome == RUNNING, Refresh.holder == me
            )
            .values(lease_until=utc_now() + LEASE)
            .returning(Refresh.refresh_id)
        )
        return renewed.first() is not None


def _keep_renewing(
    ledger: Ledger, refresh_id: int, me: str, ended: threading.Event, lost: threading.Event
) -> None:
    while not ended.wait(RENEWED_EVERY_SECONDS):
        # A ledger that does not answer for once is asked again; the step itself tells of it.
        with suppress(SQLAlchemyError):
            if not _renew(ledger, refresh_id, me) and not ended.is_set():
                lost.set()
                _thread.interrupt_main()
                return


@contextmanager
def at_step(ledger: Ledger, refresh_id: int, step: str) -> Iterator[None]:
    """Work at a step of a refresh: the only process that does, for as long as the block lasts.

    Raises:
        TicketEndedError: The refresh has ended, before the step or while it was at work.
        RefreshRunningError: Another living process is at a step of it.
    """
    me = this_process()
    with ledger.session() as session:
        refresh = session.get(Refresh, refresh_id)
        is_within = refresh is not None and refresh.holder == me
        outer_step = refresh.step if refresh is not None else ""
    _take(ledger, refresh_id, step, me)
    if is_within:
        yield
        _back(ledger, refresh_id, me, holder=me, step=outer_step)
        return
    ended, lost = threading.Event(), threading.Event()
    renewing = threading.Thread(
        target=_keep_renewing, args=(ledger, refresh_id, me, ended, lost), daemon=True
    )
    renewing.start()
    try:
        yield
    except KeyboardInterrupt:
        if lost.is_set():
            raise TicketEndedError(
                f"refresh {refresh_id} was ended while step '{step}' was at work; see csp status"
            ) from None
        raise
    finally:
        ended.set()
        renewing.join()
        _back(ledger, refresh_id, me, holder="", step="")


def _back(ledger: Ledger, refresh_id: int, me: str, *, holder: str, step: str) -> None:
    """Note that a step has ended; whoever goes on with the refresh has a lease's time to."""
    # Without an answer the lease ends by itself, and it is the step's own error that matters.
    with suppress(SQLAlchemyError), ledger.writing() as session:
        session.execute(
            update(Refresh)
            .where(Refresh.refresh_id == refresh_id, Refresh.holder == me)
            .values(holder=holder, step=step, lease_until=utc_now() + LEASE)
        )
