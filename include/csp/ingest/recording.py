"""What the ledger and the partner are told of a delivery."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from csp.contracts import Contract
from csp.contracts.registry import contract_hash, resolved
from csp.ingest.feedback import write_feedback
from csp.ingest.findings import Finding
from csp.ingest.received import IngestedRows, IngestOutcome, ReceivedFile
from csp.ledger.sessions import Ledger
from csp.ledger.tables import (
    ContractVersion,
    Delivery,
    DeliveryPeriod,
    Receipt,
    VerdictCount,
)
from csp.storage.home import Home


def record(
    file: ReceivedFile,
    verdict: str,
    reason: str | None,
    findings: list[Finding],
    *,
    ledger: Ledger,
    home: Home,
) -> IngestOutcome:
    """Write the outcome into the ledger and the partner's feedback, in one transaction.

    The feedback is written last, so that a delivery that is recorded has its report.

    Args:
        file: The file, as far as it came.
        verdict: accepted, rejected or unrecognised.
        reason: Why it was not accepted.
        findings: What the rules found.
        ledger: The ledger.
        home: The data root.
    """
    # What a rejected file's header and rows looked like does not count.
    rows = file.rows if verdict == "accepted" else None
    delivery = _delivery(file, verdict, reason, rows)
    with ledger.writing() as session:
        if file.contract:
            _keep_contract(session, file.contract, file.received_at)
        _store(session, delivery, rows, _counts(file, rows, findings))
        if file.contract:
            write_feedback(home, session, file.delivery_id)
    return IngestOutcome(
        file.name,
        file.delivery_id,
        file.feed,
        verdict,
        reason or "",
        delivery["accepted_rows"],
        delivery["quarantined_rows"],
        delivery["rejected_lines"],
        findings,
    )


def _delivery(
    file: ReceivedFile, verdict: str, reason: str | None, rows: IngestedRows | None
) -> dict[str, Any]:
    """Values of table `delivery`."""
    header = file.header if verdict == "accepted" else None
    facts, contract, landed = file.facts, file.contract, file.landed
    account = rows.account if rows else None
    named_period = facts.period_start if facts else None
    return {
        "delivery_id": file.delivery_id,
        "sha256": landed.sha256,
        "sent_as": landed.sent_as,
        "feed": file.feed,
        "file_name": file.name,
        "first_received_at": file.received_at,
        "verdict": verdict,
        "reason": reason,
        "layout": header.layout if header else None,
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
        "key_epoch": file.ring.epoch if file.ring else None,
        "key_fingerprint": file.ring.fingerprint() if file.ring else None,
    }


def _counts(
    file: ReceivedFile, rows: IngestedRows | None, findings: list[Finding]
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
        for finding in findings
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


def _store(
    session: Session,
    delivery: dict[str, Any],
    rows: IngestedRows | None,
    counts: list[dict[str, Any]],
) -> None:
    """Write one delivery's outcome, its findings and its periods.

    Args:
        session: The transaction of the recording.
        delivery: Values of table `delivery`.
        rows: What became of its rows; None when it was not accepted.
        counts: Values of table `verdict_count`.
    """
    delivery_id = delivery["delivery_id"]
    for table in (VerdictCount, DeliveryPeriod):
        session.execute(delete(table).where(table.delivery_id == delivery_id))
    if session.get(Delivery, delivery_id):
        session.merge(Delivery(**delivery))
    else:
        arrival = (session.scalar(select(func.max(Delivery.arrival))) or 0) + 1
        session.add(Delivery(**delivery, arrival=arrival))
        session.flush()
        session.add(
            Receipt(
                delivery_id=delivery_id,
                file_name=delivery["file_name"],
                received_at=delivery["first_received_at"],
            )
        )
    if counts:
        session.execute(insert(VerdictCount), counts)
    if rows and rows.periods:
        session.execute(
            insert(DeliveryPeriod),
            [
                {
                    "delivery_id": delivery_id,
                    "feed": delivery["feed"],
                    "series": series,
                    "period_start": period_start,
                    "row_count": row_count,
                }
                for series, period_start, row_count in rows.periods
            ],
        )
