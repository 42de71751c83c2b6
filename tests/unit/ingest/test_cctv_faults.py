"""Files of the control room are taken in without loss, and its bad files as their labels say."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from csp.contracts import ContractRegistry
from csp.project import BOROUGH_SEEDS
from csp_simulator.borough_2021.cctv import faults, write
from csp_simulator.places import Borough, load_borough

if TYPE_CHECKING:
    from tests.conftest import Desk

#: Feeds that have a file of every month end.
FEEDS = {"cctv_incident", "cctv_vehicle_hit", "cctv_camera", "cctv_camera_status"}


@pytest.fixture(scope="module")
def borough() -> Borough:
    """The borough as it is."""
    return load_borough(BOROUGH_SEEDS)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory, borough: Borough) -> Path:
    """Where the scenario lies."""
    folder = tmp_path_factory.mktemp("cctv")
    write(folder, borough, seed=2021, scale=0.3)
    return folder


@pytest.mark.parametrize("day", [date(2021, 5, 31), date(2021, 10, 31), date(2021, 3, 31)])
def test_its_files_are_taken_in_without_loss(
    day: date, out: Path, desk: Desk, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for path in (out / "cctv").glob(f"*_{day:%Y%m}*.zip"):
        for member in zipfile.ZipFile(path).namelist():
            if f"_{day:%Y%m%d}" in member:
                zipfile.ZipFile(path).extract(member, folder)
    for path in [
        *(out / "cctv").glob(f"*_{day:%Y%m%d}*.csv"),
        *(out / "cctv").glob(f"camera_register_{day:%Y%m}.csv"),
    ]:
        (folder / path.name).write_bytes(path.read_bytes())
    outcomes = desk.take_all(*sorted(folder.iterdir()))
    assert {o.verdict for o in outcomes} == {"accepted"}
    assert {o.feed for o in outcomes} >= FEEDS
    assert sum(o.quarantined_rows for o in outcomes) == 0
    assert {f.verdict for o in outcomes for f in o.findings} <= {"fix"}


def test_every_bad_file_meets_its_expectation(
    tmp_path: Path,
    borough: Borough,
    registry: ContractRegistry,
    desk_at: Callable[[Path, ContractRegistry], Desk],
) -> None:
    bad_files = faults(tmp_path / "faults", borough, seed=2021)
    assert {fault.code for fault in bad_files} == {f"B{n}" for n in range(51, 61)}
    for number, fault in enumerate(bad_files):
        root = tmp_path / str(number)
        root.mkdir()
        outcome = desk_at(root, registry).take(tmp_path / "faults" / fault.file)
        met = {
            "rejected": outcome.verdict == "rejected",
            "quarantined": outcome.quarantined_rows == fault.rows,
            "fixed": fault.rows
            in {f.rows for f in outcome.findings if f.verdict == "fix" and fault.code in f.code},
            "accepted": outcome.quarantined_rows == 0 and outcome.accepted_rows == fault.rows,
            "warned": outcome.accepted_rows == fault.rows
            and any(f.verdict == "warn" and fault.code in f.code for f in outcome.findings),
        }
        assert met[fault.expectation], (fault, outcome)
        assert fault.expectation == "rejected" or outcome.verdict == "accepted", (fault, outcome)
