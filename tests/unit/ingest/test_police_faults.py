"""Every labelled bad input of the police feeds comes out as its label says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from csp.project import BOROUGH_SEEDS
from csp_simulator.borough_2021.police_faults import faults
from csp_simulator.places import load_borough
from csp_simulator.truth import Fault

if TYPE_CHECKING:
    from tests.conftest import Desk

#: What is wrong → the codes that must be found; what is accepted as it is has none.
CODES = {
    "american order": {"P5-B31-ORDER"},
    "aviation security": {"P4W-B29-AREA"},
    "caution and charge in one month": set(),
    "category cut off": set(),
    "day of another quarter": {"P6-DAY"},
    "full postcode": {"P6-POSTCODE"},
    "headers of the new system": set(),
    "hour shown twice": {"R08"},
    "hour shown twice with offset": set(),
    "month column twice": set(),
    "month only": {"R02"},
    "new ward code": {"P4W-B29-WARD"},
    "no month column": {"D03"},
    "no offset": set(),
    "other accepted crime": {"P5-B32"},
    "outcome id in capitals": {"P2-B10-CASE"},
    "outcome id of 63": {"R06"},
    "outcome in other wording": {"P2-B18-WORDING"},
    "outcome longitude blank": {"P2-B13-HALF"},
    "outcome of another month": {"P2-MONTH"},
    "outcome of unknown crime": set(),
    "outcome unknown": {"R05"},
    "preamble": {"D03"},
    "removal blank": set(),
    "serial number of a spreadsheet": {"P5-B31-SERIAL"},
    "suppressed and blank": {"P4W-B28-SUPPRESSED", "P4W-BLANK"},
    "thousands and currency": {"P4W-B28-NUMBER"},
    "utf 16": {"D12"},
}
VERDICT = {"quarantined": "quarantine", "fixed": "fix", "warned": "warn"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("faults")


@pytest.fixture(scope="module")
def labelled(folder: Path) -> dict[str, Fault]:
    return {f.what: f for f in faults(folder, load_borough(BOROUGH_SEEDS), seed=2021)}


def test_every_labelled_fault_is_one_that_is_tested(labelled: dict[str, Fault]) -> None:
    assert set(labelled) == set(CODES)


@pytest.mark.parametrize("what", sorted(CODES))
def test_a_labelled_fault_comes_out_as_its_label_says(
    what: str, labelled: dict[str, Fault], folder: Path, desk: Desk
) -> None:
    fault = labelled[what]
    outcome = desk.take(folder / fault.file)
    found = {finding.code for finding in outcome.findings}
    assert found >= CODES[what], outcome
    if fault.expectation == "rejected":
        assert outcome.verdict == "rejected"
        return
    assert outcome.verdict == "accepted"
    meant = [f for f in outcome.findings if f.code in CODES[what]]
    if fault.expectation == "accepted":
        assert (outcome.quarantined_rows, outcome.accepted_rows) == (0, fault.rows)
        return
    assert sum(finding.rows for finding in meant) == fault.rows
    assert {finding.verdict for finding in meant} == {VERDICT[fault.expectation]}
    assert outcome.quarantined_rows == (fault.rows if fault.expectation == "quarantined" else 0)
