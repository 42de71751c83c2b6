"""A delivery that was accepted and is in no candidate is named, unless something says why."""

from __future__ import annotations

import pytest

from csp.ledger.cuts import TakenCut, left_out, read_cut, take_cut
from csp.ledger.decisions import DISCARD, REOPEN, decide
from csp.ledger.sessions import utc_now
from csp.ledger.tables import Delivery, Refresh

from .conftest import Book


@pytest.fixture
def delivery(book: Book) -> str:
    """A good delivery with rows."""
    delivery_id = book.deliver("june.csv")
    with book.ledger.writing() as session:
        session.get_one(Delivery, delivery_id).accepted_rows = 10
    return delivery_id


def cut_of(book: Book) -> TakenCut:
    """A cut of the ledger as it is."""
    with book.ledger.writing() as session:
        refresh = Refresh(started_at=utc_now(), outcome="running", reasons=[])
        session.add(refresh)
        session.flush()
        take_cut(session, refresh.refresh_id, "code", {})
        number = refresh.refresh_id
    return read_cut(book.ledger, number)


def test_it_is_named_when_it_is_not_loaded(book: Book, delivery: str) -> None:
    cut = cut_of(book)
    assert left_out(book.ledger, cut, []) == [delivery]
    assert left_out(book.ledger, cut, [delivery]) == []


def test_one_that_was_discarded_is_missed_by_nobody(book: Book, delivery: str) -> None:
    decide(book.ledger, delivery, DISCARD, "sent in error")
    cut = cut_of(book)
    assert left_out(book.ledger, cut, []) == []
    # What is decided after the cut is of the next refresh.
    decide(book.ledger, delivery, REOPEN, "it was right")
    assert left_out(book.ledger, cut, []) == []


def test_a_decision_that_had_ended_explains_nothing(book: Book, delivery: str) -> None:
    decide(book.ledger, delivery, DISCARD, "sent in error")
    decide(book.ledger, delivery, REOPEN, "it was right")
    assert left_out(book.ledger, cut_of(book), []) == [delivery]


def test_what_a_gate_holds_is_missed_by_nobody(book: Book) -> None:
    held = book.deliver("july.csv", gate=False)
    with book.ledger.writing() as session:
        session.get_one(Delivery, held).accepted_rows = 10
    assert left_out(book.ledger, cut_of(book), []) == []


def test_what_came_after_the_cut_is_the_next_ones(book: Book, delivery: str) -> None:
    cut = cut_of(book)
    book.deliver("july.csv")
    assert left_out(book.ledger, cut, [delivery]) == []
