"""Which release of a month is the newest, and which deliveries may be read at all."""

from __future__ import annotations

from datetime import date, datetime
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csp.ledger.decisions import decide
from csp.ledger.gate_results import delivery_gate_failures, ungated_deliveries
from csp.ledger.releases import ready_deliveries, release_periods
from csp.ledger.sessions import Ledger

if TYPE_CHECKING:
    from tests.unit.ledger.conftest import Book

JULY, AUGUST, SEPTEMBER = date(2021, 7, 1), date(2021, 8, 1), date(2021, 9, 1)


def ranks(book: Book) -> dict[str, int]:
    return {cell.delivery_id: cell.release_rank for cell in release_periods(book.ledger)}


@pytest.mark.parametrize("order", list(permutations([JULY, AUGUST, SEPTEMBER])))
def test_the_newest_dated_release_wins_whatever_the_order_of_receipt(
    order: tuple[date, ...], book: Book
) -> None:
    ids = {release: book.deliver("a.csv", release=release) for release in order}
    assert ranks(book) == {ids[SEPTEMBER]: 1, ids[AUGUST]: 2, ids[JULY]: 3}


def test_an_undated_release_is_dated_by_its_receipt(book: Book) -> None:
    received = datetime(2021, 8, 15)
    undated = book.deliver("undated.csv", at=received)
    older = book.deliver("older.csv", release=date(2021, 8, 14), at=datetime(2021, 9, 9))
    newer = book.deliver("newer.csv", release=date(2021, 8, 16), at=datetime(2021, 8, 1))
    assert ranks(book) == {newer: 1, undated: 2, older: 3}


def test_of_two_releases_of_one_day_the_later_received_wins(book: Book) -> None:
    first = book.deliver("a.csv", release=AUGUST)
    second = book.deliver("b.csv", release=AUGUST)
    assert ranks(book) == {second: 1, first: 2}


def test_of_two_releases_received_at_once_one_wins_always(book: Book) -> None:
    ids = [book.deliver(f"{n}.csv", release=AUGUST, at=datetime(2021, 8, 3)) for n in range(4)]
    assert [d for d, _ in sorted(ranks(book).items(), key=lambda item: -item[1])] == sorted(ids)


def test_a_release_knows_the_rows_of_the_one_before_it(book: Book) -> None:
    book.deliver("b.csv", release=AUGUST, rows=12)
    book.deliver("a.csv", release=JULY, rows=10)
    found = {
        (c.release_rank, c.row_count, c.previous_row_count) for c in release_periods(book.ledger)
    }
    assert found == {(1, 12, 10), (2, 10, None)}


def test_each_month_and_series_is_ranked_apart(book: Book) -> None:
    june, may = date(2021, 6, 1), date(2021, 5, 1)
    both = book.deliver("a.csv", release=JULY, months=(may, june))
    later = book.deliver("b.csv", release=AUGUST, months=(june,))
    other = book.deliver("c.csv", release=JULY, series="British Transport Police")
    cells = {(c.delivery_id, c.period_start): c.release_rank for c in release_periods(book.ledger)}
    assert cells == {(both, may): 1, (both, june): 2, (later, june): 1, (other, june): 1}


@settings(max_examples=15, deadline=None, derandomize=True)
@given(releases=st.lists(st.none() | st.dates(date(2021, 7, 1), date(2021, 9, 30)), max_size=6))
def test_ranks_are_whole_and_never_fall_as_releases_grow_younger(
    releases: list[date | None], tmp_path_factory: pytest.TempPathFactory, new_book: type[Book]
) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path_factory.mktemp('ledger') / 'l.db'}")
    book = new_book(ledger)
    for number, release in enumerate(releases):
        book.deliver(f"{number}.csv", release=release)
    cells = release_periods(ledger)
    assert sorted(cell.release_rank for cell in cells) == list(range(1, len(releases) + 1))
    dated = sorted((c for c in cells if c.release_on), key=lambda c: c.release_rank)
    assert [c.release_on for c in dated] == sorted((c.release_on for c in dated), reverse=True)
    assert sum(cell.previous_row_count is None for cell in cells) == min(len(releases), 1)


def test_only_deliveries_a_gate_has_passed_may_be_read(book: Book) -> None:
    good = book.deliver("good.csv")
    failed = book.deliver("failed.csv", gate=False)
    unseen = book.deliver("unseen.csv", gate=None)
    book.deliver("rejected.csv", verdict="rejected")
    fire = book.deliver("fire.csv", feed="fire_lfb_incident")
    ready = {"fire_lfb_incident": [fire], "police_street_crime": [good]}
    assert ready_deliveries(book.ledger) == ready
    assert ungated_deliveries(book.ledger) == [unseen]
    assert ungated_deliveries(book.ledger, "fire_lfb_incident") == []
    everything = {cell.delivery_id for cell in release_periods(book.ledger, only_ready=False)}
    assert everything == {good, failed, unseen, fire}


def test_the_newest_verdict_of_each_check_counts(book: Book) -> None:
    healed = book.deliver("healed.csv", gate=False)
    book.judge(healed, "G-ONE", passed=True)
    spoilt = book.deliver("spoilt.csv")
    book.judge(spoilt, "G-ONE", passed=False)
    half = book.deliver("half.csv", gate=False)
    book.judge(half, "G-TWO", passed=True)
    judged, faults = delivery_gate_failures(book.ledger)
    assert judged == {healed, spoilt, half}
    assert set(faults) == {spoilt, half}
    assert faults[half] == ["G-ONE not so: All is well (0.5)"]


def test_asked_of_one_feed_only_its_deliveries_are_told_of(book: Book) -> None:
    street = book.deliver("street.csv", gate=False)
    fire = book.deliver("fire.csv", gate=False, feed="fire_lfb_incident")
    for feed, delivery in (("police_street_crime", street), ("fire_lfb_incident", fire)):
        judged, faults = delivery_gate_failures(book.ledger, feed)
        assert judged == set(faults) == {delivery}


def test_a_warning_holds_nothing(book: Book) -> None:
    delivery = book.deliver("a.csv")
    book.judge(delivery, "G-WARN", passed=False, severity="warning")
    assert delivery_gate_failures(book.ledger) == ({delivery}, {})
    assert ranks(book) == {delivery: 1}


def test_a_discarded_delivery_is_read_nowhere_and_the_one_before_it_counts_again(
    book: Book,
) -> None:
    old = book.deliver("a.csv", release=JULY)
    new = book.deliver("a.csv", release=AUGUST)
    decide(book.ledger, new, "discard", "It is a copy of another month")
    assert ranks(book) == {old: 1}
    assert {c.delivery_id for c in release_periods(book.ledger, only_ready=False)} == {old}


def test_an_admitted_delivery_is_read_but_its_months_are_not_reported(book: Book) -> None:
    held = book.deliver("held.csv", gate=False, months=(date(2021, 6, 1),))
    good = book.deliver("good.csv", months=(date(2021, 7, 1),))
    decide(book.ledger, held, "admit", "The force confirms it")
    found = {cell.delivery_id: cell.is_reported for cell in release_periods(book.ledger)}
    assert found == {held: False, good: True}


def test_the_newest_decision_counts(book: Book) -> None:
    held = book.deliver("held.csv", gate=False)
    decide(book.ledger, held, "discard", "Wrong")
    decide(book.ledger, held, "admit", "Right after all")
    assert ranks(book) == {held: 1}
    decide(book.ledger, held, "discard", "Wrong after all")
    assert ranks(book) == {}


def test_an_empty_ledger_has_no_release(tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path / 'l.db'}")
    assert (release_periods(ledger), ready_deliveries(ledger)) == ([], {})
