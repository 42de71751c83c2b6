"""Every code about a delivery as a whole has an input that yields it, and a near miss."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from csp.errors import CspError
from csp.ingest.findings import DELIVERY_CODES

if TYPE_CHECKING:
    from tests.unit.ingest.conftest import Clock

    from tests.conftest import Desk

NAME = "2021-06-metropolitan-street.csv"
FEED = "police_street_crime"
MakeFile = Callable[..., str]

CASES: dict[str, list[tuple[str, str, Callable[[str], str | bytes], str]]] = {
    "D01": [
        ("rejected", NAME, lambda text: b"", ""),
        ("rejected", NAME, lambda text: "\n \r\n", ""),
    ],
    "D02": [
        ("rejected", NAME, lambda text: "<!DOCTYPE html>\n<html></html>\n", "web page"),
        ("rejected", NAME, lambda text: '{"crimes": []}\n', "another format"),
        ("rejected", NAME, lambda text: b"PK\x03\x04\x00\x00,\n", "binary"),
        ("rejected", NAME, lambda text: "Crime ID," * 20_000, "no end within"),
        ("rejected", NAME, lambda text: text.encode() + b"\x81\x8d", "none of the encodings"),
        (
            "rejected",
            NAME,
            lambda text: text.encode("utf-16")[:-1],
            "none of the encodings",
        ),
    ],
    "D03": [
        ("rejected", NAME, lambda text: text.replace("LSOA code", "LSOA", 1), "'LSOA code'"),
        ("rejected", NAME, lambda text: text.replace("Crime ID", "", 1), "'Crime ID'"),
        ("rejected", NAME, lambda text: "\n" + text, "'Crime ID'"),
    ],
    "D04": [("unrecognised", "export.csv", lambda text: "a,b\n1,2\n", "")],
    "D05": [
        (
            "rejected",
            NAME,
            lambda text: text.replace("On or near", '"On or near', 1),
            "unaccounted for, the first near line 2;",
        ),
        ("rejected", NAME, lambda text: text.replace(",Burglary", "\r,Burglary", 1), "split"),
        ("rejected", "export.csv", lambda text: text.replace(",Burg", "\r,Burg", 1), "split"),
    ],
    "D06": [
        (
            "rejected",
            NAME,
            lambda text: text.replace("Burglary", "Cyber crime", 3),
            "3 of 10 rows are faulty, more than 20%: P1-B17-TYPE crime_type",
        ),
        ("rejected", NAME, lambda text: text + "too,few\n" * 3, "3 of 13 rows"),
    ],
    "D07": [
        ("accepted", NAME, lambda text: text.splitlines()[0] + "\n", ""),
        ("accepted", NAME, lambda text: text.splitlines()[0] + "\n\n", ""),
    ],
    "D08": [
        (
            "accepted",
            NAME,
            lambda text: "\n".join(f"{line},x" for line in text.splitlines()),
            "position 13",
        ),
        (
            "accepted",
            NAME,
            lambda text: "\n".join(f"{line}," for line in text.splitlines()),
            "position 13",
        ),
    ],
    "D09": [
        ("accepted", NAME, lambda text: text.replace("LSOA code", "lsoa CODE", 1), "'LSOA code'"),
        ("accepted", NAME, lambda text: text.replace("LSOA code", " LSOA  code", 1), "'LSOA code'"),
        ("accepted", NAME, lambda text: "\ufeff" + text, "'Crime ID'"),
    ],
    "D10": [
        ("rejected", "2021-06.zip", lambda text: "no archive", "cannot be unpacked"),
        ("rejected", "2021-06.zip", lambda text: b"PK\x05\x06" + bytes(18), "cannot be unpacked"),
    ],
    "D11": [
        ("rejected", NAME.replace("2021", "2097"), lambda text: text, "2097-06"),
    ],
    "D12": [
        ("accepted", NAME, lambda text: text.encode("utf-16"), "utf-16"),
        ("accepted", NAME, lambda text: text.encode("utf-16-be").join([b"\xfe\xff", b""]), "16"),
        (
            "accepted",
            NAME,
            lambda text: text.replace("Parking Area", "Café").encode("cp1252"),
            "cp1252",
        ),
        ("accepted", NAME, lambda text: text.replace("\n", "\r\n", 4), "made alike"),
    ],
    "D13": [
        ("accepted", "export.csv", lambda text: text, "no month"),
        ("accepted", "2021-13-btp-street.csv", lambda text: text, "no month"),
    ],
}


#: Codes that a street file cannot yield, and where their cases are.
ELSEWHERE = {
    "D14": "test_protected_and_wide.py",
    "D16": "test_must_not_be_sent.py",
    "D17": "test_strays.py",
}


def test_every_code_has_a_case() -> None:
    assert set(CASES) | set(ELSEWHERE) == set(DELIVERY_CODES)


@pytest.mark.parametrize(
    ("code", "number"), [(code, n) for code in CASES for n in range(len(CASES[code]))]
)
def test_an_input_yields_its_code_and_leaves_nothing_half_done(
    code: str, number: int, desk: Desk, make_file: MakeFile
) -> None:
    verdict, name, change, why = CASES[code][number]
    content = change(make_file(FEED, [{}] * 10))
    outcome = desk.take_text(name, content, feed=FEED if code == "D10" else None)
    (finding,) = [finding for finding in outcome.findings if finding.code == code]
    assert (outcome.verdict, finding.name) == (verdict, DELIVERY_CODES[code])
    assert why in finding.detail
    known = desk.delivery(outcome)
    assert known.verdict == verdict
    sent = content.encode() if isinstance(content, str) else content
    assert desk.landed_bytes(outcome) == sent
    assert not list(desk.home.scratch.iterdir())
    is_accepted = verdict == "accepted"
    assert desk.home.lake_delivery(FEED, outcome.delivery_id).exists() == is_accepted
    assert not desk.home.quarantine_file(FEED, outcome.delivery_id).exists()
    if outcome.feed:
        (item,) = [f for f in desk.feedback(outcome)["findings"] if f["code"] == code]
        assert item["verdict"] == finding.verdict
    if is_accepted and code != "D07":
        rows = desk.lake_rows(outcome)
        assert [row["source_line"] for row in rows] == list(range(2, 12))
        assert {(str(row["crime_month"]), row["crime_type"]) for row in rows} == {
            ("2021-06-01", "Burglary")
        }


@pytest.mark.parametrize("archive", [b"no archive", b"PK\x05\x06" + bytes(18)])
def test_a_broken_archive_that_no_feed_claims_is_kept_as_unrecognised(
    archive: bytes, desk: Desk
) -> None:
    outcome = desk.take_text("2021-06.zip", archive)
    assert (outcome.verdict, outcome.findings[0].code) == ("unrecognised", "D10")


def test_a_valid_file_yields_no_finding_at_all(desk: Desk, make_file: MakeFile) -> None:
    outcome = desk.take_text(NAME, make_file(FEED, [{}] * 10))
    assert (outcome.verdict, outcome.findings, outcome.accepted_rows) == ("accepted", [], 10)


def test_a_fifth_of_faulty_rows_is_not_yet_too_many(desk: Desk, make_file: MakeFile) -> None:
    text = make_file(FEED, [{}] * 10).replace("Burglary", "Cyber crime", 2)
    outcome = desk.take_text(NAME, text)
    assert (outcome.verdict, outcome.accepted_rows, outcome.quarantined_rows) == ("accepted", 8, 2)


def test_a_path_that_does_not_exist_is_the_callers_fault(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(CspError, match="no such file"):
        desk.take(tmp_path / "nothing.csv")


def test_zero_bytes_far_into_a_file_are_no_text(desk: Desk) -> None:
    header = (
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
        "Crime type,Last outcome category,Context\n"
    )
    row = ",2021-06,City of London Police,City of London Police,,,No Location,,,Drugs,,\n"
    content = (header + row * 2_000).encode() + b",2021-06,\x00" + row.encode()
    outcome = desk.take_text("2021-06-city-of-london-street.csv", content)
    assert outcome.verdict == "rejected"
    assert outcome.reason.startswith("D02")


def test_a_file_that_came_too_early_is_taken_once_its_month_has_ended(
    desk: Desk, make_file: MakeFile, clock: Clock
) -> None:
    month = (date.today().replace(day=28) + timedelta(days=5)).strftime("%Y-%m")
    name, content = f"{month}-metropolitan-street.csv", make_file(FEED, [{"Month": month}])
    assert desk.take_text(name, content).reason.startswith("D11")
    again = desk.take_text(name, content)
    assert again.verdict == "rejected", "it is looked at anew, not taken for a repeat"
    clock.put(days=70)
    taken = desk.take_text(name, content)
    assert (taken.verdict, taken.delivery_id) == ("accepted", again.delivery_id)
