"""Every labelled bad input of the simulator comes out as its label says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from csp.contracts import ContractRegistry
from csp_simulator import SimulationTruth, simulate
from csp_simulator.truth import Fault

if TYPE_CHECKING:
    from tests.conftest import Desk

AT_INTAKE = {"rejected", "quarantined", "fixed", "accepted", "warned", "duplicate"}
FEEDS = {"street": "police_street_crime", "LFB": "fire_lfb_incident"}
SHAPE_CODES = {"R04", "D08", "D09", "D12", "V6-B63-UPRN", "V6-GEOCODE"}
CODES = {
    "byte order mark and crlf": "D09",
    "column order changed": "",
    "crime id in capitals": "P1-B10-CASE",
    "crime id of 63": "P1-B10-FORM",
    "crime type legacy": "P1-B17-LEGACY",
    "crime type unknown": "P1-B17-TYPE",
    "crime type with spaces": "R04",
    "dwelling with position": "V6-B65",
    "header only": "D07",
    "html error page": "D02",
    "longitude blank": "P1-B13-HALF",
    "lsoa code column missing": "D03",
    "lsoa code malformed": "P1-B15-FORM",
    "lsoa name disagrees": "P1-B15-LIST",
    "month in the future": "D11",
    "new column": "D08",
    "path traversal": "D10",
    "position swapped": "P1-B13-SWAP",
    "position zero": "P1-B13-BOX",
    "pound sign misread": "",
    "pump hours column": "",
    "same file new name": "",
    "truncated archive": "D10",
    "unterminated quote": "D05",
    "uprn zero or scientific": "V6-B63-UPRN",
    "wrong month": "P1-B08",
    "zero bytes": "D01",
}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("year")


@pytest.fixture(scope="module")
def faults(year: Path) -> dict[str, Fault]:
    """What is wrong → the labelled file, of those that ingest has to see."""
    truth: SimulationTruth = simulate("borough-year", year, scale=0.1, faults=True)
    return {fault.what: fault for fault in truth.faults if fault.expectation in AT_INTAKE}


def test_every_label_has_its_code_here(faults: dict[str, Fault]) -> None:
    assert set(faults) == set(CODES)


@pytest.mark.parametrize("what", CODES)
def test_a_labelled_input_comes_out_as_its_label_says(
    what: str, year: Path, faults: dict[str, Fault], desk: Desk
) -> None:
    fault = faults[what]
    path = year / fault.file
    if fault.expectation == "duplicate":
        original = path.with_name(path.name.replace(" copy", ""))
        desk.take(year / "deliveries" / "fire" / original.name)
        assert desk.take(path).verdict == "repeat"
        return
    outcome = desk.take(path, feed=FEEDS["LFB" if "LFB" in path.name else "street"])
    found = {finding.code: finding for finding in outcome.findings}
    if fault.expectation == "rejected":
        assert (outcome.verdict, set(found)) == ("rejected", {CODES[what]})
        assert not desk.home.lake_delivery(outcome.feed or "", outcome.delivery_id).exists()
        return
    assert outcome.verdict == "accepted"
    known = desk.delivery(outcome)
    rows = known.physical_lines - 1
    held = fault.rows if fault.expectation == "quarantined" else 0
    assert (outcome.accepted_rows, outcome.quarantined_rows) == (rows - (held or 0), held)
    if CODES[what]:
        verdict = {"quarantined": "quarantine", "fixed": "fix"}.get(fault.expectation)
        finding = found[CODES[what]]
        assert verdict in (None, finding.verdict)
        if verdict:
            assert finding.rows == fault.rows
    if fault.expectation in ("accepted", "warned"):
        assert outcome.accepted_rows == fault.rows
    if fault.expectation == "warned":
        assert "warn" in {finding.verdict for finding in outcome.findings}


@pytest.fixture(scope="module")
def year_desk(
    tmp_path_factory: pytest.TempPathFactory,
    registry: ContractRegistry,
    desk_at: Callable[[Path, ContractRegistry], Desk],
) -> Desk:
    return desk_at(tmp_path_factory.mktemp("desk"), registry)


def test_the_good_deliveries_of_the_year_are_taken_in_whole(
    year: Path, faults: dict[str, Fault], year_desk: Desk
) -> None:
    assert faults
    newest = sorted((year / "deliveries").rglob("*-03.*"))
    outcomes = year_desk.take_all(*newest)
    assert len(outcomes) == 7
    assert {outcome.verdict for outcome in outcomes} == {"accepted"}
    assert {outcome.quarantined_rows for outcome in outcomes} == {0}
    held = {f.code for outcome in outcomes for f in outcome.findings} - SHAPE_CODES
    assert held == set()
