"""Deliveries that were rejected or held, and that nothing has put right yet."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from csp.ledger.sessions import Ledger
from csp.ledger.standing import Standing, logical_name, standing

__all__ = ["OpenDelivery", "logical_name", "open_deliveries", "open_in", "open_of"]


@dataclass(frozen=True)
class OpenDelivery:
    """A delivery that was rejected or held, and that nothing has put right yet."""

    delivery_id: str
    feed: str
    file_name: str
    reason: str


def open_deliveries(ledger: Ledger) -> list[OpenDelivery]:
    """As `open_in`, in a session of its own."""
    with ledger.session() as session:
        return open_in(session)


def open_in(session: Session) -> list[OpenDelivery]:
    """Rejected and held deliveries that no later delivery and no decision has put right.

    A delivery is put right when the partner sends a good file of the same name afterwards, or good
    files that hold all its periods (`csp.ledger.standing`), or when a person decides on it. Files
    that belong to no feed hold nothing: nobody knows whose figures would be missing.
    """
    return open_of(standing(session))


def open_of(facts: Standing) -> list[OpenDelivery]:
    """As `open_in`, of what is known already."""
    found = []
    for delivery_id, delivery in facts.deliveries.items():
        reasons = list(facts.failures.get(delivery_id, {}).values())
        if delivery.verdict == "rejected":
            reasons = [delivery.reason or "rejected"]
        is_settled = delivery_id in facts.put_right or delivery_id in facts.decisions
        if delivery.feed is not None and reasons and not is_settled:
            found.append(
                OpenDelivery(delivery_id, delivery.feed, delivery.file_name, "; ".join(reasons))
            )
    return found
