"""What is still open: rejected and held deliveries that nothing has put right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csp.errors import CspError
from csp.ledger.decisions import decide, find_delivery
from csp.ledger.open_deliveries import open_deliveries
from csp.ledger.quarantine import held_back

if TYPE_CHECKING:
    from tests.unit.ledger.conftest import Book

NAME = "2021-06-metropolitan-street.csv"


def still_open(book: Book) -> list[str]:
    return [delivery.delivery_id for delivery in open_deliveries(book.ledger)]


def test_a_good_delivery_is_not_open(book: Book) -> None:
    book.deliver(NAME)
    book.deliver("other.csv", gate=None)
    assert still_open(book) == []


def test_a_rejected_and_a_held_delivery_are_open_and_say_why(book: Book) -> None:
    rejected = book.deliver(NAME, verdict="rejected")
    held = book.deliver("held.csv", gate=False)
    found = {delivery.delivery_id: delivery.reason for delivery in open_deliveries(book.ledger)}
    assert found == {rejected: "D06 too many", held: "G-ONE not so: All is well (0.5)"}


@pytest.mark.parametrize("name", [NAME, NAME.upper(), f"2021-08.zip/2021-06/{NAME}"])
@pytest.mark.parametrize("fault", [{"verdict": "rejected"}, {"gate": False}])
def test_a_good_file_of_the_same_name_later_puts_it_right(
    name: str, fault: dict[str, object], book: Book
) -> None:
    book.deliver(NAME, **fault)
    book.deliver(name)
    assert still_open(book) == []


def test_a_good_file_puts_nothing_right_that_came_after_it(book: Book) -> None:
    book.deliver(NAME)
    rejected = book.deliver(NAME, verdict="rejected")
    assert still_open(book) == [rejected]


@pytest.mark.parametrize(
    "other",
    [
        {"name": "another.csv"},
        {"name": NAME, "feed": "fire_lfb_incident"},
        {"name": NAME, "gate": False},
        {"name": NAME, "verdict": "rejected"},
        {"name": NAME, "verdict": "unrecognised", "feed": None},
    ],
)
def test_only_a_good_file_of_the_same_name_and_feed_puts_it_right(
    other: dict[str, object], book: Book
) -> None:
    rejected = book.deliver(NAME, verdict="rejected")
    book.deliver(**other)
    assert rejected in still_open(book)


def test_a_file_of_no_feed_is_never_open(book: Book) -> None:
    book.deliver("odd.csv", verdict="unrecognised", feed=None)
    assert still_open(book) == []
    assert [row["is_open"] for row in held_back(book.ledger)] == [False]


@pytest.mark.parametrize("decision", ["discard", "admit"])
def test_a_decision_closes_a_held_delivery(decision: str, book: Book) -> None:
    held = book.deliver(NAME, gate=False)
    assert decide(book.ledger, held[:8], decision, " Known to be right ").delivery_id == held
    assert still_open(book) == []


def test_a_rejected_delivery_can_be_discarded_but_not_admitted(book: Book) -> None:
    rejected = book.deliver(NAME, verdict="rejected")
    with pytest.raises(CspError, match="none of its rows is in the lake"):
        decide(book.ledger, rejected, "admit", "Let it in")
    assert still_open(book) == [rejected]
    decide(book.ledger, rejected, "discard", "Of no use")
    assert still_open(book) == []


def test_a_decision_needs_a_reason(book: Book) -> None:
    held = book.deliver(NAME, gate=False)
    with pytest.raises(CspError, match="say why"):
        decide(book.ledger, held, "discard", "  ")
    assert still_open(book) == [held]


def test_an_id_that_fits_none_or_several_deliveries_is_refused(book: Book) -> None:
    book.deliver(NAME)
    book.deliver("b.csv")
    for beginning, number in (("", 2), ("no such", 0), ("%", 0), ("_", 0)):
        with pytest.raises(CspError, match=f"{number} deliveries begin with"):
            find_delivery(book.ledger, beginning)
