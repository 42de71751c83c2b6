"""Every labelled fault of the scenario, sent after its good files, comes to what its label says."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
import yaml

from csp.ingest import IngestOutcome, ingest_files
from csp.ledger.decisions import DISCARD, decide
from csp.ledger.tables import Delivery
from csp.quality.delivery_gate import DeliveryGate
from csp.quality.judge import CheckResult
from csp.storage.home import Home
from csp.warehouse.duckdb_engine import DuckDBWarehouse
from csp.warehouse.platform import Platform
from csp_simulator.truth import Fault
from tests.warehouse.conftest import platform_at

from .published import Published

#: File of a fault → what ingest finds in it, and the checks of the gate that fail.
FOUND = yaml.safe_load(Path(__file__).with_name("faults.yml").read_text(encoding="utf-8"))
JUDGED = {"held", "warned"}
Come = tuple[Fault, IngestOutcome, list[CheckResult]]


def failed_checks(platform: Platform, outcome: IngestOutcome) -> list[CheckResult]:
    """What the gate says against a delivery."""
    contract = platform.registry.get(outcome.feed or "")
    verdicts = DeliveryGate(contract, platform.home, platform.ledger).run().results
    return [v for v in verdicts if v.delivery_id == outcome.delivery_id and not v.passed]


@pytest.fixture(scope="module")
def platform(borough: Published, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """A copy of the data root into which the good files were taken."""
    borough.platform.ledger.engine.dispose()
    home = tmp_path_factory.mktemp("faulted")
    left = shutil.ignore_patterns("warehouse", "published", "scratch", "dbt")
    shutil.copytree(borough.platform.home.root, home, dirs_exist_ok=True, ignore=left)
    return platform_at(home, DuckDBWarehouse(Home(home)))


@pytest.fixture(scope="module")
def came(borough: Published, platform: Platform) -> dict[str, Come]:
    """File → its label, what ingest made of it, and what the gate says against it.

    Each is discarded before the next comes, as most of them speak of the same period.
    """
    found = {}
    for fault in borough.truth.faults:
        path = borough.folder / fault.file
        (outcome,) = ingest_files([path], platform.home, platform.ledger, platform.registry)
        failed = failed_checks(platform, outcome) if fault.expectation in JUDGED else []
        decide(platform.ledger, outcome.delivery_id, DISCARD, "a labelled fault")
        found[fault.file.removeprefix("faults/")] = (fault, outcome, failed)
    return found


def test_every_file_is_labelled_and_every_label_is_expected_here(
    borough: Published, came: dict[str, Come]
) -> None:
    folder = borough.folder / "faults"
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == set(came) == set(FOUND)
    assert len(files) == len(borough.truth.faults)


def test_no_line_of_a_fault_is_lost(came: dict[str, Come], platform: Platform) -> None:
    with platform.ledger.session() as session:
        for file, (_, outcome, _) in came.items():
            known = session.get_one(Delivery, outcome.delivery_id)
            rows = known.accepted_rows + known.quarantined_rows
            assert rows % known.rows_per_line == 0, file
            others = (
                known.header_lines
                + known.blank_lines
                + known.continuation_lines
                + known.rejected_lines
            )
            assert rows // known.rows_per_line + others == known.physical_lines, file


@pytest.mark.parametrize("file", FOUND)
def test_a_labelled_fault_comes_to_what_its_label_says(
    file: str, came: dict[str, Come], platform: Platform
) -> None:
    fault, outcome, failed = came[file]
    found = [f"{f.verdict} {f.code}" for f in outcome.findings]
    assert sorted({*found, *(f"{v.severity} {v.check_id}" for v in failed)}) == FOUND[file]
    rows = Counter[str]()
    for finding in outcome.findings:
        rows[finding.verdict] += finding.rows or 0
    lake = platform.home.lake_delivery(outcome.feed or "", outcome.delivery_id)
    match fault.expectation:
        case "rejected":
            assert outcome.verdict == "rejected"
            assert not lake.exists()
        case "quarantined":
            assert (outcome.verdict, outcome.quarantined_rows) == ("accepted", fault.rows)
        case "fixed":
            assert (outcome.verdict, outcome.quarantined_rows) == ("accepted", 0)
            assert rows["fix"] >= fault.rows
        case "accepted":
            assert (outcome.accepted_rows, outcome.quarantined_rows) == (fault.rows, 0)
        case "warned":  # by ingest; the gate may hold it too, as it does a file of three wards
            assert (outcome.verdict, outcome.quarantined_rows) == ("accepted", 0)
            assert rows["warn"] or failed
            assert fault.rows in (None, rows["warn"], outcome.accepted_rows)
        case "held":
            assert outcome.accepted_rows == fault.rows
            assert [verdict for verdict in failed if verdict.blocks]
