"""Every physical line of a delivery is accounted for, whatever stands in it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from csp.contracts import ContractRegistry
from csp.ingest import IngestOutcome
from csp.project import CONTRACTS

if TYPE_CHECKING:
    from tests.conftest import Desk

NAME = "2021-06-metropolitan-street.csv"
HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)
FORCE = "City of London Police"
LOCATIONS = {
    "plain": "On or near Parking Area",
    "comma": '"On or near A, B"',
    "quotes": '"On or near ""The Anchor"""',
    "two lines": '"On or near\n Parking Area"',
    "an empty line inside": '"On or near\n\nParking Area"',
    "a line of quotes inside": '"On or near\n""\nParking Area"',
    "a quote inside": 'On or near 5" Alley',
}
TORN = {
    "a stray quote": '"On or near"A',
    "an open quote": '"On or near A',
    "two stray quotes": '"On"A","b',
}
SPLIT = ["blank", "short", "long", "held", *LOCATIONS]
READABLE = [kind for kind in SPLIT if kind != "a quote inside"]
ALL = [*SPLIT, *TORN, "spaces", "short over two lines", "carriage return"]


def line(kind: str, number: int) -> str:
    """A record of one kind, which begins with its own number as a Crime ID."""
    crime_id = f"{number:064x}"
    unlike = {
        "blank": "",
        "spaces": "  ",
        "short": f"{crime_id},2021-06",
        "short over two lines": f'{crime_id},"2021\n-06"',
        "long": f"{crime_id},2021-06" + ",x" * 12,
        "carriage return": f"{crime_id},2021-06\r,{FORCE}",
    }
    if kind in unlike:
        return unlike[kind]
    location = LOCATIONS.get(kind) or TORN.get(kind) or "On or near Parking Area"
    crime_type = "Cyber crime" if kind == "held" else "Drugs"
    return (
        f"{crime_id},2021-06,{FORCE},{FORCE},-0.0915,51.5152,{location},E01000002,"
        f"City of London 001B,{crime_type},Under investigation,"
    )


def file_of(kinds: list[str], end: str, is_ended: bool) -> bytes:
    records = [HEADER, *(line(kind, n) for n, kind in enumerate(kinds))]
    return ("\n".join(records) + ("\n" if is_ended else "")).replace("\n", end).encode()


@pytest.fixture(scope="module")
def lenient(
    tmp_path_factory: pytest.TempPathFactory, desk_at: Callable[[Path, ContractRegistry], Desk]
) -> Desk:
    """A desk that rejects no file for its share of faulty rows."""
    folder = tmp_path_factory.mktemp("lenient")
    text = (CONTRACTS / "police" / "street_crime.yml").read_text(encoding="utf-8")
    path = folder / "contracts" / "police" / "street_crime.yml"
    path.parent.mkdir(parents=True)
    path.write_text(
        text.replace("rejectAboveQuarantinedShare: 0.2", "rejectAboveQuarantinedShare: 1")
    )
    return desk_at(folder, ContractRegistry(folder / "contracts"))


def assert_accounted(desk: Desk, outcome: IngestOutcome, content: bytes) -> None:
    """The lines add up, and every row read points at the line it began on."""
    known = desk.delivery(outcome)
    lines = io.BytesIO(content).readlines()
    assert known.physical_lines == len(lines)
    if known.verdict == "rejected":
        assert known.reason.startswith(("D05", "D06"))
        return
    assert known.physical_lines == (
        known.header_lines
        + known.blank_lines
        + known.accepted_rows
        + known.quarantined_rows
        + known.continuation_lines
        + known.rejected_lines
    )
    accepted = desk.lake_rows(outcome)
    assert len(accepted) == known.accepted_rows
    for row in accepted:
        assert lines[row["source_line"] - 1].startswith(row["crime_id"].encode())
    if known.quarantined_rows:
        held = desk.quarantine_rows(outcome)
        assert len(held) == known.quarantined_rows
        for row in held:
            assert lines[row["source_line"] - 1].startswith(row["Crime ID__1"].encode())
    for item in desk.feedback(outcome)["findings"]:
        if item["code"] == "R01":
            readable = {row["source_line"] for row in accepted}
            assert len(item["lines"]) == min(item["rows"], 20)
            assert not readable & set(item["lines"])


shapes = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
ends = st.sampled_from(["\n", "\r\n"])


@shapes
@given(kinds=st.lists(st.sampled_from(ALL), max_size=12), end=ends, is_ended=st.booleans())
@example(kinds=["plain", "a stray quote", "plain", "plain"], end="\n", is_ended=True)
@example(kinds=["two lines", "short", "blank", "plain", "held"], end="\n", is_ended=True)
@example(kinds=["an empty line inside", "short over two lines", "plain"], end="\n", is_ended=True)
@example(kinds=["plain", "an open quote", "plain", "plain"], end="\r\n", is_ended=True)
@example(kinds=["plain", "plain", "an open quote"], end="\n", is_ended=True)
def test_every_line_is_accounted_for_or_the_delivery_is_rejected(
    kinds: list[str], end: str, is_ended: bool, lenient: Desk
) -> None:
    content = file_of(kinds, end, is_ended)
    outcome = lenient.take_text(NAME, content)
    assert_accounted(lenient, outcome, content)


@shapes
@given(kinds=st.lists(st.sampled_from(READABLE), max_size=12), end=ends, is_ended=st.booleans())
@example(
    kinds=["short", "an empty line inside", "blank", "held", "plain"], end="\r\n", is_ended=False
)
def test_a_file_whose_quotes_are_closed_is_never_rejected_and_counted_exactly(
    kinds: list[str], end: str, is_ended: bool, lenient: Desk
) -> None:
    content = file_of(kinds, end, is_ended)
    outcome = lenient.take_text(NAME, content)
    assert_accounted(lenient, outcome, content)
    known = lenient.delivery(outcome)
    assert known.verdict == "accepted", known.reason
    torn = kinds.count("short") + kinds.count("long")
    blank = kinds.count("blank")
    if kinds and kinds[-1] == "blank" and not is_ended:
        blank -= 1  # nothing follows the last line end, so there is no line
    assert (known.rejected_lines, known.blank_lines) == (torn, blank)
    assert known.quarantined_rows == kinds.count("held")
    assert known.accepted_rows == len(kinds) - torn - kinds.count("blank") - kinds.count("held")


@pytest.mark.parametrize("torn", TORN)
def test_a_torn_line_never_takes_the_lines_below_it_along(torn: str, lenient: Desk) -> None:
    content = file_of(["plain", torn, *["plain"] * 8], "\n", True)
    outcome = lenient.take_text(NAME, content)
    known = lenient.delivery(outcome)
    assert known.verdict == "rejected" or len(lenient.lake_rows(outcome)) == 9


def test_a_rejection_for_lost_lines_says_where_to_look(lenient: Desk) -> None:
    kinds = ["plain", "blank", "two lines", "an open quote", "plain", "plain"]
    outcome = lenient.take_text(NAME, file_of(kinds, "\n", True))
    assert outcome.findings[0].code == "D05"
    assert "near line 6;" in outcome.reason
