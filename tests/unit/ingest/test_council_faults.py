"""Each labelled bad input of the cohesion and VAWG feeds comes to what its label says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from csp.contracts import ContractRegistry
from csp.project import BOROUGH_SEEDS
from csp_simulator.borough_2021 import cohesion, vawg
from csp_simulator.borough_2021.cohesion_words import REFERRAL_COLUMNS
from csp_simulator.borough_2021.prevent_work import draw_totals
from csp_simulator.draws import stream
from csp_simulator.partner_files import csv_bytes
from csp_simulator.places import load_borough
from csp_simulator.truth import Fault

if TYPE_CHECKING:
    from tests.conftest import Desk

EXPECTED = {"accepted", "rejected", "quarantined", "warned"}


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Fault]:
    """File → what should come of it."""
    folder = tmp_path_factory.mktemp("faults")
    borough = load_borough(BOROUGH_SEEDS)
    found = [
        *cohesion.faults(folder / "cohesion", borough, seed=2021),
        *vawg.faults(folder / "vawg", borough, seed=2021),
    ]
    paths = [next(folder.glob(f"*/{fault.file}")) for fault in found]
    return dict(zip(paths, found, strict=True))


def test_each_comes_to_what_its_label_says(
    faults: dict[Path, Fault],
    tmp_path: Path,
    registry: ContractRegistry,
    desk_at: Callable[[Path, ContractRegistry], Desk],
) -> None:
    for number, (path, fault) in enumerate(faults.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        outcome = desk_at(folder, registry).take(path)
        verdicts = {finding.verdict for finding in outcome.findings}
        assert fault.expectation in EXPECTED
        if fault.expectation == "rejected":
            assert outcome.verdict == "rejected", fault
            continue
        assert outcome.verdict == "accepted", (fault, outcome.reason)
        if fault.expectation == "quarantined":
            assert (outcome.quarantined_rows, verdicts) == (fault.rows, {"quarantine"})
        else:
            assert outcome.accepted_rows == fault.rows
            assert verdicts == ({"warn"} if fault.expectation == "warned" else set()), fault


def test_totals_of_a_hundredfold_volume_are_within_their_bounds(desk: Desk) -> None:
    rows = draw_totals(stream(2021, "totals"), "2021Q2", 100)
    content = csv_bytes(rows, REFERRAL_COLUMNS)
    outcome = desk.take_text("prevent_referral_2021Q2.csv", content)
    assert (outcome.accepted_rows, outcome.quarantined_rows) == (len(rows), 0)
