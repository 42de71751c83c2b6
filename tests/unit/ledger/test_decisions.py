"""What a person decides, what it rests on, and what ends it."""

from __future__ import annotations

import getpass
import time
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from csp.errors import CspError
from csp.ledger.cuts import take_cut
from csp.ledger.decisions import decide, settle_decisions, standing_decisions
from csp.ledger.open_deliveries import open_deliveries
from csp.ledger.releases import release_periods
from csp.ledger.sessions import utc_now
from csp.ledger.tables import Decision, Delivery, Refresh
from csp.quality.judge import CheckResult, GateOutcome, record

if TYPE_CHECKING:
    from tests.unit.ledger.conftest import Book

MAY, JUNE, JULY = date(2021, 5, 1), date(2021, 6, 1), date(2021, 7, 1)


def standing(book: Book) -> dict[str, str]:
    with book.ledger.session() as session:
        return standing_decisions(session)


def made(book: Book) -> list[Decision]:
    with book.ledger.session() as session:
        return list(session.scalars(select(Decision).order_by(Decision.decision_id)))


def still_open(book: Book) -> list[str]:
    return [delivery.delivery_id for delivery in open_deliveries(book.ledger)]


def read(book: Book) -> dict[str, bool]:
    """Deliveries that may be read → whether what they hold counts as reported."""
    return {p.delivery_id: p.is_reported for p in release_periods(book.ledger)}


def settle(book: Book) -> None:
    with book.ledger.writing() as session:
        settle_decisions(session)


def judged_anew(book: Book, delivery_id: str, **values: str) -> None:
    """Change what ingest recorded of a delivery, as when it came again under another contract."""
    with book.ledger.writing() as session:
        session.execute(
            update(Delivery).where(Delivery.delivery_id == delivery_id).values(**values)
        )


def test_a_released_delivery_is_read_as_any_other(book: Book) -> None:
    held = book.deliver("held.csv", gate=False)
    decide(book.ledger, held, "release", "The force opened a second unit")
    assert read(book) == {held: True}
    assert still_open(book) == []


def test_a_released_delivery_takes_its_place_by_its_date(book: Book) -> None:
    newer = book.deliver("a.csv", gate=False, release=date(2021, 9, 1))
    older = book.deliver("b.csv", release=date(2021, 8, 1))
    decide(book.ledger, newer, "release", "The gate was wrong")
    ranks = {p.delivery_id: p.release_rank for p in release_periods(book.ledger)}
    assert ranks == {newer: 1, older: 2}


@pytest.mark.parametrize("decision", ["discard", "admit", "release"])
def test_reopened_it_is_as_if_nothing_had_been_decided(decision: str, book: Book) -> None:
    held = book.deliver("held.csv", gate=False)
    decide(book.ledger, held, decision, "Known")
    decide(book.ledger, held, "reopen", "Not so")
    assert standing(book) == {}
    assert still_open(book) == [held]
    assert read(book) == {}


def test_a_good_delivery_can_be_withdrawn_and_taken_back(book: Book) -> None:
    older = book.deliver("a.csv")
    newer = book.deliver("a.csv")
    decide(book.ledger, newer, "discard", "A copy of another month")
    assert read(book) == {older: True}
    decide(book.ledger, newer, "reopen", "It was right after all")
    assert read(book) == {older: True, newer: True}


def test_a_decision_says_who_when_why_and_what_it_rests_on(book: Book) -> None:
    book.deliver("first.csv", months=(MAY,))
    held = book.deliver("held.csv", gate=False)
    book.judge(held, "G-TWO", passed=False)
    book.judge(held, "G-THREE", passed=True)
    before = utc_now()
    decide(book.ledger, held, "admit", "  The force confirms the gap ")
    (decision,) = made(book)
    assert decision.reason == "The force confirms the gap"
    assert decision.decided_by == getpass.getuser()
    assert before <= decision.decided_at <= utc_now()
    assert decision.rests_on == {
        "verdict": "accepted",
        "contract_hash": "",
        "arrival": "2",
        "gate_failures": "G-ONE,G-TWO",
    }


@pytest.mark.parametrize("decision", ["admit", "release"])
def test_only_what_a_gate_holds_can_be_let_in(decision: str, book: Book) -> None:
    good = book.deliver("good.csv")
    unseen = book.deliver("unseen.csv", gate=None)
    rejected = book.deliver("rejected.csv", verdict="rejected")
    odd = book.deliver("odd.csv", verdict="unrecognised", feed=None)
    for delivery, why in (
        (good, "no gate holds .*good.csv"),
        (unseen, "no gate has judged .*unseen.csv.*csp refresh"),
        (rejected, "was rejected: none of its rows"),
        (odd, "was unrecognised: none of its rows"),
    ):
        with pytest.raises(CspError, match=why):
            decide(book.ledger, delivery, decision, "Let it in")
    assert made(book) == []


def test_what_is_overtaken_already_is_not_admitted(book: Book) -> None:
    held = book.deliver("held.csv", gate=False)
    better = book.deliver("better.csv")
    with pytest.raises(CspError, match=f"nothing to admit: delivery {better}"):
        decide(book.ledger, held, "admit", "Let it in")


def test_without_a_decision_there_is_nothing_to_reopen(book: Book) -> None:
    held = book.deliver("held.csv", gate=False)
    with pytest.raises(CspError, match=r"no decision stands on .*held\.csv"):
        decide(book.ledger, held, "reopen", "Why not")


@pytest.mark.parametrize(
    "later",
    [
        {"name": "2021-08.zip/2021-06/HELD.csv", "months": (JULY,)},
        {"name": "other.csv", "months": (MAY, JUNE, JULY)},
        {"name": "other.csv", "months": (MAY, JUNE), "release": date(2020, 1, 1)},
    ],
)
def test_a_better_delivery_ends_an_admit(later: dict[str, object], book: Book) -> None:
    held = book.deliver("held.csv", gate=False, months=(MAY, JUNE))
    decide(book.ledger, held, "admit", "The force confirms the gap")
    better = book.deliver(**later)
    for _ in range(2):
        assert standing(book) == {}
        assert read(book) == {better: True}
        assert still_open(book) == []
        settle(book)
    (decision,) = made(book)
    assert decision.ended_at is not None
    assert better in (decision.ended_because or "")


def test_good_deliveries_that_hold_all_its_periods_together_end_an_admit(book: Book) -> None:
    held = book.deliver("held.csv", gate=False, months=(MAY, JUNE))
    decide(book.ledger, held, "admit", "The force confirms the gap")
    may = book.deliver("may.csv", months=(MAY,))
    assert standing(book) == {held: "admit"}
    june = book.deliver("june.csv", months=(JUNE,))
    settle(book)
    assert standing(book) == {}
    because = made(book)[0].ended_because or ""
    assert may in because
    assert june in because


@pytest.mark.parametrize(
    "other",
    [
        {"months": (MAY,)},
        {"gate": False},
        {"gate": None},
        {"verdict": "rejected"},
        {"feed": "fire_lfb_incident"},
        {"series": "Metropolitan Police Service"},
    ],
)
def test_nothing_else_ends_an_admit_or_puts_a_held_delivery_right(
    other: dict[str, object], book: Book
) -> None:
    held = book.deliver("held.csv", gate=False, months=(MAY, JUNE))
    book.deliver(**{"name": "other.csv", "months": (MAY, JUNE), **other})
    assert held in still_open(book)
    decide(book.ledger, held, "admit", "The force confirms the gap")
    settle(book)
    assert standing(book) == {held: "admit"}


def test_what_came_before_it_and_what_was_withdrawn_end_no_admit(book: Book) -> None:
    before = book.deliver("before.csv")
    held = book.deliver("held.csv", gate=False)
    withdrawn = book.deliver("withdrawn.csv")
    decide(book.ledger, withdrawn, "discard", "A copy of another month")
    decide(book.ledger, held, "admit", "The force confirms the gap")
    assert standing(book) == {held: "admit", withdrawn: "discard"}
    assert read(book) == {before: True, held: False}


def test_a_good_delivery_between_two_held_ones_puts_the_second_right_in_nothing(book: Book) -> None:
    first = book.deliver("may.csv", gate=False, months=(MAY,))
    book.deliver("june.csv", months=(JUNE,))
    second = book.deliver("june-again.csv", gate=False, months=(JUNE,))
    assert still_open(book) == [first, second]


def test_late_versions_of_records_put_right_no_file_of_records(book: Book) -> None:
    # A file of records brings late versions of days of which it is not the file.
    held = book.deliver("week-1.csv", gate=False, feed="cctv_incident")
    book.deliver("week-2.csv", feed="cctv_incident")
    assert still_open(book) == [held]
    # Where the file's name says the period, a later file of the same day replaces it.
    cases = book.deliver("asb-1.csv", gate=False, feed="asb_case")
    book.deliver("asb-1-again.csv", feed="asb_case")
    assert cases not in still_open(book)


def test_an_admit_that_has_ended_stands_no_more_when_the_better_one_is_withdrawn(
    book: Book,
) -> None:
    held = book.deliver("held.csv", gate=False)
    decide(book.ledger, held, "admit", "The force confirms the gap")
    better = book.deliver("better.csv")
    decide(book.ledger, better, "discard", "A copy of another month")
    assert standing(book) == {better: "discard"}
    assert still_open(book) == [held]
    assert read(book) == {}


def test_what_a_gate_passes_by_now_stays_admitted_and_below_the_good_ones(book: Book) -> None:
    # Judged by more history, the volume may seem usual; a person has said that it is not whole.
    held = book.deliver("held.csv", gate=False, release=date(2021, 9, 1))
    decide(book.ledger, held, "admit", "The force confirms the gap")
    book.judge(held, "G-ONE", passed=True)
    better = book.deliver("better.csv", release=date(2021, 8, 1))
    assert read(book) == {better: True, held: False}
    ranks = {p.delivery_id: p.release_rank for p in release_periods(book.ledger)}
    assert ranks == {better: 1, held: 2}


@pytest.mark.parametrize("decision", ["admit", "release"])
def test_a_further_check_that_fails_ends_what_was_decided_before(decision: str, book: Book) -> None:
    held = book.deliver("held.csv", gate=False)
    decide(book.ledger, held, decision, "The gate was wrong")
    book.judge(held, "G-TWO", passed=False)
    assert read(book) == {}
    assert still_open(book) == [held]
    settle(book)
    assert made(book)[0].ended_because == "decided before G-TWO failed"


@pytest.mark.parametrize("decision", ["admit", "release"])
@pytest.mark.parametrize(
    ("anew", "because"),
    [
        ({"contract_hash": "another"}, "under another contract"),
        ({"verdict": "rejected"}, "and rejected"),
        ({"arrival": 7}, "judged anew"),
    ],
)
def test_a_delivery_that_is_judged_anew_is_decided_anew(
    anew: dict[str, str], because: str, decision: str, book: Book
) -> None:
    held = book.deliver("held.csv", gate=False)
    decide(book.ledger, held, decision, "The gate was wrong")
    judged_anew(book, held, **anew)
    assert still_open(book) == [held]
    settle(book)
    assert because in (made(book)[0].ended_because or "")


def test_a_discard_is_for_good_unless_a_rejected_file_is_accepted_by_now(book: Book) -> None:
    held = book.deliver("held.csv", gate=False)
    rejected = book.deliver("rejected.csv", verdict="rejected")
    for delivery in (held, rejected):
        decide(book.ledger, delivery, "discard", "Sent by mistake")
        judged_anew(book, delivery, contract_hash="another")
    book.judge(held, "G-TWO", passed=False)
    assert standing(book) == {held: "discard", rejected: "discard"}
    judged_anew(book, rejected, verdict="accepted")
    assert standing(book) == {held: "discard"}


def test_a_decision_of_an_older_ledger_which_rests_on_nothing_known_stands(book: Book) -> None:
    held = book.deliver("held.csv", gate=False)
    decide(book.ledger, held, "release", "The gate was wrong")
    with book.ledger.writing() as session:
        session.execute(update(Decision).values(rests_on={}))
    book.judge(held, "G-TWO", passed=False)
    judged_anew(book, held, contract_hash="another")
    assert standing(book) == {held: "release"}


def test_the_end_is_written_down_when_a_gate_passes_the_better_delivery(book: Book) -> None:
    held = book.deliver("held.csv", gate=False)
    decide(book.ledger, held, "admit", "The force confirms the gap")
    better = book.deliver("better.csv", gate=None)
    passed = CheckResult("G-ONE", "All is well", "critical", "x", better, True, "1", better)
    record(book.ledger, GateOutcome("delivery", [passed]), clock=time.perf_counter())
    assert better in (made(book)[0].ended_because or "")


def test_the_end_is_written_down_when_a_refresh_begins(book: Book) -> None:
    held = book.deliver("held.csv", gate=False)
    decide(book.ledger, held, "admit", "The force confirms the gap")
    better = book.deliver("better.csv")
    with book.ledger.writing() as session:
        refresh = Refresh(started_at=utc_now(), outcome="running")
        session.add(refresh)
        session.flush()
        take_cut(session, refresh.refresh_id, "code", {})
    assert better in (made(book)[0].ended_because or "")
