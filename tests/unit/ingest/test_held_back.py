"""What is held back is kept as it was sent; what goes back to the partner holds no value."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from csp.contracts.registry import contract_hash, resolved

if TYPE_CHECKING:
    from tests.conftest import Desk

MakeFile = Callable[..., str]
FEED, NAME = "police_street_crime", "2021-06-metropolitan-street.csv"
PLANTED = "Zz9-planted-value"


def test_quarantine_keeps_rows_as_sent_with_their_lines_and_every_code(
    desk: Desk, make_file: MakeFile
) -> None:
    bad = {"Crime ID": " ABC", "Crime type": PLANTED, "Context": "note", "Month": "June"}
    text = make_file(FEED, [{}] * 8 + [bad] + [{}] * 8 + [{"Longitude": "0", "Latitude": "0"}])
    outcome = desk.take_text(NAME, text)
    assert (outcome.accepted_rows, outcome.quarantined_rows) == (16, 2)
    first, second = desk.quarantine_rows(outcome)
    assert first["source_line"] == 10
    assert sorted(first["codes"]) == [
        "P1-B10-FORM:crime_id",
        "P1-B17-TYPE:crime_type",
        "P1-CONTEXT:context",
        "R02:crime_month",
        "R04:",
    ]
    sent = dict(zip(text.splitlines()[0].split(","), text.splitlines()[9].split(","), strict=True))
    kept = {name.rsplit("__", 1)[0]: value for name, value in list(first.items())[2:]}
    assert kept == {name: value or None for name, value in sent.items()}
    assert (second["source_line"], second["codes"]) == (
        19,
        ["P1-B13-BOX:longitude", "P1-B14:longitude"],
    )
    lines = {row["source_line"] for row in desk.lake_rows(outcome)}
    assert lines == set(range(2, 20)) - {10, 19}


def test_feedback_tells_lines_and_rules_and_never_a_value(desk: Desk, make_file: MakeFile) -> None:
    header = list(make_file(FEED, []).strip().split(","))
    rows = [{name: f"{PLANTED}{n}"} for n, name in enumerate(header)]
    text = make_file(FEED, [{}] * 60 + rows) + f"{PLANTED},too,short\n"
    text = text.replace("\n", f",{PLANTED}\n").replace(f"Context,{PLANTED}", f"Context,{PLANTED}H")
    outcome = desk.take_text(NAME, text)
    assert outcome.verdict == "accepted"
    assert outcome.quarantined_rows > 5
    folder = desk.home.feedback(FEED)
    reports = {p.suffix: p.read_text(encoding="utf-8") for p in folder.iterdir()}
    assert set(reports) == {".json", ".md"}
    assert all(PLANTED not in report for report in reports.values())
    found = desk.feedback(outcome)["findings"]
    held = {item["code"]: item for item in found if item["verdict"] == "quarantine"}
    assert {"R01", "R02", "P1-B10-FORM", "P1-FORCE", "P1-B17-TYPE"} <= set(held)
    assert all(item["lines"] and item["what"] for item in held.values())
    assert held["P1-B10-FORM"]["lines"] == [62]
    assert held["R01"]["lines"] == [74]
    assert re.search(r"\| P1-B10-FORM \| crime_id \| 1 \| .* \| 62 \|", reports[".md"])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("LSOA code", PLANTED, 1),
        lambda text: text.replace("Burglary", PLANTED),
        lambda text: text.replace("On or near", f'"{PLANTED}', 1),
    ],
)
def test_a_rejection_holds_no_value_either(
    spoil: Callable[[str], str], desk: Desk, make_file: MakeFile
) -> None:
    outcome = desk.take_text(NAME, spoil(make_file(FEED, [{}] * 5)))
    assert outcome.verdict == "rejected"
    assert PLANTED not in outcome.reason
    for path in desk.home.feedback(FEED).iterdir():
        assert PLANTED not in path.read_text(encoding="utf-8")


def test_only_the_first_twenty_lines_of_a_fault_are_listed(desk: Desk, make_file: MakeFile) -> None:
    outcome = desk.take_text(NAME, make_file(FEED, [{}] * 100 + [{"Crime type": "x"}] * 25))
    (item,) = desk.feedback(outcome)["findings"]
    assert (item["rows"], item["lines"]) == (25, list(range(102, 122)))


def test_the_contract_that_let_rows_in_is_kept_beside_them(desk: Desk, make_file: MakeFile) -> None:
    outcome = desk.take_text(NAME, make_file(FEED, [{}]))
    kept = desk.home.lake_delivery(FEED, outcome.delivery_id) / "contract.json"
    assert kept.read_text(encoding="utf-8") == resolved(desk.registry.get(FEED))
    assert desk.delivery(outcome).contract_hash == contract_hash(desk.registry.get(FEED))
