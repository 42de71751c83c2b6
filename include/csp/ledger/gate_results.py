"""What the delivery gates have said, as far as it still counts."""

from __future__ import annotations

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery, GateResult


def deliveries_of(feed: str) -> Select[str]:
    """Ids of a feed's deliveries, for a query about them."""
    return select(Delivery.delivery_id).where(Delivery.feed == feed)


def gate_failures(
    session: Session, feed: str | None = None
) -> tuple[set[str], dict[str, list[str]]]:
    """The newest delivery-gate results on every delivery.

    Args:
        session: A session on the ledger.
        feed: Only on deliveries of this feed.

    Returns:
        The deliveries that a gate has judged, and for those that failed the sentences of the
        critical checks they failed.
    """
    query = (
        select(
            GateResult.delivery_id,
            GateResult.severity,
            GateResult.passed,
            GateResult.check_id,
            GateResult.sentence,
            GateResult.observed,
        )
        .join(Delivery, Delivery.delivery_id == GateResult.delivery_id)
        .where(GateResult.gate_result_id > Delivery.results_after)
    )
    if feed:
        query = query.where(Delivery.feed == feed)
    rows = session.execute(query.order_by(GateResult.gate_result_id)).all()
    newest = {(row.delivery_id, row.check_id): row for row in rows}
    judged = {row.delivery_id for row in rows}
    failures: dict[str, list[str]] = {}
    for row in newest.values():
        if row.severity == "critical" and not row.passed:
            sentence = f"{row.check_id} not so: {row.sentence} ({row.observed})"
            failures.setdefault(row.delivery_id, []).append(sentence)
    return judged, failures


def delivery_gate_failures(
    ledger: Ledger, feed: str | None = None
) -> tuple[set[str], dict[str, list[str]]]:
    """As `gate_failures`, in a session of its own."""
    with ledger.session() as session:
        return gate_failures(session, feed)


def ungated_deliveries(ledger: Ledger, feed: str | None = None) -> list[str]:
    """As `ungated_in`, in a session of its own."""
    with ledger.session() as session:
        return ungated_in(session, feed)


def ungated_in(session: Session, feed: str | None = None) -> list[str]:
    """Accepted deliveries that no gate has judged yet."""
    query = select(Delivery.delivery_id).where(
        Delivery.verdict == "accepted",
        ~exists().where(
            GateResult.delivery_id == Delivery.delivery_id,
            GateResult.gate_result_id > Delivery.results_after,
        ),
    )
    if feed:
        query = query.where(Delivery.feed == feed)
    return list(session.scalars(query.order_by(Delivery.delivery_id)))
