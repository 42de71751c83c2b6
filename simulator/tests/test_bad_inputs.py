"""The labelled bad inputs are there, and are bad in the way their label says."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from csp_simulator import SimulationTruth

EXPECTATIONS = {"rejected", "quarantined", "fixed", "accepted", "warned", "held", "duplicate"}


def content(year: Path, what: str) -> bytes:
    (file,) = (year / "faults").rglob(f"B??-{what.replace(' ', '-')}/*")
    return file.read_bytes()


def rows(year: Path, what: str) -> list[dict[str, str]]:
    return list(csv.DictReader(content(year, what).decode().splitlines()))


def test_every_fault_of_the_truth_is_a_file_outside_the_deliveries(
    year: Path, truth: SimulationTruth
) -> None:
    listed = {fault.file for fault in truth.faults}
    there = {str(path.relative_to(year)) for path in (year / "faults").rglob("*") if path.is_file()}
    assert listed == there
    assert len(listed) == len(truth.faults) > 20
    assert {fault.expectation for fault in truth.faults} == EXPECTATIONS


def test_faults_cover_the_partners_known_bad_inputs(year: Path, truth: SimulationTruth) -> None:
    wanted = {f"B{number:02d}" for number in (1, 2, 3, 4, 5, 6, 8, 10, 13, 15, 17, 63, 74)}
    assert wanted <= {fault.code for fault in truth.faults}


def test_a_copy_under_a_new_name_has_the_bytes_of_a_delivery(year: Path) -> None:
    sent = {path.read_bytes() for path in (year / "deliveries/fire").iterdir()}
    assert content(year, "same file new name") in sent


def test_the_header_only_month_has_a_header_and_no_row(year: Path) -> None:
    assert content(year, "header only").count(b"\n") == 1


def test_the_truncated_archive_cannot_be_opened(year: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.zip"
    path.write_bytes(content(year, "truncated archive"))
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(path)


def test_shapes_of_other_years_keep_every_row(year: Path, truth: SimulationTruth) -> None:
    assert content(year, "byte order mark and crlf").startswith(b"\xef\xbb\xbfCrime ID,")
    assert content(year, "column order changed").startswith(b"Context,Last outcome category,")
    assert "Notional Cost (Â£)".encode() in content(year, "pound sign misread").split(b"\n")[0]
    assert b"LSOA code" not in content(year, "lsoa code column missing").split(b"\n")[0]
    assert content(year, "unterminated quote").count(b'"') == 1
    for what in ("column order changed", "pump hours column", "new column"):
        (fault,) = [fault for fault in truth.faults if fault.what == what]
        assert len(rows(year, what)) == fault.rows


@pytest.mark.parametrize(
    ("what", "is_bad"),
    [
        ("wrong month", lambda row: row["Month"] != "2021-10"),
        ("crime id in capitals", lambda row: row["Crime ID"] != row["Crime ID"].lower()),
        ("crime id of 63", lambda row: len(row["Crime ID"]) == 63),
        ("position swapped", lambda row: row["Longitude"].startswith("51.")),
        ("position zero", lambda row: (row["Longitude"], row["Latitude"]) == ("0", "0")),
        ("longitude blank", lambda row: row["Longitude"] == "" != row["Latitude"]),
        ("lsoa code malformed", lambda row: len(row["LSOA code"]) == 8),
        ("crime type with spaces", lambda row: row["Crime type"].endswith("\u00a0 ")),
        ("crime type legacy", lambda row: row["Crime type"] == "Violent crime"),
        ("crime type unknown", lambda row: row["Crime type"] == "Cyber crime"),
        ("uprn zero or scientific", lambda row: row["UPRN"] == "0.0" or "E+" in row["UPRN"]),
        (
            "dwelling with position",
            lambda row: row["PropertyCategory"] == "Dwelling" and row["Easting_m"],
        ),
    ],
)
def test_a_bad_row_file_has_as_many_bad_rows_as_its_label_says(
    year: Path, what: str, is_bad: Callable[[dict[str, str]], object], truth: SimulationTruth
) -> None:
    (fault,) = [fault for fault in truth.faults if fault.what == what]
    assert sum(bool(is_bad(row)) for row in rows(year, what)) == fault.rows > 0
