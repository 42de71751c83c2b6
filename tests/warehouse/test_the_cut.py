"""What a refresh reads, notes and records is of one moment; what comes later is the next one's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from csp.errors import GateHeldError
from csp.ledger.tables import CutDelivery, Publication, PublicationInput
from csp.warehouse import status
from csp.warehouse.cut_gate import NOTHING_LEFT_OUT
from csp.warehouse.platform import Platform
from csp.warehouse.refresh import RefreshRun, refresh
from csp.warehouse.status import platform_status

from .conftest import ENGINES, Year, take


@pytest.fixture(scope="module", params=ENGINES)
def published(
    request: pytest.FixtureRequest,
    published_year: Callable[[str, Path], Platform],
    tmp_path_factory: pytest.TempPathFactory,
) -> Platform:
    """The synthetic year, published once on each engine."""
    return published_year(request.param, tmp_path_factory.mktemp("cut"))


def inputs(platform: Platform, number: int) -> set[str]:
    """The deliveries of a publication."""
    query = select(PublicationInput.delivery_id).where(PublicationInput.publication_id == number)
    with platform.ledger.session() as session:
        return set(session.scalars(query))


def fires(platform: Platform) -> int:
    """Fires of the year, as published."""
    ((count,),) = platform.warehouse.query("select count(*) from fct_fire_incident").rows
    return int(count)


def test_a_file_accepted_while_a_refresh_runs_is_published_by_the_next(
    year: Year, published: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, number = fires(published), platform_status(published)["publication"]["publication_id"]
    late: list[str] = []
    build_core = RefreshRun.build_core

    def with_a_late_file(run: RefreshRun) -> None:
        if not late:
            (outcome,) = take(published, year.last_fires_less(1, tmp_path))
            late.append(outcome.delivery_id)
            # It is told as on its way: the refresh that will read it follows this one.
            assert platform_status(published)["unpublished"]["left_out"] == []
        build_core(run)

    monkeypatch.setattr(RefreshRun, "build_core", with_a_late_file)
    assert refresh(published) == number + 2
    assert late[0] not in inputs(published, number + 1)
    assert late[0] in inputs(published, number + 2)
    assert fires(published) == before - 1
    with published.ledger.session() as session:
        digests = {session.get_one(Publication, n).inputs_digest for n in (number + 1, number + 2)}
    assert len(digests) == 2
    assert platform_status(published)["unpublished"] == {"waiting": [], "left_out": []}


def test_what_was_accepted_and_is_in_no_publication_is_an_alarm(
    year: Year, published: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (outcome,) = take(published, year.last_fires_less(2, tmp_path))
    unpublished = platform_status(published)["unpublished"]
    assert [outcome.delivery_id in named for named in unpublished["waiting"]] == [True]
    assert unpublished["left_out"] == []
    monkeypatch.setattr(status, "REFRESHED_WITHIN", -status.REFRESHED_WITHIN)
    unpublished = platform_status(published)["unpublished"]
    assert unpublished["waiting"] == []
    assert [outcome.delivery_id in named for named in unpublished["left_out"]] == [True]


def test_a_candidate_without_an_accepted_delivery_is_stopped(published: Platform) -> None:
    run = RefreshRun.begin(published)
    with published.ledger.writing() as session:
        lost = session.scalars(
            select(CutDelivery).where(CutDelivery.feed == "fire_lfb_incident").limit(1)
        ).one()
        session.execute(delete(CutDelivery).where(CutDelivery.delivery_id == lost.delivery_id))
    run.load_lake()
    with pytest.raises(GateHeldError) as raised:
        run.audit_publication()
    assert any(
        NOTHING_LEFT_OUT in reason and lost.delivery_id in reason for reason in raised.value.reasons
    )
    run.hold(raised.value.reasons)
