"""What must not be in our hands refuses the whole delivery, and leaves no trace of its content."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from csp.ingest.findings import DELIVERY_CODES

if TYPE_CHECKING:
    from tests.conftest import Desk

MakeFile = Callable[..., str]
TOTALS, NAME = "cohesion_prevent_referral", "prevent_referral_2021Q2.csv"
#: Part of every value that must leave no trace.
CANARY = "Planted"


def kept_bytes(desk: Desk) -> bytes:
    """Everything below the data root and in the ledger."""
    files = [*desk.home.root.rglob("*"), desk.folder / "ledger.db"]
    return b"".join(path.read_bytes() for path in files if path.is_file())


@pytest.mark.parametrize(
    "rows",
    [
        [{"name": f"{CANARY} Person"}],
        [{}, {"date_of_birth": "2003-05-14", f"{CANARY} note": "seen"}],
        [{"name": ""}],
    ],
)
def test_a_column_nobody_expects_refuses_a_feed_of_totals(
    rows: list[dict[str, str]], desk: Desk, make_file: MakeFile
) -> None:
    outcome = desk.take_text(NAME, make_file(TOTALS, rows))
    (finding,) = outcome.findings
    assert (outcome.verdict, finding.code) == ("rejected", "D16")
    assert finding.name == DELIVERY_CODES["D16"]
    assert "position 7" in finding.detail
    assert CANARY.encode() not in kept_bytes(desk)


def test_it_refuses_before_a_missing_column_is_looked_for(desk: Desk) -> None:
    outcome = desk.take_text(NAME, f"name,dob\n{CANARY} Person,2003-05-14\n")
    assert outcome.reason.startswith("D16")
    assert CANARY.encode() not in kept_bytes(desk)


def test_a_missing_column_alone_is_still_a_missing_column(desk: Desk, make_file: MakeFile) -> None:
    text = "\n".join(line.rsplit(",", 1)[0] for line in make_file(TOTALS, [{}]).splitlines())
    assert desk.take_text(NAME, text + "\n").reason.startswith("D03")


@pytest.mark.parametrize(
    "row",
    [
        {"sector": f"{CANARY} Person"},
        {"concern_type": f"{CANARY} near E1 4NS"},
        {"referrals": f"{CANARY} Person"},
        {"quarter": f"{CANARY}-05-14"},
    ],
)
def test_a_nominal_row_leaves_no_trace(
    row: dict[str, str], desk: Desk, make_file: MakeFile
) -> None:
    outcome = desk.take_text(NAME, make_file(TOTALS, [{}, {}, row]))
    assert outcome.verdict == "rejected"
    assert "line 4" in outcome.reason
    assert CANARY.encode() not in kept_bytes(desk)


def test_totals_themselves_are_taken_in(desk: Desk, make_file: MakeFile) -> None:
    rows = [{}, {"referrals": "", "channel_discussed": ""}, {"referrals": "6.0"}]
    outcome = desk.take_text(NAME, make_file(TOTALS, rows))
    assert (outcome.verdict, outcome.findings) == ("accepted", [])
    assert [row["referrals"] for row in desk.lake_rows(outcome)] == [12, None, 6]


@pytest.mark.parametrize(
    ("feed", "name", "column"),
    [
        ("vawg_referral", "vawg_referral_20210607.csv", "needs"),
        ("vawg_marac_case", "marac_case_20210610.csv", "diversity_codes"),
        ("vawg_sanctuary_installation", "sanctuary_installation_202106.csv", "tenure"),
        ("vawg_training_session", "vawg_training_202106.csv", "venue_type"),
    ],
)
def test_a_full_postcode_in_any_field_refuses_a_vawg_feed(
    feed: str, name: str, column: str, desk: Desk, make_file: MakeFile
) -> None:
    change = {column: f"{CANARY} house, E1 4NS"}
    outcome = desk.take_text(name, make_file(feed, [{}, change]))
    assert outcome.verdict == "rejected"
    assert "POSTCODE" in outcome.reason
    assert CANARY.encode() not in kept_bytes(desk)


@pytest.mark.parametrize(
    ("feed", "row"),
    [
        ("vawg_referral", {"victim_token": "E1", "needs": "4NS"}),
        ("vawg_marac_case", {"case_token": "E1", "diversity_codes": "4NS"}),
    ],
)
def test_a_postcode_of_which_two_columns_hold_a_part_each_refuses_the_file(
    feed: str, row: dict[str, str], desk: Desk, make_file: MakeFile
) -> None:
    name = desk.registry.get(feed).platform.fileNameExample
    outcome = desk.take_text(name, make_file(feed, [row]))
    assert outcome.verdict == "rejected"
    assert "the file is not kept" in outcome.reason
