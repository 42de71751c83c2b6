"""What the ledger and the partner are told of a delivery."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, insert, select

from csp.contracts.registry import contract_hash
from csp.ingest.feedback import write_feedback
from csp.ingest.findings import Finding
from csp.ingest.received import IngestedRows, IngestOutcome, ReceivedFile
from csp.ledger.sessions import Ledger, utc_now
from csp.ledger.tables import Delivery, DeliveryPeriod, Receipt, VerdictCount
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
    """Write the outcome into the ledger in one transaction, and the partner's feedback.

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
    _store(ledger, delivery, rows, findings)
    if file.contract:
        lines = rows.finding_lines if rows else {}
        write_feedback(home, file.contract, delivery, findings, lines)
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
        "feed": file.feed,
        "file_name": file.name,
        "first_received_at": utc_now(),
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
    }


def _store(
    ledger: Ledger, delivery: dict[str, Any], rows: IngestedRows | None, findings: list[Finding]
) -> None:
    """Write one delivery's outcome, its findings and its periods, in one transaction.

    Args:
        ledger: The ledger.
        delivery: Values of table `delivery`.
        rows: What became of its rows; None when it was not accepted.
        findings: What the rules found.
    """
    delivery_id = delivery["delivery_id"]
    with ledger.writing() as session:
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
        if findings:
            session.execute(
                insert(VerdictCount),
                [
                    {
                        "delivery_id": delivery_id,
                        "code": f.code,
                        "column_name": f.column,
                        "verdict": f.verdict,
                        "name": f.name,
                        "row_count": f.rows,
                    }
                    for f in findings
                ],
            )
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
