"""What the delivery gates have said, as far as it still counts."""

from __future__ import annotations

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery, GateResult


def deliveries_of(feed: str) -> Select[str]:
    """Ids of a feed's deliveries, for a query about them."""
    return select(Delivery.delivery_id).where(Delivery.feed == feed)


def failed_checks(
    session: Session, feed: str | None = None
) -> tuple[set[str], dict[str, dict[str, str]]]:
    """The newest delivery-gate results on every delivery.

    Args:
        session: A session on the ledger.
        feed: Only on deliveries of this feed.

    Returns:
        The deliveries that a gate has judged, and for those that failed the critical checks they
        failed, with a sentence each.
    """
    judged = select(Delivery.delivery_id).where(
        exists().where(
            GateResult.delivery_id == Delivery.delivery_id,
            GateResult.gate_result_id > Delivery.results_after,
        )
    )
    newer = aliased(GateResult)
    failing = (
        select(
            GateResult.delivery_id, GateResult.check_id, GateResult.sentence, GateResult.observed
        )
        .join(Delivery, Delivery.delivery_id == GateResult.delivery_id)
        .where(
            GateResult.gate_result_id > Delivery.results_after,
            GateResult.severity == "critical",
            ~GateResult.passed,
            ~exists().where(
                newer.delivery_id == GateResult.delivery_id,
                newer.check_id == GateResult.check_id,
                newer.gate_result_id > GateResult.gate_result_id,
            ),
        )
        .order_by(GateResult.gate_result_id)
    )
    if feed:
        judged = judged.where(Delivery.feed == feed)
        failing = failing.where(Delivery.feed == feed)
    failures: dict[str, dict[str, str]] = {}
    for row in session.execute(failing):
        sentence = f"{row.check_id} not so: {row.sentence} ({row.observed})"
        failures.setdefault(row.delivery_id, {})[row.check_id] = sentence
    return set(session.scalars(judged)), failures


def gate_failures(
    session: Session, feed: str | None = None
) -> tuple[set[str], dict[str, list[str]]]:
    """As `failed_checks`, with the sentences alone."""
    judged, failures = failed_checks(session, feed)
    return judged, {delivery: list(checks.values()) for delivery, checks in failures.items()}


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
