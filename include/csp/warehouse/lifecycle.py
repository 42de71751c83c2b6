"""How a refresh begins and ends: one at a time, on one cut, and closed whatever was killed where.

A refresh begins in one transaction of the ledger: no other is running, its number is taken, and
what it will read is written down. Whoever begins, ends or publishes holds the engine's publishing
lock, so that a process which was thought dead cannot publish behind the back of the next.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from csp.contracts.registry import contract_hash
from csp.ledger.cuts import TakenCut, take_cut
from csp.ledger.gate_results import ungated_deliveries
from csp.ledger.leases import (
    LEASE,
    RUNNING,
    RefreshRunningError,
    TicketEndedError,
    is_worked_at,
    running_refresh,
    this_process,
    why_ended,
)
from csp.ledger.sessions import Ledger, utc_now
from csp.ledger.tables import Publication, Refresh
from csp.quality.delivery_gate import DeliveryGate
from csp.quality.judge import CheckResult
from csp.warehouse.code_version import code_version
from csp.warehouse.engine import Warehouse
from csp.warehouse.platform import Platform
from csp.warehouse.publication import PUBLISHED, record_publication

HELD, FAILED, UNNEEDED = "held", "failed", "unneeded"
#: Files that keep coming while gates judge are left to the next refresh after so many rounds.
MOST_ROUNDS_OF_GATES = 3
LOOK_AGAIN_SECONDS = 1.0


@dataclass(frozen=True)
class RefreshTicket:
    """Names one refresh from its first step to its last."""

    refresh_id: int
    publication_id: int


def judge_deliveries(platform: Platform) -> list[CheckResult]:
    """Judge what no gate has seen yet; returns the gates' warnings."""
    warnings: list[CheckResult] = []
    for _ in range(MOST_ROUNDS_OF_GATES):
        for contract in platform.registry:
            warnings += DeliveryGate(contract, platform.home, platform.ledger).run().warnings
        if not ungated_deliveries(platform.ledger):
            break
    return warnings


def begin(platform: Platform, owner: str = "", wait_seconds: float = 0) -> RefreshTicket:
    """Open a refresh in the ledger and take its cut.

    Args:
        platform: Home, ledger, contracts and warehouse.
        owner: Who will go on with it from step to step, when that is not this process: a refresh
            of the same owner before it has been given up by it, and ends here.
        wait_seconds: How long to wait for another one, whose process lives, to end.

    Raises:
        RefreshRunningError: Another refresh is running.
    """
    deadline = time.monotonic() + wait_seconds
    code = code_version(platform.registry)
    hashes = {contract.id: contract_hash(contract) for contract in platform.registry}
    while True:
        with platform.warehouse.publishing():
            recover(platform)
            try:
                with platform.ledger.writing() as session:
                    _end_what_is_dead(session, platform.warehouse, owner)
                    ticket = _open(session, platform.warehouse, owner)
                    take_cut(session, ticket.refresh_id, code, hashes)
                    return ticket
            except RefreshRunningError:
                if time.monotonic() >= deadline:
                    raise
        time.sleep(LOOK_AGAIN_SECONDS)


def _open(session: Session, warehouse: Warehouse, owner: str) -> RefreshTicket:
    recorded = session.scalar(select(func.max(Publication.publication_id))) or 0
    current = warehouse.current()
    number = max(recorded, current.publication_id if current else 0) + 1
    refresh = Refresh(
        started_at=utc_now(),
        outcome=RUNNING,
        reasons=[],
        publication_id=number,
        owner=owner or this_process(),
        holder="",
        step="",
        lease_until=utc_now() + LEASE,
    )
    session.add(refresh)
    session.flush()
    return RefreshTicket(refresh.refresh_id, number)


def _end_what_is_dead(session: Session, warehouse: Warehouse, owner: str) -> None:
    """Close a refresh that nobody works at any more, and say so on the publication.

    Raises:
        RefreshRunningError: Somebody does.
    """
    refresh = running_refresh(session)
    if refresh is None:
        return
    # Runs of one owner follow one another: what an earlier one left open is nobody's.
    is_own = bool(owner) and refresh.owner == owner and not refresh.holder
    if is_worked_at(refresh) and not is_own:
        at = f" at step '{refresh.step}'" if refresh.step else ""
        raise RefreshRunningError(
            f"refresh {refresh.refresh_id} is running since {refresh.started_at:%H:%M} UTC{at} "
            f"({refresh.holder or refresh.owner}); wait for it, or end it with: "
            "csp refresh --give-up"
        )
    at = f" at step '{refresh.step}'" if refresh.step else " between two steps"
    reasons = [f"refresh {refresh.refresh_id} broke off{at}: its process ended without a word"]
    warehouse.mark_stale(reasons)
    close(session, refresh.refresh_id, FAILED, reasons)


def close(session: Session, refresh_id: int, outcome: str, reasons: list[str]) -> bool:
    """End a refresh; False when it had ended before, and stays as it was."""
    closed = session.scalars(
        update(Refresh)
        .where(Refresh.refresh_id == refresh_id, Refresh.outcome == RUNNING)
        .values(outcome=outcome, finished_at=utc_now(), reasons=reasons, holder="", step="")
        .returning(Refresh.refresh_id)
    )
    return closed.first() is not None


def give_up_running(platform: Platform) -> int:
    """Close the refresh that is running, alive or not; returns how many were closed.

    A process that is still at work on it is told at its next step, or when it renews its lease.
    """
    with platform.warehouse.publishing():
        recover(platform)
        with platform.ledger.writing() as session:
            refresh = running_refresh(session)
            if refresh is None:
                return 0
            return int(close(session, refresh.refresh_id, FAILED, ["given up by hand"]))


def recover(platform: Platform) -> None:
    """Bring ledger and publications to one truth, whatever was killed where.

    Within the publishing lock. What the engine says is current was published, so the ledger is
    told of it; what never became current is removed.
    """
    with platform.ledger.session() as session:
        recorded = set(session.scalars(select(Publication.publication_id)))
    platform.warehouse.clear_unpublished(recorded)
    note = platform.warehouse.current()
    if note is None:
        return
    with platform.ledger.writing() as session:
        record_publication(session, note, platform.warehouse.name)


def last_refresh(ledger: Ledger) -> Refresh | None:
    """The newest refresh that was needed."""
    with ledger.session() as session:
        return session.scalars(
            select(Refresh).where(Refresh.outcome != UNNEEDED).order_by(Refresh.refresh_id.desc())
        ).first()


def refuse_ended(ledger: Ledger, refresh_id: int) -> None:
    """Hold that a refresh is running; within the publishing lock nobody can end it meanwhile.

    Raises:
        TicketEndedError: It has ended.
    """
    with ledger.session() as session:
        refresh = session.get(Refresh, refresh_id)
    if refresh is None or refresh.outcome != RUNNING:
        raise TicketEndedError(why_ended(refresh_id, refresh))


def is_needed(ledger: Ledger, cut: TakenCut) -> bool:
    """Whether anything has changed since the last refresh that was published.

    The same deliveries, decisions, contracts and code give the same marts, so a second event
    for what is published already needs no second refresh.
    """
    with ledger.session() as session:
        previous = session.scalars(
            select(Refresh)
            .where(Refresh.refresh_id < cut.refresh_id, Refresh.outcome != UNNEEDED)
            .order_by(Refresh.refresh_id.desc())
        ).first()
        if previous is None or previous.outcome != PUBLISHED:
            return True
        publication = session.get(Publication, previous.publication_id)
        return publication is None or publication.inputs_digest != cut.inputs_digest
