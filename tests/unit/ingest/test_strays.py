"""A file of one feed in the inbox of another: rejected with its true feed, or moved there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from csp.contracts import ContractRegistry
from csp.ingest import IngestOutcome, ingest_files
from csp.ledger.decisions import decide
from csp.ledger.open_deliveries import open_deliveries
from csp.ledger.tables import Delivery, Step
from csp.project import CONTRACTS

if TYPE_CHECKING:
    from tests.conftest import Desk

MakeFile = Callable[..., str]
OWN, OTHER = "fire_lfb_incident", "police_street_crime"
NAME = "2021-06-metropolitan-street.csv"


@pytest.fixture
def moving(desk: Desk, tmp_path: Path) -> Desk:
    """A desk at which the fire brigade's contract lets strays be moved, and another is broken."""
    folder = tmp_path / "contracts"
    for partner in ("fire", "police"):
        shutil.copytree(CONTRACTS / partner, folder / partner)
    path = folder / "fire" / "lfb_incident.yml"
    text = path.read_text(encoding="utf-8")
    said = "  - property: grain\n"
    assert text.count(said) == 1
    path.write_text(
        text.replace(said, "  - {property: strayFiles, value: move}\n" + said), encoding="utf-8"
    )
    (folder / "fire" / "lfb_mobilisation.yml").write_text("broken: [", encoding="utf-8")
    return replace(desk, registry=ContractRegistry(folder).only(OWN))


def left_in_inbox(desk: Desk, feed: str, name: str, content: str) -> Path:
    path = desk.home.inbox(feed) / name
    path.write_text(content, encoding="utf-8")
    return path


def sweep(desk: Desk, path: Path, feed: str) -> IngestOutcome:
    """What the DAG of a feed does with a file; it reads that feed's contract only."""
    registry = desk.registry.only(feed)
    (outcome,) = ingest_files([path], desk.home, desk.ledger, registry, feed=feed)
    return outcome


@pytest.mark.parametrize("name", [NAME, "export.csv"], ids=["by its name", "by its header"])
def test_a_stray_is_rejected_with_the_feed_that_it_is_of(
    name: str, desk: Desk, make_file: MakeFile
) -> None:
    outcome = sweep(desk, left_in_inbox(desk, OWN, name, make_file(OTHER, [{}])), OWN)
    assert (outcome.verdict, outcome.findings[0].code) == ("rejected", "D17")
    assert f"this is a file of {OTHER}" in outcome.reason
    assert desk.delivery(outcome).feed == OWN


def test_a_stray_that_was_discarded_comes_in_by_its_own_inbox(
    desk: Desk, make_file: MakeFile
) -> None:
    stray = sweep(desk, left_in_inbox(desk, OWN, NAME, make_file(OTHER, [{}])), OWN)
    decide(desk.ledger, stray.delivery_id, "discard", "it is the police's")
    own = sweep(desk, left_in_inbox(desk, OTHER, NAME, make_file(OTHER, [{}])), OTHER)
    assert (own.verdict, own.feed) == ("accepted", OTHER)
    assert open_deliveries(desk.ledger) == []


def test_a_stray_is_put_right_by_coming_in_where_it_belongs(
    desk: Desk, make_file: MakeFile
) -> None:
    sweep(desk, left_in_inbox(desk, OWN, NAME, make_file(OTHER, [{}])), OWN)
    assert len(open_deliveries(desk.ledger)) == 1
    sweep(desk, left_in_inbox(desk, OTHER, NAME, make_file(OTHER, [{}])), OTHER)
    assert open_deliveries(desk.ledger) == []


def test_the_inbox_is_right_when_a_pattern_of_its_feed_fits(
    desk: Desk, make_file: MakeFile
) -> None:
    path = left_in_inbox(desk, OWN, "LFB Incident data 2021-06.csv", make_file(OTHER, [{}]))
    outcome = sweep(desk, path, OWN)
    assert (outcome.verdict, outcome.findings[0].code) == ("rejected", "D03")


def test_the_inbox_is_right_when_a_layout_of_its_feed_fits(desk: Desk, make_file: MakeFile) -> None:
    outcome = sweep(desk, left_in_inbox(desk, OWN, "export.csv", make_file(OWN, [{}])), OWN)
    assert (outcome.verdict, outcome.feed) == ("accepted", OWN)


def test_a_stray_is_moved_where_the_contract_says_so_though_another_is_broken(
    moving: Desk, make_file: MakeFile
) -> None:
    content = make_file(OTHER, [{}])
    path = left_in_inbox(moving, OWN, NAME, content)
    outcome = sweep(moving, path, OWN)
    place = moving.home.inbox(OTHER) / NAME
    assert (outcome.verdict, path.exists()) == ("moved", False)
    assert place.read_text(encoding="utf-8") == content
    assert [p for p in moving.home.inbox(OTHER).iterdir() if p != place] == []
    with moving.ledger.session() as session:
        assert session.scalars(select(Delivery)).all() == []
        (step,) = session.scalars(select(Step))
    assert (step.outcome, step.detail) == ("done", f"moved to inbox/{OTHER}/{NAME}")
    assert sweep(moving, place, OTHER).verdict == "accepted"


def test_a_file_that_waits_under_the_same_name_is_not_overwritten(
    moving: Desk, make_file: MakeFile
) -> None:
    waits = left_in_inbox(moving, OTHER, NAME, "another content\n")
    sweep(moving, left_in_inbox(moving, OWN, NAME, make_file(OTHER, [{}])), OWN)
    assert waits.read_text(encoding="utf-8") == "another content\n"
    moved = [p for p in moving.home.inbox(OTHER).rglob(NAME) if p != waits]
    assert [p.read_text(encoding="utf-8") for p in moved] == [make_file(OTHER, [{}])]
    again = left_in_inbox(moving, OWN, NAME, make_file(OTHER, [{}]))
    assert sweep(moving, again, OWN).verdict == "moved"
    assert len(list(moving.home.inbox(OTHER).rglob(NAME))) == 2, "the same bytes wait there once"


def test_a_stray_outside_an_inbox_is_rejected_whatever_the_contract_says(
    moving: Desk, make_file: MakeFile
) -> None:
    path = moving.folder / NAME
    path.write_text(make_file(OTHER, [{}]), encoding="utf-8")
    assert sweep(moving, path, OWN).findings[0].code == "D17"
    assert path.exists()


def test_a_stray_is_kept_as_the_stricter_of_both_contracts_says(
    desk: Desk, make_file: MakeFile
) -> None:
    people = "treatment_ndtms_episode"
    path = left_in_inbox(desk, OWN, "x.csv", make_file(people, [{}]))
    sealed = desk.delivery(sweep(desk, path, OWN))
    assert desk.home.landed(sealed.sha256, sealed=True).exists()
    assert not desk.home.landed(sealed.sha256).exists()
    path = left_in_inbox(desk, OWN, "y.csv", make_file("programme_feedback", [{}]))
    never = desk.delivery(sweep(desk, path, OWN))
    assert (never.reason or "").startswith("D17")
    assert never.sha256 not in {p.stem for p in desk.home.landing.rglob("*")}
