"""Which deliveries are good, what has put a bad one right, and which decisions still stand.

The one place for these rules. All of it follows from the ledger as it is at one moment, so that it
is the same whether or not the end of a decision has been written down already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from csp.contracts import ContractRegistry
from csp.ledger.gate_results import failed_checks
from csp.ledger.tables import Decision, Delivery, DeliveryPeriod

DISCARD, ADMIT, RELEASE, REOPEN = "discard", "admit", "release", "reopen"

Period = tuple[str, date]


@dataclass(frozen=True)
class DeliveryFacts:
    """What the rules look at of a delivery."""

    delivery_id: str
    feed: str | None
    file_name: str
    verdict: str
    reason: str | None
    contract_hash: str | None
    arrival: int
    release_on: date | None
    first_received_at: datetime

    @property
    def name(self) -> tuple[str | None, str]:
        """Its feed and its logical name, which a corrected file repeats."""
        return (self.feed, logical_name(self.file_name))

    def __str__(self) -> str:
        return f"delivery {self.delivery_id} ({self.file_name})"


@dataclass(frozen=True)
class Standing:
    """How every delivery stands.

    Attributes:
        deliveries: All of them, in the order in which they came.
        judged: Those that a delivery gate has judged.
        failures: Held by a gate → the critical checks that failed, with a sentence each.
        decisions: Delivery → the decision on it that stands: admit, discard or release.
        ended: Decision that no longer stands, though that is not written down yet → because.
        good: Those that may be read as the partner sent them: a gate has passed them or a person
            has released them, and nobody has discarded or merely admitted them.
        put_right: Rejected or held → how the later good deliveries put it right, in a sentence.
    """

    deliveries: dict[str, DeliveryFacts]
    judged: set[str]
    failures: dict[str, dict[str, str]]
    decisions: dict[str, Decision]
    ended: dict[int, str]
    good: set[str]
    put_right: dict[str, str]

    def decided(self, delivery_id: str) -> str | None:
        """The decision on a delivery that stands, if one does."""
        decision = self.decisions.get(delivery_id)
        return decision.decision if decision else None


def logical_name(file_name: str) -> str:
    """A file's name without its archive, as a corrected file repeats it."""
    return file_name.rsplit("/", 1)[-1].lower()


def standing(session: Session, feed: str | None = None) -> Standing:
    """How every delivery stands at this moment, or every one of a feed.

    A decision to load a delivery rests on what the person saw: its verdict, the contract that it
    was judged by, and the checks that failed. It ends when one of them is another, or a further
    critical check fails. A discard is for good; only when a file that could not be read is read
    under a changed contract has the person decided about something else. An admit also ends
    when a better delivery comes (`_put_right`), as long as a gate still holds what was admitted.
    """
    deliveries = _facts(session, feed)
    judged, failures = failed_checks(session, feed)
    open_ended = session.scalars(
        select(Decision)
        .where(Decision.ended_at.is_(None), Decision.decision != REOPEN)
        .order_by(Decision.decision_id)
    )
    decisions = {d.delivery_id: d for d in open_ended if d.delivery_id in deliveries}
    ended: dict[int, str] = {}
    for delivery_id, decision in list(decisions.items()):
        failed = failures.get(delivery_id, {})
        if because := _no_longer_so(decision, deliveries[delivery_id], failed):
            ended[decision.decision_id] = because
            del decisions[delivery_id]

    def is_good(delivery: DeliveryFacts) -> bool:
        decision = decisions.get(delivery.delivery_id)
        if decision is not None:
            return decision.decision == RELEASE
        return delivery.delivery_id in judged and delivery.delivery_id not in failures

    accepted = [d for d in deliveries.values() if d.verdict == "accepted"]
    good = {d.delivery_id for d in accepted if is_good(d)}
    bad = [
        d
        for d in deliveries.values()
        if d.feed is not None
        and d.delivery_id not in good
        and (d.verdict == "rejected" or d.delivery_id in failures)
    ]
    put_right = _put_right(session, bad, [d for d in accepted if d.delivery_id in good])
    for delivery_id, because in put_right.items():
        overtaken = decisions.get(delivery_id)
        if overtaken is not None and overtaken.decision == ADMIT:
            ended[overtaken.decision_id] = because
            del decisions[delivery_id]
    return Standing(deliveries, judged, failures, decisions, ended, good, put_right)


def _facts(session: Session, feed: str | None) -> dict[str, DeliveryFacts]:
    query = select(
        Delivery.delivery_id,
        Delivery.feed,
        Delivery.file_name,
        Delivery.verdict,
        Delivery.reason,
        Delivery.contract_hash,
        Delivery.arrival,
        Delivery.release_on,
        Delivery.first_received_at,
    ).order_by(Delivery.arrival)
    if feed:
        query = query.where(Delivery.feed == feed)
    return {
        row.delivery_id: DeliveryFacts(**{**row._mapping, "arrival": row.arrival or 0})
        for row in session.execute(query)
    }


def _no_longer_so(decision: Decision, delivery: DeliveryFacts, failed: Iterable[str]) -> str | None:
    """Why a decision has lost what it rests on; an old one does not say what that was."""
    rests_on = decision.rests_on
    verdict = rests_on.get("verdict", delivery.verdict)
    if decision.decision == DISCARD:
        was_read = verdict == "accepted" or delivery.verdict != "accepted"
        return None if was_read else "the file was judged anew, and accepted"
    arrival = rests_on.get("arrival", str(delivery.arrival))
    contract = rests_on.get("contract_hash", delivery.contract_hash or "")
    if (verdict, arrival) != (delivery.verdict, str(delivery.arrival)):
        return f"the file was judged anew, and {delivery.verdict}"
    if contract != (delivery.contract_hash or ""):
        return "the file was judged anew, under another contract"
    if "gate_failures" in rests_on:
        further = sorted(set(failed) - set(rests_on["gate_failures"].split(",")))
        if further:
            return f"decided before {', '.join(further)} failed"
    return None


def _put_right(
    session: Session, bad: list[DeliveryFacts], good: list[DeliveryFacts]
) -> dict[str, str]:
    """How later good deliveries put rejected and held ones right.

    One of the same logical name does, and so do those that together hold every period of a held
    one, where a delivery holds a period whole. What came earlier puts nothing right: the bad one
    was to correct it.
    """
    by_name = {delivery.name: delivery for delivery in good}
    found = {}
    rest: dict[str, list[DeliveryFacts]] = defaultdict(list)
    for delivery in bad:
        named = by_name.get(delivery.name)
        if named is not None and named.arrival > delivery.arrival:
            found[delivery.delivery_id] = f"{named} has the same name, came later and is good"
        elif delivery.verdict == "accepted" and delivery.feed is not None:
            rest[delivery.feed].append(delivery)
    for feed, held in rest.items():
        later = {d.delivery_id: d for d in good if d.feed == feed and d.arrival > held[0].arrival}
        if later and _holds_periods_whole(feed):
            found |= _covered(session, feed, held, later)
    return found


def _holds_periods_whole(feed: str) -> bool:
    contract = next(iter(ContractRegistry(feed=feed)), None)
    return contract is not None and contract.platform.grain.holds_periods_whole


def _covered(
    session: Session, feed: str, held: list[DeliveryFacts], later: dict[str, DeliveryFacts]
) -> dict[str, str]:
    """Which of a feed's held deliveries later good ones cover."""
    columns = (DeliveryPeriod.delivery_id, DeliveryPeriod.series, DeliveryPeriod.period_start)
    of_feed = select(*columns).where(DeliveryPeriod.feed == feed)
    ids = [d.delivery_id for d in held]
    wanted: dict[str, list[Period]] = defaultdict(list)
    for delivery_id, series, day in session.execute(
        of_feed.where(DeliveryPeriod.delivery_id.in_(ids)).order_by(*columns)
    ):
        wanted[delivery_id].append((series, day))
    if not wanted:
        return {}
    days = [day for periods in wanted.values() for _, day in periods]
    newest: dict[Period, DeliveryFacts] = {}
    for delivery_id, series, day in session.execute(
        of_feed.where(DeliveryPeriod.period_start.between(min(days), max(days)))
    ):
        other = later.get(delivery_id)
        place = (series, day)
        if other and (place not in newest or newest[place].arrival < other.arrival):
            newest[place] = other
    found = {}
    for delivery in held:
        periods = wanted.get(delivery.delivery_id, [])
        over = {p: newest[p] for p in periods if p in newest}
        if periods and all(p in over and over[p].arrival > delivery.arrival for p in periods):
            named = " and ".join(dict.fromkeys(str(over[p]) for p in periods))
            found[delivery.delivery_id] = f"{named}: every period of it came later, and is good"
    return found
