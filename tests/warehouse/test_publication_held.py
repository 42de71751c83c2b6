"""A bad delivery or a bad mart holds the publication; the last one stays readable, and says why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import psycopg2
import pytest

from csp.errors import GateHeldError
from csp.ledger.decisions import ADMIT, DISCARD, decide
from csp.warehouse.engine import current_number
from csp.warehouse.platform import Platform
from csp.warehouse.postgres_engine import PostgresWarehouse
from csp.warehouse.refresh import RefreshRun, refresh
from csp.warehouse.status import platform_status

from .conftest import Year, take

COUNT = "select count(*) as rows, sum(numerator) as events from kpi_observation"


@pytest.fixture(scope="module", params=["duckdb", "postgresql"])
def published(
    request: pytest.FixtureRequest,
    published_year: Callable[[str, Path], Platform],
    tmp_path_factory: pytest.TempPathFactory,
) -> Platform:
    """The synthetic year, published once on each engine."""
    return published_year(request.param, tmp_path_factory.mktemp("held"))


@pytest.fixture
def held(published: Platform) -> Iterator[Callable[[str], list[str]]]:
    """Refresh, and expect it to be held with a reason in which a word stands."""
    before = published.warehouse.query(COUNT).rows
    number = platform_status(published)["publication"]["publication_id"]

    def expect(word: str) -> list[str]:
        with pytest.raises(GateHeldError) as raised:
            refresh(published)
        check_still_standing(published, word, raised.value.reasons)
        return raised.value.reasons

    def check_still_standing(platform: Platform, word: str, reasons: list[str]) -> None:
        assert any(word in reason for reason in reasons), reasons
        assert platform.warehouse.query(COUNT).rows == before
        publication = platform_status(platform)["publication"]
        assert publication["publication_id"] == number
        assert publication["is_stale"]
        assert publication["reasons"] == reasons
        assert stale_beside_the_marts(platform) == (True, reasons)

    expect.check = check_still_standing
    yield expect


def stale_beside_the_marts(platform: Platform) -> tuple[bool, list[str]]:
    """What a reader without the ledger finds beside the marts."""
    if isinstance(platform.warehouse, PostgresWarehouse):
        ((is_stale, reasons),) = platform.warehouse.query(
            "select is_stale, reasons from publication_state"
        ).rows
        return is_stale, reasons.split("\n")
    state = json.loads((platform.home.published / "state.json").read_text(encoding="utf-8"))
    return state["is_stale"], state["reasons"]


@pytest.mark.parametrize(
    ("code", "word"),
    [("B03", "D03 A required column is missing"), ("B04", "D02 The file is no CSV")],
)
def test_a_rejected_delivery_holds_the_publication_until_a_person_discards_it(
    code: str, word: str, year: Year, published: Platform, held: Callable[[str], list[str]]
) -> None:
    path = year.fault(code)
    (outcome,) = take(published, path)
    reasons = held(word)
    assert any(path.name in reason for reason in reasons)
    decide(published.ledger, outcome.delivery_id, DISCARD, "a test delivery")
    run = RefreshRun.begin(published)
    run.admit_deliveries()
    run.close_unneeded()


def test_a_held_delivery_and_a_rejected_one_hold_until_admitted_and_corrected(
    year: Year, published: Platform, held: Callable[[str], list[str]], tmp_path: Path
) -> None:
    few = year.fault("B06")
    (outcome,) = take(published, few)
    assert any(few.name in reason for reason in held("P1-G-VOLUME-LOW"))
    path = year.last_crimes_less(1, tmp_path)
    corrected = path.read_bytes()
    path.write_text("<!DOCTYPE html><html>Service unavailable</html>\n", encoding="utf-8")
    take(published, path)
    assert any(path.name in reason for reason in held("D02"))
    path.write_bytes(corrected)
    take(published, path)
    assert not any(path.name in reason for reason in held("P1-G-VOLUME-LOW"))
    decide(published.ledger, outcome.delivery_id, ADMIT, "the force moved to a new system")
    before = current_number(published.warehouse)
    assert refresh(published) == before + 1
    assert not platform_status(published)["publication"]["is_stale"]
    assert stale_beside_the_marts(published)[0] is False
    # An admitted month is read, and counts as not reported.
    rows = published.warehouse.query(
        "select status, value from kpi_observation where kpi_id = 'S01' and "
        "area_kind = 'borough' and period_kind = 'month' and period_start = date '2021-10-01'"
    ).rows
    assert rows == [("not_reported", None)]


def test_rows_lost_from_the_lake_are_stopped_by_the_warehouse_gate(
    published: Platform, held: Callable[[str], list[str]]
) -> None:
    with published.ledger.writing() as session:
        from sqlalchemy import update  # noqa: PLC0415

        from csp.ledger.tables import DeliveryPeriod  # noqa: PLC0415

        session.execute(update(DeliveryPeriod).values(row_count=DeliveryPeriod.row_count + 1))
    held("WH-LAKE-police_street_crime")
    with published.ledger.writing() as session:
        session.execute(update(DeliveryPeriod).values(row_count=DeliveryPeriod.row_count - 1))


def test_a_spoilt_mart_is_stopped_by_the_publication_audit(
    published: Platform, held: Callable[[str], list[str]]
) -> None:
    run = RefreshRun.begin(published)
    # The test before this one was held before its KPIs were built.
    run.load_lake()
    run.build_core()
    run.build_kpi()
    spoil_candidate(
        published, "update kpi.kpi_observation set denominator = 0 where kpi_id = 'S01'"
    )
    with pytest.raises(GateHeldError) as raised:
        run.audit_publication()
    run.hold(raised.value.reasons)
    held.check(published, "PUB-DENOMINATOR", raised.value.reasons)


def spoil_candidate(platform: Platform, statement: str) -> None:
    """Change the candidate behind the platform's back."""
    if isinstance(platform.warehouse, PostgresWarehouse):
        with psycopg2.connect(**platform.warehouse._parameters()) as connection:
            connection.cursor().execute(statement)
        connection.close()
        return
    with duckdb.connect(str(platform.home.candidate_file)) as connection:
        connection.execute(statement)
