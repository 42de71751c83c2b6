"""Each labelled bad input of the ASB feeds comes to what its label says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from csp.project import BOROUGH_SEEDS
from csp_simulator.borough_2021 import asb
from csp_simulator.places import load_borough

if TYPE_CHECKING:
    from tests.conftest import Desk


def test_every_bad_file_meets_its_expectation(tmp_path: Path, desk: Desk) -> None:
    faults = asb.faults(tmp_path, load_borough(BOROUGH_SEEDS), seed=2021)
    assert {fault.code for fault in faults} == {"B57", "B66", "B67", "B68", "B77"}
    for fault in faults:
        outcome = desk.take(tmp_path / fault.file)
        if outcome.verdict == "repeat":
            continue
        assert outcome.verdict == "accepted", (fault.file, outcome.reason)
        found = {f.verdict: f.rows for f in outcome.findings if f.code != "D13"}
        assert outcome.quarantined_rows == (fault.rows if fault.expectation == "quarantined" else 0)
        if fault.expectation == "fixed":
            assert found["fix"] == fault.rows
        elif fault.expectation == "warned":
            assert found["warn"] == 1
            assert outcome.accepted_rows == fault.rows
        elif fault.expectation == "accepted":
            assert outcome.accepted_rows == fault.rows
