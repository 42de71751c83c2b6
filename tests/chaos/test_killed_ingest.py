"""A killed ingest: the next one makes of the same files what an undisturbed one does."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from csp.contracts import ContractRegistry
from csp.contracts.samples import sample_file
from csp.storage.home import Home
from tests.recorded import kept, recorded

from .driver import Place, run_and_end

if TYPE_CHECKING:
    from tests.conftest import Desk

INGEST = "csp.ingest"
STREET, PEOPLE = "police_street_crime", "treatment_ndtms_episode"
#: Each at the second of three files, so that one is recorded already and one not yet looked at.
PLACES = (
    Place(f"{INGEST}.landing:receive", "before", 2),
    Place(f"{INGEST}.landing:receive", "after", 2),
    Place(f"{INGEST}.rows:RowIngest.take", "before", 2),
    Place(f"{INGEST}.evaluation:Evaluation.write_accepted", "after", 2),
    Place(f"{INGEST}.rows:RowIngest.take", "after", 2),
    Place(f"{INGEST}.landing:ready_to_keep", "after", 2),
    Place(f"{INGEST}.placing:put_into_place", "before", 2),
    Place("pathlib:Path.rename", "after", 2),
    Place(f"{INGEST}.placing:put_into_place", "after", 2),
    Place(f"{INGEST}.placing:put_into_landing", "after", 2),
    Place(f"{INGEST}.recording:record", "before", 2),
    Place(f"{INGEST}.feedback:write_feedback", "before", 2),
    Place(f"{INGEST}.feedback:write_feedback", "after", 2),
    Place(f"{INGEST}.recording:Try.ended", "after", 2),
    Place(f"{INGEST}.deliveries:Ingest._ingest", "after", 2),
    Place(f"{INGEST}.deliveries:Ingest._ingest", "before", 2, "SIGTERM"),
)


@pytest.fixture
def files(tmp_path: Path, registry: ContractRegistry) -> Path:
    """Three files: rows held back, persons' rows that are sealed, and one that is rejected."""
    folder = tmp_path / "files"
    folder.mkdir()
    held = [{}] * 9 + [{"Crime type": "Cyber crime"}]
    for name, feed, rows in (
        ("2021-05-metropolitan-street.csv", STREET, [{"Month": "2021-05"}] * 3),
        ("2021-06-metropolitan-street.csv", STREET, held),
        ("ndtms_episode_2021Q2.csv", PEOPLE, [{}] * 3),
    ):
        content = sample_file(registry.get(feed), rows)
        (folder / name).write_text(content, encoding="utf-8")
    (folder / "2021-07-metropolitan-street.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    return folder


def names_below(home: Home) -> set[str]:
    """All files below the data root that are not the ledger's or a log's."""
    names = {str(path.relative_to(home.root)) for path in home.root.rglob("*") if path.is_file()}
    return {name for name in names if "/" in name and not name.startswith("logs/")}


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_killed_at_a_named_place(
    place: Place,
    files: Path,
    tmp_path: Path,
    desk_at: Callable[[Path, ContractRegistry], Desk],
    registry: ContractRegistry,
) -> None:
    for name in ("disturbed", "not"):
        (tmp_path / name).mkdir()
    desk, undisturbed = (desk_at(tmp_path / name, registry) for name in ("disturbed", "not"))
    undisturbed.take_all(files)
    environment = {
        "CSP_HOME": str(desk.home.root),
        "CSP_LEDGER": str(desk.ledger.engine.url),
    }
    ended = run_and_end(place, ["ingest", str(files), "--json"], environment)
    said = signal.Signals[place.signal]
    assert ended.returncode in (-said, 128 + said), ended.stderr
    for report in desk.home.root.glob("feedback/*/*.json"):
        json.loads(report.read_text(encoding="utf-8"))
    desk.take_all(files)
    assert recorded(desk.ledger) == recorded(undisturbed.ledger)
    assert kept(desk.home) == kept(undisturbed.home)
    assert names_below(desk.home) == names_below(undisturbed.home)
    assert not list(desk.home.scratch.iterdir())
