"""What is held back: whole deliveries and single rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from csp.ledger.open_deliveries import open_deliveries
from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery, VerdictCount


def held_back(ledger: Ledger) -> list[dict[str, Any]]:
    """Deliveries that are rejected, held or have rows held back, newest first."""
    waiting = {delivery.delivery_id: delivery.reason for delivery in open_deliveries(ledger)}
    with ledger.session() as session:
        deliveries = session.scalars(
            select(Delivery)
            .where(
                or_(
                    Delivery.verdict != "accepted",
                    Delivery.quarantined_rows > 0,
                    Delivery.rejected_lines > 0,
                    Delivery.delivery_id.in_(list(waiting)),
                )
            )
            .order_by(Delivery.first_received_at.desc())
        ).all()
        counts = session.scalars(
            select(VerdictCount).where(VerdictCount.verdict == "quarantine")
        ).all()
    codes: dict[str, list[str]] = {}
    for count in counts:
        codes.setdefault(count.delivery_id, []).append(f"{count.code} × {count.row_count}")
    return [
        {
            "delivery_id": delivery.delivery_id,
            "feed": delivery.feed,
            "file_name": delivery.file_name,
            "verdict": delivery.verdict,
            "is_open": delivery.delivery_id in waiting,
            "quarantined_rows": delivery.quarantined_rows,
            "rejected_lines": delivery.rejected_lines,
            "why": waiting.get(delivery.delivery_id)
            or delivery.reason
            or ", ".join(codes.get(delivery.delivery_id, [])),
        }
        for delivery in deliveries
    ]
