"""The list of what is held back: what is open, what was decided, and what became of it."""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console
from sqlalchemy import select, update

from csp.cli.quarantine import blocks
from csp.ledger.decisions import decide
from csp.ledger.quarantine import held_back
from csp.ledger.tables import Delivery

if TYPE_CHECKING:
    from tests.unit.ledger.conftest import Book

NAME = "2021-06-metropolitan-street.csv"
MAY = date(2021, 5, 1)


def test_what_is_held_back_is_listed_newest_first_with_its_reason(book: Book) -> None:
    rejected = book.deliver(NAME, verdict="rejected")
    held = book.deliver("held.csv", gate=False)
    book.deliver("good.csv", months=(date(2021, 7, 1),))
    listed = held_back(book.ledger)
    assert [row["delivery_id"] for row in listed] == [held, rejected]
    assert [row["is_open"] for row in listed] == [True, True]
    assert listed[1]["why"] == "D06 too many"


def test_what_was_decided_is_listed_with_what_has_ended_it(book: Book) -> None:
    held = book.deliver("held.csv", gate=False)
    decide(book.ledger, held, "discard", "Sent by mistake")
    decide(book.ledger, held, "admit", "The force confirms the gap")
    (row,) = held_back(book.ledger)
    assert [d["stands"] for d in row["decisions"]] == [True, False]
    better = book.deliver("better.csv")
    (row,) = held_back(book.ledger)
    admit, discard = row["decisions"]
    assert (admit["decision"], admit["stands"]) == ("admit", False)
    assert better in admit["ended_because"]
    assert better in row["put_right"]
    assert discard["ended_because"] == "decided anew: admit"
    assert discard["reason"] == "Sent by mistake"
    assert discard["rests_on"]["gate_failures"] == "G-ONE"
    assert not row["is_open"]


def test_a_list_of_what_is_held_back_fits_into_80_columns(book: Book) -> None:
    long_name = "2021-08.zip/2021-06/" + "2021-06-metropolitan-street-" * 4 + "corrected.csv"
    book.deliver(long_name, verdict="rejected")
    held = book.deliver("held.csv", gate=False)
    decide(book.ledger, held, "admit", "The force confirms the gap [see its letter]. " * 4)
    out = StringIO()
    Console(width=80, file=out).print(blocks(held_back(book.ledger)))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    shown = "".join(line.strip() for line in lines)
    assert long_name in shown
    assert "[see its letter]" in " ".join(line.strip() for line in lines)
    assert any("still stands" in line for line in lines)


def test_a_file_of_no_feed_is_listed_until_it_is_recognised(book: Book) -> None:
    odd = book.deliver("odd.csv", verdict="unrecognised", feed=None)
    assert [row["delivery_id"] for row in held_back(book.ledger)] == [odd]
    known = book.deliver("odd.csv", months=(MAY,))
    with book.ledger.writing() as session:
        sha256 = session.scalar(select(Delivery.sha256).where(Delivery.delivery_id == odd))
        session.execute(update(Delivery).where(Delivery.delivery_id == known).values(sha256=sha256))
    assert held_back(book.ledger) == []
