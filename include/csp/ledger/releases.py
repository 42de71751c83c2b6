"""Which deliveries may be read, in which order they stand, and which release is the newest.

The one place for these rules. A cut writes the answer down; warehouse and gates read that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from csp.ledger.sessions import Ledger
from csp.ledger.standing import ADMIT, DISCARD, DeliveryFacts, standing
from csp.ledger.tables import DeliveryPeriod


@dataclass(frozen=True)
class PlacedDelivery:
    """A delivery that may be read, placed among those of its feed.

    Attributes:
        delivery_order: Its place, oldest 1. What a person let in although the gate held it stands
            below every delivery that is good, so that it never hides one.
        delivered_on: Day that the delivery speaks of by its name, else that it came.
        is_reported: False when a person let it be loaded but not counted as reported.
    """

    feed: str
    delivery_id: str
    contract_hash: str
    release_on: date | None
    delivery_order: int
    delivered_on: date
    is_reported: bool


@dataclass(frozen=True)
class ReleasePeriod:
    """One month of one series in one delivery, placed among its releases.

    Attributes:
        release_rank: 1 is the newest release of this month of this series.
        previous_row_count: Rows of the release before it; None for the first. What was only
            admitted, and is not whole, is no measure of how a good release was revised.
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


def _delivered_on(deliveries: Iterable[DeliveryFacts]) -> dict[str, date]:
    """Delivery → the day it speaks of.

    A partner that does not date its release dates it by sending it. A clock that was put back does
    not let a later file seem older: it came after the one before it.
    """
    days: dict[str, date] = {}
    latest: dict[str | None, date] = {}
    for delivery in sorted(deliveries, key=lambda d: d.arrival):
        if delivery.release_on is not None:
            days[delivery.delivery_id] = delivery.release_on
            continue
        received = delivery.first_received_at.date()
        latest[delivery.feed] = max(received, latest.get(delivery.feed, received))
        days[delivery.delivery_id] = latest[delivery.feed]
    return days


def placed_deliveries(
    session: Session, *, feed: str | None = None, only_ready: bool = True
) -> list[PlacedDelivery]:
    """Every delivery that may be read, by feed and in its order.

    Args:
        session: A session on the ledger.
        feed: Only those of this feed.
        only_ready: Leave out deliveries that no gate has passed (the warehouse's view); the
            gate itself asks for all that were accepted and not discarded.
    """
    facts = standing(session, feed)
    accepted = [d for d in facts.deliveries.values() if d.verdict == "accepted"]
    days = _delivered_on(accepted)

    def may_be_read(delivery_id: str) -> bool:
        decided = facts.decided(delivery_id)
        if only_ready:
            return delivery_id in facts.good or decided == ADMIT
        return decided != DISCARD

    by_feed: dict[str, list[DeliveryFacts]] = defaultdict(list)
    for delivery in accepted:
        if delivery.feed is not None and may_be_read(delivery.delivery_id):
            by_feed[delivery.feed].append(delivery)

    def is_reported(delivery: DeliveryFacts) -> bool:
        return facts.decided(delivery.delivery_id) != ADMIT

    def place(delivery: DeliveryFacts) -> tuple[bool, date, int]:
        return (is_reported(delivery), days[delivery.delivery_id], delivery.arrival)

    return [
        PlacedDelivery(
            feed=name,
            delivery_id=delivery.delivery_id,
            contract_hash=delivery.contract_hash or "",
            release_on=delivery.release_on,
            delivery_order=order,
            delivered_on=days[delivery.delivery_id],
            is_reported=is_reported(delivery),
        )
        for name, deliveries in sorted(by_feed.items())
        for order, delivery in enumerate(sorted(deliveries, key=place), start=1)
    ]


def rank_periods(session: Session, placed: Iterable[PlacedDelivery]) -> list[ReleasePeriod]:
    """Every period of deliveries that were placed, ranked by release.

    What an accepted delivery holds never changes, so that the same places give the same periods
    whenever this is asked.
    """
    by_id = {delivery.delivery_id: delivery for delivery in placed}
    feeds = {delivery.feed for delivery in by_id.values()}
    query = select(DeliveryPeriod).where(DeliveryPeriod.feed.in_(sorted(feeds)))
    periods = [p for p in session.scalars(query) if p.delivery_id in by_id]

    def of_month(period: DeliveryPeriod) -> tuple[str, str, date]:
        return (period.feed, period.series, period.period_start)

    def in_order(period: DeliveryPeriod) -> tuple[tuple[str, str, date], int]:
        return (of_month(period), by_id[period.delivery_id].delivery_order)

    return [
        ranked
        for _, releases in groupby(sorted(periods, key=in_order), key=of_month)
        for ranked in _rank(list(releases), by_id)
    ]


def _rank(
    oldest_first: list[DeliveryPeriod], placed: dict[str, PlacedDelivery]
) -> list[ReleasePeriod]:
    """The releases of one month of one series."""
    ranked = []
    for position, period in enumerate(oldest_first):
        delivery = placed[period.delivery_id]
        before = oldest_first[position - 1] if position else None
        if before and delivery.is_reported and not placed[before.delivery_id].is_reported:
            before = None
        ranked.append(
            ReleasePeriod(
                feed=period.feed,
                delivery_id=period.delivery_id,
                series=period.series,
                period_start=period.period_start,
                row_count=period.row_count,
                release_on=delivery.release_on,
                release_rank=len(oldest_first) - position,
                previous_row_count=before.row_count if before else None,
                delivery_order=delivery.delivery_order,
                delivered_on=delivery.delivered_on,
                is_reported=delivery.is_reported,
            )
        )
    return ranked


def release_periods(
    ledger: Ledger, *, feed: str | None = None, only_ready: bool = True
) -> list[ReleasePeriod]:
    """Every period of every delivery that may be read at this moment, ranked by release.

    A refresh does not ask this: it reads its cut (`csp.ledger.cuts`).

    Args:
        ledger: The ledger.
        feed: Only those of this feed.
        only_ready: As for `placed_deliveries`.
    """
    with ledger.session() as session:
        return rank_periods(session, placed_deliveries(session, feed=feed, only_ready=only_ready))


def deliveries_in(periods: Iterable[ReleasePeriod]) -> dict[str, list[str]]:
    """The deliveries of some periods, by feed, each list sorted."""
    ready: dict[str, set[str]] = {}
    for period in periods:
        ready.setdefault(period.feed, set()).add(period.delivery_id)
    return {feed: sorted(ids) for feed, ids in sorted(ready.items())}


def ready_deliveries(ledger: Ledger) -> dict[str, list[str]]:
    """Deliveries that may be read at this moment, by feed, each list sorted."""
    return deliveries_in(release_periods(ledger))
