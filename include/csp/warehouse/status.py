"""How things stand: feeds, open deliveries, warnings, and the current publication."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from csp.contracts import Contract
from csp.contracts.dbt_models import promised_days
from csp.contracts.periods import next_period
from csp.ledger.open_deliveries import open_deliveries
from csp.ledger.sessions import Ledger
from csp.ledger.tables import (
    Delivery,
    DeliveryPeriod,
    GateResult,
    GateRun,
    Publication,
    PublicationInput,
    Refresh,
    VerdictCount,
)
from csp.warehouse.platform import Platform


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


def publication_status(ledger: Ledger) -> dict[str, Any]:
    """The current publication, and whether and why it is stale."""
    with ledger.session() as session:
        publication = session.scalars(
            select(Publication).order_by(Publication.publication_id.desc())
        ).first()
        last = session.scalars(
            select(Refresh).where(Refresh.outcome != "unneeded").order_by(Refresh.refresh_id.desc())
        ).first()
    held = last if last is not None and last.outcome in ("held", "failed") else None
    return {
        "publication_id": publication.publication_id if publication else None,
        "published_at": publication.published_at if publication else None,
        "engine": publication.engine if publication else None,
        "location": publication.location if publication else None,
        "is_stale": held is not None,
        "reasons": list(held.reasons) if held else [],
        "last_refresh": last.outcome if last else None,
    }


def published_deliveries(ledger: Ledger) -> set[str]:
    """Deliveries that the newest publication was built from."""
    with ledger.session() as session:
        newest = session.scalar(select(func.max(Publication.publication_id)))
        return set(
            session.scalars(
                select(PublicationInput.delivery_id).where(
                    PublicationInput.publication_id == newest
                )
            )
        )


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
        "publication": publication_status(platform.ledger),
    }
