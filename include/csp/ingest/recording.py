"""What the ledger and the partner are told of a file, all in one transaction."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from csp.contracts import Contract
from csp.contracts.registry import contract_hash, resolved
from csp.ingest.deduplicate import AGAIN, Before
from csp.ingest.feedback import write_feedback
from csp.ingest.identity import delivery_id_of
from csp.ingest.judging import ACCEPTED, REJECTED, Judgement
from csp.ingest.received import IngestedRows, ReceivedFile
from csp.ledger.decisions import DISCARD, end_decisions, settle_decisions
from csp.ledger.sessions import utc_now
from csp.ledger.tables import (
    ContractVersion,
    Decision,
    Delivery,
    DeliveryPeriod,
    GateResult,
    Receipt,
    Step,
    VerdictCount,
)
from csp.storage.home import Home

#: The word by which the ledger has known the step from its first version on.
LEDGER_STEP = "intake"
#: The findings of a file whose name does not say the day that only its name can say, and of one
#: that was left in another feed's inbox.
NO_DATE = "D14"
OF_ANOTHER_FEED = "D17"
WHO = "csp ingest"


@dataclass(frozen=True)
class Try:
    """One try to ingest a file, as the ledger keeps every one."""

    started_at: datetime = field(default_factory=utc_now)
    clock: float = field(default_factory=time.perf_counter)

    def ended(self, session: Session, subject: str, outcome: str, detail: str) -> None:
        """Record what came of it."""
        session.execute(
            insert(Step).values(
                step=LEDGER_STEP,
                subject=subject,
                started_at=self.started_at,
                seconds=round(time.perf_counter() - self.clock, 3),
                outcome=outcome,
                detail=detail,
            )
        )


def note_repeat(session: Session, file: ReceivedFile, known: Delivery) -> None:
    """Record that a delivery has arrived once more; it is of the session."""
    _receipt(session, file, known.delivery_id)
    release = file.facts.release_on if file.facts else None
    if known.feed == file.feed and release:
        # The newest release that still holds these bytes dates them, whatever the order.
        known.release_on = max(known.release_on or release, release)


def record(
    session: Session, file: ReceivedFile, judgement: Judgement, before: Before, home: Home
) -> None:
    """Write what became of a file: delivery, findings, periods, contract, receipt and feedback.

    Feedback is written last, so that a delivery that is recorded has its report.

    Args:
        session: A transaction in which nobody else writes.
        file: The file.
        judgement: What becomes of it.
        before: What the ledger said of it, as it is seen in the same transaction.
        home: The data root.
    """
    rows = file.rows
    values = _delivery(file, judgement, rows)
    if file.contract:
        _keep_contract(session, file.contract, file.received_at)
    if before.delivery is None:
        session.add(Delivery(**values, arrival=_next_arrival(session)))
        session.flush()
        _put_right(session, file, judgement)
    else:
        _judge_anew(session, values, before)
    _receipt(session, file, file.delivery_id)
    if counts := _counts(file, rows, judgement):
        session.execute(insert(VerdictCount), counts)
    if rows and rows.periods:
        session.execute(insert(DeliveryPeriod), _periods(file, rows))
    session.flush()
    if file.contract:
        write_feedback(home, session, file.delivery_id)


def _next_arrival(session: Session) -> int:
    return (session.scalar(select(func.max(Delivery.arrival))) or 0) + 1


def _receipt(session: Session, file: ReceivedFile, delivery_id: str) -> None:
    session.add(Receipt(delivery_id=delivery_id, file_name=file.name, received_at=file.received_at))


def _judge_anew(session: Session, values: dict[str, Any], before: Before) -> None:
    """Replace what a delivery was; what gates and people said of that counts no more.

    What is good now arrives now, after all that came in between: its receipts keep the history.
    What is still not good keeps its place, so that it cannot come to stand behind a corrected file
    that has replaced it already.
    """
    delivery_id = values["delivery_id"]
    for table in (VerdictCount, DeliveryPeriod):
        session.execute(delete(table).where(table.delivery_id == delivery_id))
    changes = dict(values)
    if values["verdict"] == ACCEPTED:
        changes["arrival"] = _next_arrival(session)
    newest = session.scalar(select(func.max(GateResult.gate_result_id))) or 0
    changes["results_after"] = newest
    session.execute(update(Delivery).where(Delivery.delivery_id == delivery_id).values(changes))
    session.expire_all()
    if before.means == AGAIN and values["feed"]:
        end_decisions(session, delivery_id, before.why)
    settle_decisions(session)


def _put_right(session: Session, file: ReceivedFile, judgement: Judgement) -> None:
    """Settle what the same bytes were before they came as a delivery of another name."""
    told = f"it came in as {file.name}, delivery {file.delivery_id}"
    if file.feed:
        nameless = delivery_id_of(None, file.landed.sha256)
        session.execute(
            update(Delivery)
            .where(Delivery.delivery_id == nameless, Delivery.feed.is_(None))
            .values(reason=f"{told} of {file.feed}")
        )
    if judgement.verdict != ACCEPTED:
        return
    undated = and_(Delivery.feed == file.feed, Delivery.reason.startswith(NO_DATE))
    stray = and_(Delivery.feed != file.feed, Delivery.reason.startswith(OF_ANOTHER_FEED))
    put_right = session.scalars(
        select(Delivery.delivery_id).where(
            Delivery.sha256 == file.landed.sha256,
            Delivery.verdict == REJECTED,
            or_(undated, stray),
        )
    )
    for delivery_id in put_right.all():
        end_decisions(session, delivery_id, told)
        session.add(
            Decision(
                delivery_id=delivery_id,
                decision=DISCARD,
                reason=told,
                decided_by=WHO,
                decided_at=file.received_at,
                rests_on={"verdict": REJECTED},
            )
        )


def _delivery(
    file: ReceivedFile, judgement: Judgement, rows: IngestedRows | None
) -> dict[str, Any]:
    """Values of table `delivery`."""
    facts, contract, landed = file.facts, file.contract, file.landed
    account = rows.account if rows else None
    named_period = facts.period_start if facts else None
    return {
        "delivery_id": file.delivery_id,
        "sha256": landed.sha256,
        "sent_as": file.sent_as,
        "feed": file.feed,
        "file_name": file.name,
        "first_received_at": file.received_at,
        "verdict": judgement.verdict,
        "reason": judgement.reason,
        "layout": file.header.layout if file.header else None,
        "period_start": rows.period_start if rows else named_period,
        "release_on": facts.release_on if facts else None,
        "contract_hash": contract_hash(contract) if contract else None,
        "size_bytes": landed.size_bytes,
        "physical_lines": account.physical if account else landed.physical_lines,
        "header_lines": account.header if account else 0,
        "blank_lines": account.blank if account else 0,
        "continuation_lines": account.continuation if account else 0,
        "accepted_rows": rows.accepted if rows else 0,
        "quarantined_rows": rows.quarantined if rows else 0,
        "rejected_lines": account.rejected if account else landed.physical_lines,
        "rows_per_line": rows.rows_per_line if rows else 1,
        "lake_sha256": rows.lake_sha256 if rows else None,
        "quarantine_sha256": rows.quarantine_sha256 if rows else None,
        "key_epoch": file.ring.epoch if file.ring else None,
        "key_fingerprint": file.ring.fingerprint() if file.ring else None,
    }


def _counts(
    file: ReceivedFile, rows: IngestedRows | None, judgement: Judgement
) -> list[dict[str, Any]]:
    """Values of table `verdict_count`, as the partner reads them."""
    sentences = {c.id: c.description for c in file.contract.row_checks} if file.contract else {}
    found_on = rows.finding_lines if rows else {}
    return [
        {
            "delivery_id": file.delivery_id,
            "code": finding.code,
            "column_name": finding.column,
            "verdict": finding.verdict,
            "name": finding.name,
            "row_count": finding.rows,
            "detail": finding.detail or sentences.get(finding.code, ""),
            "lines": found_on.get(f"{finding.code}:{finding.column}")
            or found_on.get(finding.code, []),
        }
        for finding in judgement.findings
    ]


def _periods(file: ReceivedFile, rows: IngestedRows) -> list[dict[str, Any]]:
    """Values of table `delivery_cell`."""
    return [
        {
            "delivery_id": file.delivery_id,
            "feed": file.feed,
            "series": series,
            "period_start": period_start,
            "row_count": row_count,
        }
        for series, period_start, row_count in rows.periods
    ]


def _keep_contract(session: Session, contract: Contract, used_at: datetime) -> None:
    """Keep the meaning of a contract by which a delivery is judged for the first time."""
    if session.get(ContractVersion, contract_hash(contract)) is None:
        session.add(
            ContractVersion(
                contract_hash=contract_hash(contract),
                feed=contract.id,
                resolved=resolved(contract),
                first_used_at=used_at,
            )
        )
