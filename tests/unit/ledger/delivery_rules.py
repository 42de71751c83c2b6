"""Rules of deliveries and decisions once more, in plain words, apart from the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

#: Of the first a delivery holds a period whole; of the second it brings late records as well.
WHOLE, RECORDS = "police_street_crime", "cctv_incident"
MONTHS = [date(2021, 5, 1), date(2021, 6, 1), date(2021, 7, 1)]


@dataclass
class Made:
    """A decision, and what was seen when it was made."""

    kind: str
    seen: tuple[str, str]
    failed: frozenset[str]
    stands: bool = True


@dataclass
class Sent:
    """A delivery as the rules know it."""

    id: str
    feed: str
    name: str
    received: datetime
    arrival: int
    months: frozenset[date]
    release: date | None
    verdict: str
    contract: str = "first"
    judged: dict[str, bool] | None = None
    decisions: list[Made] = field(default_factory=list)

    @property
    def failed(self) -> frozenset[str]:
        return frozenset(check for check, passed in (self.judged or {}).items() if not passed)

    @property
    def decision(self) -> str | None:
        return next((made.kind for made in self.decisions if made.stands), None)

    @property
    def good(self) -> bool:
        if self.verdict != "accepted" or self.decision in ("discard", "admit"):
            return False
        return self.decision == "release" or (self.judged is not None and not self.failed)

    @property
    def bad(self) -> bool:
        held = self.verdict == "accepted" and bool(self.failed) and not self.good
        return held or self.verdict == "rejected"


class Rules:
    """What is to hold of a list of deliveries."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []

    def put_right(self, one: Sent) -> bool:
        later = [o for o in self.sent if o.feed == one.feed and o.arrival > one.arrival and o.good]
        if any(o.name.split("/")[-1].lower() == one.name.split("/")[-1].lower() for o in later):
            return True
        held = one.verdict == "accepted" and one.feed == WHOLE
        return held and one.months <= frozenset().union(*(o.months for o in later))

    def end(self) -> None:
        """End what has lost what it rests on, then what something better has overtaken."""
        for one in self.sent:
            for made in one.decisions:
                seen = (one.verdict, one.contract)
                if made.kind == "discard":
                    lost = made.seen[0] != "accepted" and one.verdict == "accepted"
                else:
                    lost = made.seen != seen or bool(one.failed - made.failed)
                made.stands = made.stands and not lost
        for one in self.sent:
            for made in one.decisions:
                if made.kind == "admit" and one.bad and self.put_right(one):
                    made.stands = False

    def refuses(self, one: Sent, kind: str) -> bool:
        if kind == "discard":
            return False
        if kind == "reopen":
            return one.decision is None
        if one.verdict != "accepted" or not one.failed:
            return True
        return kind == "admit" and one.bad and self.put_right(one)

    def decide(self, one: Sent, kind: str) -> None:
        for made in one.decisions:
            made.stands = False
        if kind != "reopen":
            one.decisions.append(Made(kind, (one.verdict, one.contract), one.failed))

    def may_be_judged_anew(self, one: Sent) -> bool:
        """Good deliveries, and those that a person let in, are in published figures already."""
        return one.decision == "discard" or (one.bad and one.decision is None)

    def judge_anew(self, one: Sent, contract: str, verdict: str) -> None:
        for made in one.decisions:
            made.stands = False
        one.contract, one.verdict, one.judged = contract, verdict, None
        if verdict == "accepted":
            one.arrival = 1 + max(o.arrival for o in self.sent)

    def in_order(self, feed: str) -> list[Sent]:
        """What may be read of a feed, oldest first, and what was only admitted before all."""
        accepted = [o for o in self.sent if o.feed == feed and o.verdict == "accepted"]

        def day(one: Sent) -> date:
            undated = [o for o in accepted if o.release is None and o.arrival <= one.arrival]
            return one.release or max(o.received.date() for o in undated)

        admitted = [o for o in accepted if o.decision == "admit"]
        good = [o for o in accepted if o.good]
        return [
            o
            for group in (admitted, good)
            for o in sorted(group, key=lambda o: (day(o), o.arrival))
        ]

    def periods(self) -> dict[tuple[str, date], tuple[int, int, bool]]:
        """Delivery and month → its rank, its place among those of its feed, whether it counts."""
        found = {}
        for feed in (WHOLE, RECORDS):
            order = self.in_order(feed)
            for month in MONTHS:
                newest_first = [o for o in reversed(order) if month in o.months]
                for rank, one in enumerate(newest_first, start=1):
                    found[one.id, month] = (rank, order.index(one) + 1, one.good)
        return found
