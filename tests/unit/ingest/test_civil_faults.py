"""Ingest does with the labelled bad inputs of civil protection and programmes what they say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from csp.project import BOROUGH_SEEDS
from csp.quality.delivery_gate import DeliveryGate
from csp_simulator.borough_2021 import civil_protection, programme
from csp_simulator.places import load_borough
from csp_simulator.truth import Fault

if TYPE_CHECKING:
    from tests.conftest import Desk

CODES = {"B61", "B62", "B63", "B75", "B79", "B80", "B81"}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Fault]]:
    borough = load_borough(BOROUGH_SEEDS)
    found = []
    for module in (civil_protection, programme):
        folder = tmp_path_factory.mktemp("faults")
        listed = module.faults(folder, borough, seed=3)
        found += [(folder / fault.file, fault) for fault in listed]
    return found


def test_every_fault_is_met_as_it_says(written: list[tuple[Path, Fault]], desk: Desk) -> None:
    assert {fault.code for _, fault in written} == CODES
    for path, fault in written:
        outcome = desk.take(path)
        said = {f.verdict: f.rows for f in outcome.findings if f.code[0] != "D"}
        match fault.expectation:
            case "rejected":
                assert outcome.verdict == "rejected", fault
            case "quarantined":
                assert (outcome.verdict, outcome.quarantined_rows) == ("accepted", fault.rows)
            case "fixed":
                assert (outcome.quarantined_rows, said.get("fix")) == (0, fault.rows), fault
            case "accepted":
                assert (outcome.accepted_rows, outcome.quarantined_rows, said) == (
                    fault.rows,
                    0,
                    {},
                )
            case _ if fault.code == "B80":
                contract = desk.registry.get("reference_population")
                verdicts = DeliveryGate(contract, desk.home, desk.ledger).run().results
                assert [v.check_id for v in verdicts if not v.passed] == ["R1-B80"]
            case _:
                assert (outcome.quarantined_rows, said.get("warn")) == (0, fault.rows), fault


def test_words_of_feedback_reach_no_disk(written: list[tuple[Path, Fault]], desk: Desk) -> None:
    words = [path for path, fault in written if fault.code == "B81"]
    assert {outcome.verdict for outcome in desk.take_all(*words)} == {"accepted"}
    kept = (
        b"".join(path.read_bytes() for path in desk.home.root.rglob("*") if path.is_file())
        + (desk.folder / "ledger.db").read_bytes()
    )
    assert b"grateful" not in kept
    assert b"7946 0000" not in kept
