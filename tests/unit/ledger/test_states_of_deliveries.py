"""Deliveries sent, judged, decided on and sent again in any order, against rules written apart.

The rules are in `delivery_rules.py`. `make chaos` takes many more walks, longer ones and other ones
each time.
"""

from __future__ import annotations

import os
import time
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import delete, func, insert, select, update
from tests.unit.ledger.delivery_rules import MONTHS, RECORDS, WHOLE, Rules, Sent

from csp.errors import CspError
from csp.ledger.cuts import read_cut, take_cut
from csp.ledger.decisions import decide, end_decisions, settle_decisions
from csp.ledger.open_deliveries import open_deliveries
from csp.ledger.quarantine import held_back
from csp.ledger.releases import release_periods
from csp.ledger.sessions import Ledger, utc_now
from csp.ledger.tables import Delivery, DeliveryPeriod, GateResult, Receipt, Refresh
from csp.quality.judge import CheckResult, GateOutcome, record

FIRST = datetime(2021, 8, 1, 9, 0)
OLD, NEW = date(2021, 7, 20), date(2022, 7, 20)
NAMES = ["a.csv", "2021.zip/A.csv", "b.csv", "c.csv"]
CHECKS = ["G-ONE", "G-TWO"]


class Walk(RuleBasedStateMachine):
    """A ledger on which things happen, and the rules beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger("sqlite://")
        self.rules = Rules()

    def teardown(self) -> None:
        self.ledger.engine.dispose()

    def pick(self, number: int) -> Sent:
        return self.rules.sent[number % len(self.rules.sent)]

    @initialize(
        many=st.integers(0, 3),
        feed=st.sampled_from([WHOLE, WHOLE, RECORDS]),
        name=st.sampled_from(NAMES),
    )
    def begin(self, many: int, feed: str, name: str) -> None:
        """A feed with no release, one, or several."""
        for number in range(many):
            self.deliver(feed, name, {MONTHS[number % 3]}, OLD, "accepted", 0, ())

    @rule(
        feed=st.sampled_from([WHOLE, WHOLE, WHOLE, RECORDS]),
        name=st.sampled_from(NAMES),
        months=st.sets(st.sampled_from(MONTHS), min_size=1),
        release=st.sampled_from([None, None, OLD, NEW]),
        verdict=st.sampled_from(["accepted", "accepted", "accepted", "rejected"]),
        back=st.sampled_from([0, 0, 0, 90]),
        failing=st.sampled_from([None, (), (), ("G-ONE",), ("G-ONE",), ("G-TWO",)]),
    )
    def deliver(
        self,
        feed: str,
        name: str,
        months: set[date],
        release: date | None,
        verdict: str,
        back: int,
        failing: tuple[str, ...] | None,
    ) -> None:
        """A file that never came before; the clock may have been put back."""
        number = len(self.rules.sent)
        arrival = 1 + max((o.arrival for o in self.rules.sent), default=0)
        received = FIRST + timedelta(days=arrival - back)
        delivery_id = f"{number:016x}"
        one = Sent(delivery_id, feed, name, received, arrival, frozenset(months), release, verdict)
        self.rules.sent.append(one)
        with self.ledger.writing() as session:
            session.add(
                Delivery(
                    delivery_id=one.id,
                    sha256=one.id * 4,
                    feed=feed,
                    file_name=name,
                    first_received_at=received,
                    verdict=verdict,
                    reason="D06 too many" if verdict == "rejected" else None,
                    release_on=release,
                    contract_hash=one.contract,
                    size_bytes=1,
                    physical_lines=2,
                    arrival=arrival,
                )
            )
            session.flush()
            self.keep_periods(session, one)
        if failing is not None:
            self.judge(number, set(failing))

    def keep_periods(self, session, one: Sent) -> None:  # noqa: ANN001
        session.execute(delete(DeliveryPeriod).where(DeliveryPeriod.delivery_id == one.id))
        if one.verdict == "accepted":
            rows = [
                {"delivery_id": one.id, "series": "s", "period_start": m, "feed": one.feed}
                for m in sorted(one.months)
            ]
            session.execute(insert(DeliveryPeriod), [row | {"row_count": 1} for row in rows])

    @precondition(lambda self: self.rules.sent)
    @rule(number=st.integers(0, 9), release=st.sampled_from([None, OLD, NEW]))
    def send_again(self, number: int, release: date | None) -> None:
        """The same bytes once more, perhaps in a newer archive, which dates them."""
        one = self.pick(number)
        if release:
            one.release = max(one.release or release, release)
        with self.ledger.writing() as session:
            session.add(Receipt(delivery_id=one.id, file_name=one.name, received_at=utc_now()))
            session.execute(
                update(Delivery)
                .where(Delivery.delivery_id == one.id)
                .values(release_on=one.release)
            )

    @precondition(lambda self: self.rules.sent)
    @rule(
        number=st.integers(0, 9),
        failing=st.sets(st.sampled_from(CHECKS)),
        is_aimed=st.booleans(),
    )
    def judge_again(self, number: int, failing: set[str], is_aimed: bool) -> None:
        """A delivery gate looks at one, perhaps after a person has decided on it."""
        fit = [number for number, o in enumerate(self.rules.sent) if o.decision]
        self.judge(fit[number % len(fit)] if fit and is_aimed else number, failing)

    def judge(self, number: int, failing: set[str]) -> None:
        one = self.pick(number)
        if one.verdict != "accepted":
            return
        one.judged = {check: check not in failing for check in CHECKS}
        self.rules.end()
        results = [
            CheckResult(check, "All is well", "critical", "x", one.name, passed, "1", one.id)
            for check, passed in one.judged.items()
        ]
        record(self.ledger, GateOutcome("delivery", results), clock=time.perf_counter())

    @precondition(lambda self: self.rules.sent)
    @rule(
        number=st.integers(0, 9),
        kind=st.sampled_from(["discard", "admit", "admit", "release", "reopen"]),
        is_aimed=st.sampled_from([True, True, False]),
    )
    def decide(self, number: int, kind: str, is_aimed: bool) -> None:
        """A person decides, or is told why there is nothing to decide."""
        fit = [o for o in self.rules.sent if not self.rules.refuses(o, kind)]
        one = fit[number % len(fit)] if fit and is_aimed else self.pick(number)
        refused = self.rules.refuses(one, kind)
        if not refused:
            self.rules.decide(one, kind)
            self.rules.end()
        try:
            decide(self.ledger, one.id, kind, "Because")
        except CspError as error:
            assert refused, error
        else:
            assert not refused

    @precondition(lambda self: any(map(self.rules.may_be_judged_anew, self.rules.sent)))
    @rule(number=st.integers(0, 9), verdict=st.sampled_from(["accepted", "rejected"]))
    def judge_anew(self, number: int, verdict: str) -> None:
        """What is not good comes again when its contract is another, as ingest records it."""
        fit = [one for one in self.rules.sent if self.rules.may_be_judged_anew(one)]
        one = fit[number % len(fit)]
        self.rules.judge_anew(one, "second" if one.contract == "first" else "first", verdict)
        self.rules.end()
        with self.ledger.writing() as session:
            newest = session.scalar(select(func.max(GateResult.gate_result_id))) or 0
            session.execute(
                update(Delivery)
                .where(Delivery.delivery_id == one.id)
                .values(
                    contract_hash=one.contract,
                    verdict=verdict,
                    reason="D06 too many" if verdict == "rejected" else None,
                    arrival=one.arrival,
                    results_after=newest,
                )
            )
            self.keep_periods(session, one)
            end_decisions(session, one.id, "judged anew under another contract")
            settle_decisions(session)

    @rule()
    def refresh(self) -> None:
        """A refresh begins: what it reads is what may be read now."""
        with self.ledger.writing() as session:
            refresh = Refresh(started_at=utc_now(), outcome="failed")
            session.add(refresh)
            session.flush()
            take_cut(session, refresh.refresh_id, "code", {})
        cut = read_cut(self.ledger, refresh.refresh_id)
        assert cut.periods == release_periods(self.ledger)
        assert len(cut.open_reasons) == len(open_deliveries(self.ledger))

    @invariant()
    def the_ledger_says_what_the_rules_say(self) -> None:
        """What may be read, in which order, what is open, and what stands."""
        rules = self.rules
        real = {
            (p.delivery_id, p.period_start): (p.release_rank, p.delivery_order, p.is_reported)
            for p in release_periods(self.ledger)
        }
        assert real == rules.periods()
        listed = {row["delivery_id"]: row for row in held_back(self.ledger)}
        still_open = {o.id for o in rules.sent if o.bad and not o.decision}
        still_open -= {o.id for o in rules.sent if rules.put_right(o)}
        assert {name for name, row in listed.items() if row["is_open"]} == still_open
        stands = {
            name: made["decision"]
            for name, row in listed.items()
            for made in row["decisions"]
            if made["stands"]
        }
        assert stands == {o.id: o.decision for o in rules.sent if o.decision}
        # Whatever came in whatever order, what was admitted hides nothing good.
        newest = {place for place, (rank, _, _) in real.items() if rank == 1}
        good = {(o.feed, month) for o in rules.sent if o.good for month in o.months}
        for one in rules.sent:
            hidden = {(one.feed, m) for m in one.months if (one.id, m) in newest} & good
            assert one.good or not hidden


#: How many longer walks `make chaos` takes; 0 for the short ones of `make test`.
ROUNDS = int(os.environ.get("CSP_CHAOS_ROUNDS", "0"))
Walk.TestCase.settings = settings(
    max_examples=ROUNDS or 30,
    stateful_step_count=60 if ROUNDS else 20,
    derandomize=not ROUNDS,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
TestStatesOfDeliveries = Walk.TestCase
