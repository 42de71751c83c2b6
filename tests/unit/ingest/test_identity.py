"""Which files are one delivery: feed and bytes say it, and the name only where those do not."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from csp.contracts import ContractRegistry
from csp.ingest.landing import receive
from csp.ledger.open_deliveries import open_deliveries
from csp.ledger.tables import Decision, Delivery

if TYPE_CHECKING:
    from tests.conftest import Desk

MakeFile = Callable[..., str]
DeskAt = Callable[[Path, ContractRegistry], "Desk"]
FEED, NAME = "police_street_crime", "2021-06-metropolitan-street.csv"
JULY = NAME.replace("06", "07")
HARBOUR = ContractRegistry(Path(__file__).with_name("contracts"))
TIDE, TIDES = "harbour_tide", "gauge,202105\nG1,60\n"


def by_rule(feed: str, content: str, sent_as: str = "") -> str:
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    return hashlib.sha256(f"{feed} {sha256} {sent_as}".encode()).hexdigest()[:16]


def test_a_delivery_is_named_by_its_feed_and_its_bytes(desk: Desk, make_file: MakeFile) -> None:
    text = make_file(FEED, [{}])
    assert desk.take_text(NAME, text).delivery_id == by_rule(FEED, text)


def test_a_file_of_no_feed_is_named_by_its_bytes(desk: Desk) -> None:
    outcome = desk.take_text("x.csv", "a,b\n1,2\n")
    assert outcome.delivery_id == hashlib.sha256(b"a,b\n1,2\n").hexdigest()[:16]


def test_the_same_bytes_offered_to_two_feeds_are_two_deliveries(
    desk: Desk, make_file: MakeFile
) -> None:
    text = make_file(FEED, [{}])
    stray = desk.take_text("x.csv", text, feed="fire_lfb_incident")
    own = desk.take_text("x.csv", text, feed=FEED)
    assert (stray.verdict, own.verdict) == ("rejected", "accepted")
    assert [stray.delivery_id, own.delivery_id] == [
        by_rule("fire_lfb_incident", text),
        by_rule(FEED, text),
    ]


@pytest.mark.parametrize("names", [(NAME, JULY), (JULY, NAME)])
def test_files_that_say_nothing_are_told_apart_by_name_whichever_comes_first(
    names: tuple[str, str], desk: Desk, make_file: MakeFile
) -> None:
    text = make_file(FEED, [])
    taken = {name: desk.take_text(name, text).delivery_id for name in names}
    assert taken == {name: by_rule(FEED, text, name) for name in (NAME, JULY)}


@pytest.mark.parametrize("days", [("20210701", "20210801"), ("20210801", "20210701")])
def test_a_register_is_told_apart_by_the_day_in_its_name_whichever_comes_first(
    days: tuple[str, str], tmp_path: Path, desk_at: DeskAt
) -> None:
    desk = desk_at(tmp_path, HARBOUR)
    taken = {day: desk.take_text(f"tides_{day}.csv", TIDES).delivery_id for day in days}
    assert taken == {
        "20210701": by_rule(TIDE, TIDES, "2021-07-01"),
        "20210801": by_rule(TIDE, TIDES, "2021-08-01"),
    }


def test_a_register_without_a_day_is_put_right_by_the_same_bytes_under_a_dated_name(
    tmp_path: Path, desk_at: DeskAt
) -> None:
    desk = desk_at(tmp_path, HARBOUR)
    undated = desk.take_text("tides.csv", TIDES, feed=TIDE)
    assert undated.reason.startswith("D14")
    assert [d.delivery_id for d in open_deliveries(desk.ledger)] == [undated.delivery_id]
    dated = desk.take_text("tides_20210701.csv", TIDES)
    assert dated.delivery_id == by_rule(TIDE, TIDES, "2021-07-01")
    assert open_deliveries(desk.ledger) == []
    with desk.ledger.session() as session:
        (decision,) = session.scalars(select(Decision))
    assert dated.delivery_id in decision.reason


@pytest.mark.parametrize("chunk", [1, 2, 3, 1 << 20])
@pytest.mark.parametrize(
    ("content", "has_rows"),
    [
        (b"", False),
        (b"\n \r\n", False),
        (b"a,b", False),
        (b"a,b\n", False),
        (b"\r\n\xef\xbb\xbfa,b\r\n\r\n \t\r\n", False),
        ("a,b\r\n".encode("utf-16"), False),
        (b"a,b\n,", True),
        (b"a,b\r1,2", True),
        ("a,b\n1,2\n".encode("utf-16"), True),
    ],
)
def test_whether_a_file_says_anything_below_its_header_is_seen_in_its_bytes(
    content: bytes, has_rows: bool, chunk: int, tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("csp.ingest.landing.CHUNK_BYTES", chunk)
        assert receive(io.BytesIO(content), tmp_path).has_rows == has_rows


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    lines=st.lists(st.sampled_from(["", " ", "a,b", "1,2", "\t"]), max_size=5),
    end=st.sampled_from(["\n", "\r\n"]),
    chunk=st.sampled_from([1, 2, 5, 1 << 20]),
)
def test_a_second_line_that_is_not_blank_is_a_row(
    lines: list[str], end: str, chunk: int, tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("csp.ingest.landing.CHUNK_BYTES", chunk)
        landed = receive(io.BytesIO(end.join(lines).encode()), tmp_path)
    assert landed.has_rows == (len([line for line in lines if line.strip()]) > 1)


def called_as_by_an_older_version(desk: Desk, delivery_id: str, old_id: str) -> None:
    """Let the ledger hold a delivery as it was named by its bytes alone, without its marks."""
    with desk.ledger.writing() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.delivery_id == delivery_id)
            .values(delivery_id=old_id, sent_as="")
        )


@pytest.mark.parametrize(
    ("name", "rows"), [(NAME, [{}]), (NAME, []), ("renamed.csv", [{}])], ids=str
)
def test_a_delivery_of_an_older_ledger_keeps_its_name(
    name: str, rows: list[dict[str, str]], desk: Desk, make_file: MakeFile
) -> None:
    text = make_file(FEED, rows)
    first = desk.take_text(NAME, text)
    old_id = desk.delivery(first).sha256[:16]
    called_as_by_an_older_version(desk, first.delivery_id, old_id)
    again = desk.take_text(name, text)
    assert (again.verdict, again.delivery_id) == ("repeat", old_id)


def test_a_register_of_an_older_ledger_keeps_its_name(tmp_path: Path, desk_at: DeskAt) -> None:
    desk = desk_at(tmp_path, HARBOUR)
    first = desk.take_text("tides_20210701.csv", TIDES)
    old_id = desk.delivery(first).sha256[:16]
    called_as_by_an_older_version(desk, first.delivery_id, old_id)
    again = desk.take_text("copy of tides_20210701.csv", TIDES)
    later = desk.take_text("tides_20210801.csv", TIDES)
    assert (again.verdict, again.delivery_id) == ("repeat", old_id)
    assert (later.verdict, later.delivery_id) == ("accepted", by_rule(TIDE, TIDES, "2021-08-01"))
