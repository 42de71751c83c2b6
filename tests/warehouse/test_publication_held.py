"""A bad delivery or a bad mart holds the publication; the last one stays readable, and says why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import psycopg2
import pytest

from csp.errors import GateHeldError
from csp.ledger.decisions import decide
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
    [
        ("B03", "D03 A required column is missing"),
        ("B04", "D02 The file is no CSV"),
        ("B06", "P1-G-VOLUME-LOW"),
    ],
)
def test_a_bad_delivery_holds_the_publication_until_a_person_discards_it(
    code: str, word: str, year: Year, published: Platform, held: Callable[[str], list[str]]
) -> None:
    path = year.fault(code)
    (outcome,) = take(published, path)
    reasons = held(word)
    assert any(path.name in reason for reason in reasons)
    decide(published.ledger, outcome.delivery_id, "discard", "a test delivery")
    before = published.warehouse.newest_publication_id()
    assert refresh(published) == before + 1
    assert not platform_status(published)["publication"]["is_stale"]
    assert stale_beside_the_marts(published)[0] is False


def test_a_corrected_file_of_the_same_name_releases_the_publication(
    year: Year, published: Platform, held: Callable[[str], list[str]], tmp_path: Path
) -> None:
    import zipfile  # noqa: PLC0415

    with zipfile.ZipFile(year.police[-1]) as archive:
        name = next(n for n in archive.namelist() if "2021-09-metropolitan" in n)
        good = archive.read(name)
    path = tmp_path / Path(name).name
    path.write_text("<!DOCTYPE html><html>Service unavailable</html>\n" + code_of(published))
    take(published, path)
    held("D02")
    corrected = good.splitlines(keepends=True)
    path.write_bytes(b"".join(corrected[:-1]))
    take(published, path)
    refresh(published)
    assert not platform_status(published)["publication"]["is_stale"]


def code_of(platform: Platform) -> str:
    """Something that makes a file differ between the two engines' data roots."""
    return platform.warehouse.name


def test_rows_lost_from_the_lake_are_stopped_by_the_warehouse_gate(
    published: Platform, held: Callable[[str], list[str]]
) -> None:
    with published.ledger.session() as session:
        from sqlalchemy import update  # noqa: PLC0415

        from csp.ledger.tables import DeliveryCell  # noqa: PLC0415

        session.execute(update(DeliveryCell).values(row_count=DeliveryCell.row_count + 1))
    held("WH-LAKE-police_street_crime")
    with published.ledger.session() as session:
        session.execute(update(DeliveryCell).values(row_count=DeliveryCell.row_count - 1))


def test_a_spoilt_mart_is_stopped_by_the_publication_audit(
    published: Platform, held: Callable[[str], list[str]]
) -> None:
    run = RefreshRun.begin(published)
    run.admit_deliveries()
    run.load_lake()
    run.build_core()
    run.gate_core()
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


def test_a_month_admitted_by_a_person_counts_as_not_reported(
    year: Year, published_year: Callable[[str, Path], Platform], tmp_path: Path
) -> None:
    platform = published_year("duckdb", tmp_path)
    (outcome,) = take(platform, year.fault("B06"))
    with pytest.raises(GateHeldError):
        refresh(platform)
    decide(platform.ledger, outcome.delivery_id, "admit", "the force moved to a new system")
    refresh(platform)
    rows = platform.warehouse.query(
        "select status, value from kpi_observation where kpi_id = 'S01' and "
        "area_kind = 'borough' and period_kind = 'month' and period_start = date '2021-10-01'"
    ).rows
    assert rows == [("not_reported", None)]
