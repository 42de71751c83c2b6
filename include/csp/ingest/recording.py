"""What the ledger keeps of a delivery."""

from __future__ import annotations

from sqlalchemy import delete, insert

from csp.ingest.findings import Finding
from csp.ingest.rows import TakenRows
from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery, DeliveryCell, Receipt, VerdictCount


def store(
    ledger: Ledger, delivery: dict[str, object], rows: TakenRows | None, findings: list[Finding]
) -> None:
    """Write one delivery's outcome, its findings and its cells, in one transaction.

    Args:
        ledger: The ledger.
        delivery: Values of table `delivery`.
        rows: What became of its rows; None when it was not ingested.
        findings: What the rules found.
    """
    delivery_id = delivery["delivery_id"]
    with ledger.session() as session:
        for table in (VerdictCount, DeliveryCell):
            session.execute(delete(table).where(table.delivery_id == delivery_id))
        if session.get(Delivery, delivery_id):
            session.merge(Delivery(**delivery))
        else:
            session.add(Delivery(**delivery))
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
        if rows and rows.cells:
            session.execute(
                insert(DeliveryCell),
                [
                    {
                        "delivery_id": delivery_id,
                        "feed": delivery["feed"],
                        "series": series,
                        "period_start": period_start,
                        "row_count": row_count,
                    }
                    for series, period_start, row_count in rows.cells
                ],
            )
