"""Deliveries that were rejected or held, and that nothing has put right yet."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from csp.ledger.decisions import standing_decisions
from csp.ledger.gate_results import gate_failures
from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery


@dataclass(frozen=True)
class OpenDelivery:
    """A delivery that was rejected or held, and that nothing has put right yet."""

    delivery_id: str
    feed: str
    file_name: str
    reason: str


def logical_name(file_name: str) -> str:
    """A file's name without its archive, as a corrected file repeats it."""
    return file_name.rsplit("/", 1)[-1].lower()


def open_deliveries(ledger: Ledger) -> list[OpenDelivery]:
    """As `open_in`, in a session of its own."""
    with ledger.session() as session:
        return open_in(session)


def open_in(session: Session) -> list[OpenDelivery]:
    """Rejected and held deliveries that no later delivery and no decision has put right.

    A delivery is put right when the partner sends a good file of the same name afterwards, or
    when a person decides on it. Files that belong to no feed hold nothing.
    """
    decisions = standing_decisions(session)
    _, failures = gate_failures(session)
    in_order = session.scalars(select(Delivery).order_by(Delivery.arrival)).all()
    deliveries = [(delivery.feed, delivery) for delivery in in_order if delivery.feed is not None]
    good_since: dict[tuple[str, str], int] = {}
    for feed, delivery in deliveries:
        if delivery.verdict == "accepted" and delivery.delivery_id not in failures:
            good_since[feed, logical_name(delivery.file_name)] = delivery.arrival or 0
    found = []
    for feed, delivery in deliveries:
        reasons = failures.get(delivery.delivery_id, [])
        if delivery.verdict == "rejected":
            reasons = [delivery.reason or "rejected"]
        later = good_since.get((feed, logical_name(delivery.file_name)))
        put_right = later is not None and later > (delivery.arrival or 0)
        if not reasons or put_right or delivery.delivery_id in decisions:
            continue
        found.append(
            OpenDelivery(delivery.delivery_id, feed, delivery.file_name, "; ".join(reasons))
        )
    return found
