"""Disclosure control and the gate that attacks it, on both engines, over two publications."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from csp.disclosure.counts import CellKey, Counts, rounded
from csp.quality.judge import Judgement, judge
from csp.quality.publication_suite import publication_suite
from csp.warehouse.disclosure import (
    DECISION_COLUMNS,
    DECISION_TABLE,
    KEY_COLUMNS,
    REGISTER_COLUMNS,
    REGISTER_TABLE,
    attack_publication,
    control_disclosure,
)
from csp.warehouse.engine import PublicationNote, Warehouse
from csp.warehouse.platform import Platform
from tests.people_tables import BOROUGH, Cells, added_up, random_shares, random_sums, ward

from .conftest import ENGINES

CELL_COLUMNS = KEY_COLUMNS | {
    "area_kind": "text",
    "numerator": "double precision",
    "denominator": "double precision",
    "method": "text",
    "disclosure_class": "text",
    "definition_version": "text",
}
CATALOGUE_COLUMNS = {
    "kpi_id": "text",
    "breakdown": "text",
    "aggregation": "text",
    "adds_up": "boolean",
}
MART_COLUMNS = KEY_COLUMNS | {
    "numerator": "double precision",
    "denominator": "double precision",
    "status": "text",
    "definition_version": "text",
    "publication_id": "integer",
}


@pytest.fixture(params=ENGINES)
def warehouse(
    request: pytest.FixtureRequest, empty_platform: Callable[[str], Platform]
) -> Warehouse:
    """An empty warehouse."""
    platform = empty_platform(request.param)
    platform.home.candidate_file.parent.mkdir(parents=True, exist_ok=True)
    return platform.warehouse


def count(warehouse: Warehouse, cells: Cells) -> None:
    """Have these exact cells, as the models before disclosure control leave them."""
    kind = {True: "borough", False: "ward"}
    rows = [
        (
            *key,
            kind[key.area_code == BOROUGH],
            counts.numerator,
            counts.denominator,
            "count" if counts.denominator is None else "share",
            "person",
            "1.0",
        )
        for key, counts in cells.items()
    ]
    warehouse.write_table("restricted.kpi_cell", CELL_COLUMNS, rows)
    names = sorted({key[:2] for key in cells})
    catalogue = [(*name, "sum", False) for name in names]
    warehouse.write_table("reference.kpi_catalogue", CATALOGUE_COLUMNS, catalogue)


def decided(warehouse: Warehouse) -> dict[CellKey, tuple]:
    """What control has decided."""
    columns = ", ".join(DECISION_COLUMNS)
    rows = warehouse.candidate_query(f"select {columns} from {DECISION_TABLE}").rows
    return {CellKey(*row[:6]): row[6:] for row in rows}


def show(warehouse: Warehouse, number: int, shown: dict[CellKey, Counts | None]) -> None:
    """Have a mart that shows these counts; none for a hidden cell."""
    rows = [
        (*key, None, None, "suppressed", "1.0", number)
        if counts is None
        else (*key, counts.numerator, counts.denominator, "reported", "1.0", number)
        for key, counts in shown.items()
    ]
    warehouse.write_table("kpi.kpi_observation", MART_COLUMNS, rows)


def as_decided(warehouse: Warehouse) -> dict[CellKey, Counts | None]:
    """Counts as control decided."""
    return {
        key: None if is_hidden else Counts(numerator, denominator)
        for key, (numerator, denominator, is_hidden, *_) in decided(warehouse).items()
    }


def with_small_hidden(cells: Cells) -> dict[CellKey, Counts | None]:
    """Counts as they are when only small ones are hidden."""
    return {
        key: None if 0 < counts.numerator < 5 else Counts(rounded(counts.numerator))
        for key, counts in cells.items()
    }


def gate(warehouse: Warehouse, number: int) -> Judgement:
    """Attack, and ask the gate."""
    attack_publication(warehouse, number)
    check = next(check for check in publication_suite(number) if check.id == "PUB-ATTACK")
    (judgement,) = judge(warehouse.judge_url(), [check])
    assert "could not be judged" not in judgement.observed
    return judgement


def found(warehouse: Warehouse) -> list[tuple]:
    """What the attack wrote."""
    return warehouse.candidate_query("select * from restricted.disclosure_finding").rows


def publish(warehouse: Warehouse, number: int) -> None:
    """Publish the candidate."""
    warehouse.publish(PublicationNote(number, datetime(2021, 11, 5), "code"))


@pytest.mark.parametrize("cells", [random_sums(2), random_shares(8)], ids=["counts", "shares"])
def test_controlled_cells_pass_the_gate(warehouse: Warehouse, cells: Cells) -> None:
    count(warehouse, cells)
    control_disclosure(warehouse, 1)
    assert set(decided(warehouse)) == set(cells)
    show(warehouse, 1, as_decided(warehouse))
    assert gate(warehouse, 1).passed
    assert found(warehouse) == []


def test_uncontrolled_cells_are_held_and_no_value_is_told(warehouse: Warehouse) -> None:
    cells = random_sums(2)
    count(warehouse, cells)
    control_disclosure(warehouse, 1)
    show(warehouse, 1, with_small_hidden(cells))
    assert not gate(warehouse, 1).passed
    ((kpi, kind, number),) = found(warehouse)
    assert (kpi, kind) == ("K001", "recoverable")
    assert number > 0


def test_a_second_publication_is_judged_together_with_the_first(warehouse: Warehouse) -> None:
    counts = dict(zip(map(ward, range(4)), (3, 7, 30, 0), strict=True))
    cells = added_up({("all", place, 0): n for place, n in counts.items()}, 1, kinds=["month"])
    count(warehouse, cells)
    control_disclosure(warehouse, 1)
    first = as_decided(warehouse)
    show(warehouse, 1, first)
    assert gate(warehouse, 1).passed
    publish(warehouse, 1)

    control_disclosure(warehouse, 2)
    assert as_decided(warehouse) == first
    show(warehouse, 2, first)
    assert gate(warehouse, 2).passed

    second = next(key for key, shown in first.items() if shown is None and cells[key] == Counts(7))
    show(warehouse, 2, first | {second: Counts(5.0)})
    assert not gate(warehouse, 2).passed


@pytest.mark.parametrize("is_register_lost", [False, True])
def test_a_small_revision_is_not_seen(warehouse: Warehouse, is_register_lost: bool) -> None:
    month = random_sums(3, wards=3, months=1, mean=20, kinds=["month"])
    place = next(key for key in month if key.area_code == ward(0))
    borough = place._replace(area_code=BOROUGH)
    month[place], month[borough] = Counts(12.0), Counts(102.0)
    count(warehouse, month)
    control_disclosure(warehouse, 1)
    first = as_decided(warehouse)
    show(warehouse, 1, first)
    publish(warehouse, 1)
    if is_register_lost:
        warehouse.write_table(REGISTER_TABLE, REGISTER_COLUMNS, [])
    count(warehouse, month | {place: Counts(13.0), borough: Counts(103.0)})
    control_disclosure(warehouse, 2)
    assert as_decided(warehouse) == first
    assert decided(warehouse)[place][3:5] == (True, True)
    show(warehouse, 2, first)
    assert gate(warehouse, 2).passed


def test_a_refresh_that_was_held_does_not_replace_what_was_published(
    warehouse: Warehouse,
) -> None:
    cells = added_up({("all", ward(0), 0): 22}, 1, kinds=["month"])
    count(warehouse, cells)
    control_disclosure(warehouse, 1)
    show(warehouse, 1, as_decided(warehouse))
    publish(warehouse, 1)
    for late in (25.0, 26.0):  # the first of the two is held and never seen
        count(warehouse, dict.fromkeys(cells, Counts(late)))
        control_disclosure(warehouse, 2)
    assert set(as_decided(warehouse).values()) == {Counts(20.0)}


def test_without_cells_there_is_nothing_to_find(warehouse: Warehouse) -> None:
    count(warehouse, {})
    control_disclosure(warehouse, 1)
    attack_publication(warehouse, 1)
    assert decided(warehouse) == {}
    assert found(warehouse) == []
