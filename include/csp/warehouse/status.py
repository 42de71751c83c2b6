"""How things stand: feeds, open deliveries, warnings, and the current publication."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import exists, func, select

from csp.contracts import Contract
from csp.contracts.dbt_models import promised_days
from csp.contracts.periods import next_period
from csp.ledger.gate_results import ungated_in
from csp.ledger.leases import RUNNING, is_worked_at, running_refresh
from csp.ledger.open_deliveries import open_deliveries
from csp.ledger.releases import placed_deliveries
from csp.ledger.sessions import Ledger, utc_now
from csp.ledger.tables import (
    Delivery,
    DeliveryPeriod,
    GateResult,
    GateRun,
    PublicationInput,
    Refresh,
    VerdictCount,
)
from csp.warehouse.engine import PublicationNote, current_number
from csp.warehouse.lifecycle import last_refresh
from csp.warehouse.platform import Platform

BROKEN_OFF = "broken off"
#: What was accepted is published by the end of a refresh that begins within this time.
REFRESHED_WITHIN = timedelta(hours=1)


def _freshness(contract: Contract, newest: date | None, today: date) -> dict[str, Any]:
    """Whether the next period is overdue by the partner's own promise, and in words."""
    if newest is None:
        return {"is_late": False, "freshness": "nothing received"}
    following = next_period(newest, contract.platform.grain.periodKind)
    due = following + timedelta(days=promised_days(contract))
    late = (today - due).days
    said = f"{late} days late" if late > 0 else f"on time, next due {due:%Y-%m-%d}"
    return {"is_late": late > 0, "freshness": said}


def feed_status(ledger: Ledger, contract: Contract, today: date) -> dict[str, Any]:
    """One feed: deliveries, newest month, freshness as on a day, row verdicts, last gate."""
    with ledger.session() as session:
        verdicts = dict(
            session.execute(
                select(Delivery.verdict, func.count())
                .where(Delivery.feed == contract.id)
                .group_by(Delivery.verdict)
            ).all()
        )
        totals = session.execute(
            select(
                func.max(Delivery.first_received_at),
                func.coalesce(func.sum(Delivery.physical_lines), 0),
                func.coalesce(func.sum(Delivery.accepted_rows), 0),
                func.coalesce(func.sum(Delivery.quarantined_rows), 0),
                func.coalesce(func.sum(Delivery.rejected_lines), 0),
            ).where(Delivery.feed == contract.id)
        ).one()
        newest = session.scalar(
            select(func.max(DeliveryPeriod.period_start)).where(DeliveryPeriod.feed == contract.id)
        )
        findings = dict(
            session.execute(
                select(VerdictCount.verdict, func.sum(VerdictCount.row_count))
                .join(Delivery, Delivery.delivery_id == VerdictCount.delivery_id)
                .where(Delivery.feed == contract.id)
                .group_by(VerdictCount.verdict)
            ).all()
        )
        gate = session.scalars(
            select(GateRun)
            .where(GateRun.gate == f"delivery:{contract.id}")
            .order_by(GateRun.gate_run_id.desc())
        ).first()
    return {
        "feed": contract.id,
        "name": contract.name,
        "owner": contract.team.name,
        "access_class": contract.platform.accessClass,
        "deliveries": verdicts,
        "last_delivery_at": totals[0],
        "newest_month": newest,
        **_freshness(contract, newest, today),
        "physical_lines": totals[1],
        "accepted_rows": totals[2],
        "quarantined_rows": totals[3],
        "rejected_lines": totals[4],
        "findings": {verdict: int(rows) for verdict, rows in findings.items()},
        "last_gate": None if gate is None else ("passed" if gate.passed else "failed"),
    }


def _is_after(refresh: Refresh, note: PublicationNote | None) -> bool:
    """Whether a refresh is a later one than that which made what is current."""
    return note is None or refresh.refresh_id > note.refresh_id > 0


def publication_status(platform: Platform) -> dict[str, Any]:
    """The current publication, and whether and why it is stale, as the engine says it."""
    note, refresh = platform.warehouse.current(), last_refresh(platform.ledger)
    outcome = refresh.outcome if refresh is not None else None
    reasons = list(note.reasons) if note else []
    if refresh is not None and outcome == RUNNING and not is_worked_at(refresh):
        outcome = BROKEN_OFF
        reasons.append(
            f"refresh {refresh.refresh_id} broke off at step '{refresh.step or 'begin'}': its "
            "process has ended; the next csp refresh clears it up"
        )
    elif refresh is not None and not reasons and _is_after(refresh, note):
        reasons = list(refresh.reasons)
    return {
        "publication_id": note.publication_id if note else None,
        "published_at": note.published_at if note else None,
        "engine": platform.warehouse.name if note else None,
        "location": platform.home.absolute(note.location) if note else None,
        "is_stale": bool(note and reasons),
        "reasons": reasons,
        "last_refresh": outcome,
    }


def published_deliveries(platform: Platform) -> set[str]:
    """Deliveries that the current publication was built from."""
    number = current_number(platform.warehouse)
    with platform.ledger.session() as session:
        return set(
            session.scalars(
                select(PublicationInput.delivery_id).where(
                    PublicationInput.publication_id == number
                )
            )
        )


def unpublished_deliveries(platform: Platform) -> dict[str, list[str]]:
    """Deliveries that may be read and are not in the current publication.

    Returns:
        `waiting`: those that a running refresh reads, or that came so lately that the next is still
        to begin. `left_out`: those that should have been published by now, which is an alarm.
    """
    number, promised = current_number(platform.warehouse), utc_now() - REFRESHED_WITHIN
    published = exists().where(
        PublicationInput.publication_id == number,
        PublicationInput.delivery_id == Delivery.delivery_id,
    )
    with platform.ledger.session() as session:
        rows = session.execute(
            select(Delivery.delivery_id, Delivery.file_name, Delivery.first_received_at)
            .where(Delivery.verdict == "accepted", Delivery.accepted_rows > 0, ~published)
            .order_by(Delivery.arrival)
        ).all()
        readable = {p.delivery_id for p in placed_deliveries(session)} if rows else set()
        readable |= set(ungated_in(session)) if rows else set()
        refresh = running_refresh(session)
    is_on_its_way = refresh is not None and is_worked_at(refresh)
    found: dict[str, list[str]] = {"waiting": [], "left_out": []}
    for row in rows:
        if row.delivery_id in readable:
            is_waiting = is_on_its_way or row.first_received_at > promised
            kind = "waiting" if is_waiting else "left_out"
            found[kind].append(f"{row.file_name} ({row.delivery_id})")
    return found


def standing_warnings(ledger: Ledger) -> list[str]:
    """Warnings whose newest verdict is a failure, a sentence and a count each."""
    with ledger.session() as session:
        rows = session.scalars(
            select(GateResult)
            .where(GateResult.severity == "warning")
            .order_by(GateResult.gate_result_id)
        ).all()
    newest = {(row.check_id, row.subject): row for row in rows}
    failed: dict[tuple[str, str], int] = {}
    for row in newest.values():
        if not row.passed:
            key = (row.check_id, row.sentence)
            failed[key] = failed.get(key, 0) + 1
    return [
        f"{check} not so for {count} subject{'s' if count > 1 else ''}: {sentence}"
        for (check, sentence), count in sorted(failed.items())
    ]


def platform_status(platform: Platform) -> dict[str, Any]:
    """Everything `csp status` says."""
    today = platform.home.today
    return {
        "judged_on": today,
        "feeds": [feed_status(platform.ledger, contract, today) for contract in platform.registry],
        "open_deliveries": [
            {
                "delivery_id": d.delivery_id,
                "feed": d.feed,
                "file_name": d.file_name,
                "reason": d.reason,
            }
            for d in open_deliveries(platform.ledger)
        ],
        "warnings": standing_warnings(platform.ledger),
        "publication": publication_status(platform),
        "unpublished": unpublished_deliveries(platform),
    }
