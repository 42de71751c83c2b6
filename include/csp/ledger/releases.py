"""Which deliveries may be read, and which release of a month is the newest.

The one place for both rules; the warehouse and the gates read the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import Select, select

from csp.ledger.sessions import Ledger
from csp.ledger.tables import Decision, Delivery, DeliveryPeriod, GateResult

DISCARD, ADMIT = "discard", "admit"


@dataclass(frozen=True)
class ReleasePeriod:
    """One month of one series in one delivery, placed among its releases.

    Attributes:
        release_rank: 1 is the newest release of this month of this series.
        previous_row_count: Rows of the release before it; None for the first.
        delivery_order: Place of the delivery among those of its feed that may be read, oldest 1.
        delivered_on: Day that the delivery speaks of by its name, else that it came.
        is_reported: False when a person let it be loaded but not counted as reported.
    """

    feed: str
    delivery_id: str
    series: str
    period_start: date
    row_count: int
    release_on: date | None
    release_rank: int
    previous_row_count: int | None
    delivery_order: int
    delivered_on: date
    is_reported: bool


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


def _decisions(ledger: Ledger) -> dict[str, str]:
    with ledger.session() as session:
        rows = session.execute(
            select(Decision.delivery_id, Decision.decision).order_by(Decision.decision_id)
        )
        return {row.delivery_id: row.decision for row in rows}


def deliveries_of(feed: str) -> Select[str]:
    """Ids of a feed's deliveries, for a query about them."""
    return select(Delivery.delivery_id).where(Delivery.feed == feed)


def delivery_gate_failures(
    ledger: Ledger, feed: str | None = None
) -> tuple[set[str], dict[str, list[str]]]:
    """The newest delivery-gate verdict on every delivery.

    Args:
        ledger: The ledger.
        feed: Only on deliveries of this feed.

    Returns:
        The deliveries that a gate has judged, and for those that failed the sentences of the
        critical checks they failed.
    """
    query = select(
        GateResult.delivery_id,
        GateResult.severity,
        GateResult.passed,
        GateResult.check_id,
        GateResult.sentence,
        GateResult.observed,
    ).where(GateResult.delivery_id.is_not(None))
    if feed:
        query = query.where(GateResult.delivery_id.in_(deliveries_of(feed)))
    with ledger.session() as session:
        rows = session.execute(query.order_by(GateResult.gate_result_id)).all()
    newest = {(row.delivery_id, row.check_id): row for row in rows}
    judged = {row.delivery_id for row in rows}
    failures: dict[str, list[str]] = {}
    for row in newest.values():
        if row.severity == "critical" and not row.passed:
            sentence = f"{row.check_id} not so: {row.sentence} ({row.observed})"
            failures.setdefault(row.delivery_id, []).append(sentence)
    return judged, failures


def ungated_deliveries(ledger: Ledger, feed: str | None = None) -> list[str]:
    """Accepted deliveries that no gate has judged yet."""
    judged, _ = delivery_gate_failures(ledger, feed)
    query = select(Delivery.delivery_id).where(Delivery.verdict == "accepted")
    if feed:
        query = query.where(Delivery.feed == feed)
    with ledger.session() as session:
        return [d for d in session.scalars(query.order_by(Delivery.delivery_id)) if d not in judged]


def _age(delivery: Delivery) -> tuple[date, datetime, str]:
    # A partner that does not date its release dates it by sending it.
    received = delivery.first_received_at
    return (delivery.release_on or received.date(), received, delivery.delivery_id)


def _rank(
    periods: list[tuple[DeliveryPeriod, Delivery]], decisions: dict[str, str], order: dict[str, int]
) -> list[ReleasePeriod]:
    ranked = []
    oldest_first = sorted(periods, key=lambda pair: _age(pair[1]))
    for position, (period, delivery) in enumerate(oldest_first):
        ranked.append(
            ReleasePeriod(
                feed=period.feed,
                delivery_id=period.delivery_id,
                series=period.series,
                period_start=period.period_start,
                row_count=period.row_count,
                release_on=delivery.release_on,
                release_rank=len(oldest_first) - position,
                previous_row_count=oldest_first[position - 1][0].row_count if position else None,
                delivery_order=order[period.delivery_id],
                delivered_on=_age(delivery)[0],
                is_reported=decisions.get(period.delivery_id) != ADMIT,
            )
        )
    return ranked


def _orders(deliveries: Iterable[Delivery]) -> dict[str, int]:
    """Delivery → its place among those of its feed, oldest 1."""
    order: dict[str, int] = {}
    by_feed: Counter[str | None] = Counter()
    for delivery in sorted(deliveries, key=_age):
        by_feed[delivery.feed] += 1
        order[delivery.delivery_id] = by_feed[delivery.feed]
    return order


def release_periods(
    ledger: Ledger, *, feed: str | None = None, only_ready: bool = True
) -> list[ReleasePeriod]:
    """Every period of every delivery that may be read, ranked by release.

    Args:
        ledger: The ledger.
        feed: Only those of this feed.
        only_ready: Leave out deliveries that no gate has passed (the warehouse's view); the
            gate itself asks for all that were accepted and not discarded.
    """
    decisions = _decisions(ledger)
    judged, failures = delivery_gate_failures(ledger, feed)
    query = select(DeliveryPeriod, Delivery).join(
        Delivery, Delivery.delivery_id == DeliveryPeriod.delivery_id
    )
    if feed:
        query = query.where(DeliveryPeriod.feed == feed)
    with ledger.session() as session:
        pairs = [(period, delivery) for period, delivery in session.execute(query)]

    def may_be_read(delivery_id: str) -> bool:
        if decisions.get(delivery_id) == DISCARD:
            return False
        if not only_ready or decisions.get(delivery_id) == ADMIT:
            return True
        return delivery_id in judged and delivery_id not in failures

    def place(pair: tuple[DeliveryPeriod, Delivery]) -> tuple[str, str, date]:
        return (pair[0].feed, pair[0].series, pair[0].period_start)

    readable = sorted((p for p in pairs if may_be_read(p[0].delivery_id)), key=place)
    order = _orders({delivery.delivery_id: delivery for _, delivery in readable}.values())
    return [
        period
        for _, periods in groupby(readable, key=place)
        for period in _rank(list(periods), decisions, order)
    ]


def ready_deliveries(ledger: Ledger) -> dict[str, list[str]]:
    """Deliveries that may be read, by feed, each list sorted."""
    ready: dict[str, set[str]] = {}
    for period in release_periods(ledger):
        ready.setdefault(period.feed, set()).add(period.delivery_id)
    return {feed: sorted(ids) for feed, ids in sorted(ready.items())}


def open_deliveries(ledger: Ledger) -> list[OpenDelivery]:
    """Rejected and held deliveries that no later delivery and no decision has put right.

    A delivery is put right when the partner sends a good file of the same name afterwards, or
    when a person discards or admits it. Files that belong to no feed hold nothing.
    """
    decisions = _decisions(ledger)
    _, failures = delivery_gate_failures(ledger)
    with ledger.session() as session:
        in_order = session.scalars(select(Delivery).order_by(Delivery.first_received_at)).all()
    deliveries = [(delivery.feed, delivery) for delivery in in_order if delivery.feed is not None]
    good_since: dict[tuple[str, str], datetime] = {}
    for feed, delivery in deliveries:
        if delivery.verdict == "accepted" and delivery.delivery_id not in failures:
            good_since[feed, logical_name(delivery.file_name)] = delivery.first_received_at
    found = []
    for feed, delivery in deliveries:
        reasons = failures.get(delivery.delivery_id, [])
        if delivery.verdict == "rejected":
            reasons = [delivery.reason or "rejected"]
        later = good_since.get((feed, logical_name(delivery.file_name)))
        put_right = later is not None and later > delivery.first_received_at
        if not reasons or put_right or delivery.delivery_id in decisions:
            continue
        found.append(
            OpenDelivery(delivery.delivery_id, feed, delivery.file_name, "; ".join(reasons))
        )
    return found
