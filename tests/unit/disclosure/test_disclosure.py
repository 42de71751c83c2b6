"""Disclosure control: what is shown, what is hidden, and that the attack finds nothing."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.people_tables import (
    BOROUGH,
    Cells,
    added_up,
    attacked,
    key_of,
    known,
    published,
    published_without_control,
    random_people,
    random_shares,
    random_sums,
    shapes_of,
    ward,
    windows,
)

from csp.disclosure.attack import RECOVERABLE
from csp.disclosure.control import control
from csp.disclosure.counts import CellKey, Counts, KpiShape, learn, rounded

MONTHLY = ("month", "quarter", "financial_year")
SCENARIOS: dict[str, tuple[str, Callable[[], Cells]]] = {
    "few people in each ward": ("sum", lambda: random_sums(1, mean=0.4)),
    "some people in each ward": ("sum", lambda: random_sums(2, mean=3)),
    "many people in each ward": ("sum", lambda: random_sums(3, mean=12)),
    "some people in no ward": ("sum", lambda: random_sums(4, mean=2, unplaced=1.5)),
    "breakdowns": (
        "sum",
        lambda: random_sums(5, wards=3, mean=2, breakdowns=("a", "b", "c"), kinds=MONTHLY),
    ),
    "breakdowns of the borough": (
        "sum",
        lambda: random_sums(6, wards=1, mean=5, breakdowns=("a", "b", "c", "d")),
    ),
    "years without months": (
        "sum",
        lambda: random_sums(7, mean=1, months=26, kinds=("financial_year", "rolling_12_months")),
    ),
    "shares": ("sum", lambda: random_shares(8)),
    "shares of few": ("sum", lambda: random_shares(9, mean=4)),
    "people counted once": ("distinct", lambda: random_people(10)),
}


def test_vector_c7() -> None:
    wards = dict(zip(map(ward, range(4)), (3, 12, 0, 27), strict=True))
    cells = added_up({("all", code, 0): count for code, count in wards.items()}, 1, kinds=["month"])
    assert cells[key_of("month", 0, 0, BOROUGH)] == Counts(42)
    decisions = control(cells, [KpiShape("K001", "all", "sum")], BOROUGH)
    shown = {
        key.area_code: "*" if made.is_suppressed else made.shown.numerator
        for key, made in decisions.items()
    }
    assert shown == {ward(0): "*", ward(1): "*", ward(2): 0, ward(3): 25, BOROUGH: 40}


@pytest.mark.parametrize(
    ("count", "shown"), [(0, 0), (5, 5), (7, 5), (7.5, 10), (8, 10), (12, 10), (12.5, 15), (13, 15)]
)
def test_rounding_to_five_with_halves_up(count: float, shown: float) -> None:
    assert rounded(count) == shown


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 23])
def test_only_one_to_four_are_hidden_for_their_size(count: int) -> None:
    (made,) = control(
        {key_of("month", 0, 0, BOROUGH): Counts(count)}, [KpiShape("K001", "all", "sum")], BOROUGH
    ).values()
    assert made.is_suppressed == (0 < count < 5)
    assert made.shown == Counts(None if made.is_suppressed else rounded(count))


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        (0, 0, Counts(0, 0)),
        (0, 40, Counts(0, 40)),
        (12, 40, Counts(10, 40)),
        (39, 39, Counts(40, 40)),
        (20, 20, Counts(20, 20)),
        (3, 40, Counts(None, None)),
        (12, 19, Counts(None, None)),
        (0, 1, Counts(None, None)),
    ],
)
def test_a_share_is_shown_whole_or_hidden_whole(
    numerator: int, denominator: int, shown: Counts
) -> None:
    cells = {key_of("month", 0, 0, BOROUGH): Counts(numerator, denominator)}
    (made,) = control(cells, shapes_of(cells), BOROUGH).values()
    assert made.shown == shown
    assert made.is_suppressed == (shown.numerator is None)


def test_a_cell_hidden_for_its_size_and_one_hidden_for_another_look_the_same() -> None:
    cells = random_sums(2)
    decisions = control(cells, shapes_of(cells), BOROUGH)
    small = {key for key, counts in cells.items() if 0 < counts.numerator < 5}
    others = {key for key, made in decisions.items() if made.is_suppressed} - small
    assert small
    assert others
    rows = published(cells, decisions)
    assert len({(rows[key].shown, rows[key].is_suppressed) for key in small | others}) == 1


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_attack_finds_nothing_after_control_and_much_without(name: str) -> None:
    aggregation, make = SCENARIOS[name]
    cells = make()
    decisions = control(cells, shapes_of(cells, aggregation), BOROUGH)
    assert attacked(cells, published(cells, decisions), aggregation) == []
    hold_the_rules(cells, decisions)


def hold_the_rules(cells: Cells, decisions: dict) -> None:
    """What is true of every table."""
    for key, counts in cells.items():
        made = decisions[key]
        if counts.numerator == 0 and counts.denominator in (None, 0):
            assert made.shown.numerator == 0
        if 0 < counts.numerator < 5 or 0 < (counts.denominator or 0) < 20:
            assert made.is_suppressed
        if not made.is_suppressed:
            assert made.shown.numerator == rounded(counts.numerator)


LEAKY = ["few people in each ward", "some people in each ward", "breakdowns", "shares"]


@pytest.mark.parametrize("name", LEAKY)
def test_hiding_small_counts_alone_is_found_out(name: str) -> None:
    aggregation, make = SCENARIOS[name]
    cells = make()
    (finding,) = attacked(cells, published_without_control(cells), aggregation)
    assert finding.kind == RECOVERABLE
    assert finding.cells > 0


def test_the_planted_leak_is_found_when_more_is_not_hidden() -> None:
    # Nobody a year ago, two people now: two rolling years that look alike say "at most four".
    base = {("all", ward(0), month): 10 for month in range(14)}
    base |= {("all", ward(0), 1): 0, ("all", ward(0), 13): 2}
    cells = added_up(base, 14, kinds=["month", "rolling_12_months"])
    leak = key_of("month", 13, 13, ward(0))
    rows = published_without_control(cells)
    assert {key for key, row in rows.items() if row.is_suppressed} == {
        leak,
        leak._replace(area_code=BOROUGH),
    }
    assert [(f.kpi_id, f.kind) for f in attacked(cells, rows)] == [("K001", RECOVERABLE)]
    decisions = control(cells, shapes_of(cells), BOROUGH)
    assert attacked(cells, published(cells, decisions)) == []


def test_counts_that_are_not_hidden_survive_where_nothing_small_is_near() -> None:
    cells = random_sums(11, wards=6, mean=35, kinds=["month", "quarter"])
    small = {key for key, counts in cells.items() if 0 < counts.numerator < 5}
    if not small:
        decisions = control(cells, shapes_of(cells), BOROUGH)
        assert not any(made.is_suppressed for made in decisions.values())
    large = {key: Counts(counts.numerator + 5) for key, counts in cells.items()}
    shapes = [KpiShape("K001", "all", "distinct")]
    assert not any(made.is_suppressed for made in control(large, shapes, BOROUGH).values())


def test_one_count_shown_in_two_kpis_is_protected_in_both() -> None:
    cells = random_sums(12, wards=3, months=12, mean=3)
    months = {key: counts for key, counts in cells.items() if key.period_kind == "month"}
    both = cells | {key._replace(kpi_id="K002"): counts for key, counts in months.items()}
    assert known(both).same
    decisions = control(both, shapes_of(both), BOROUGH)
    assert attacked(both, published(both, decisions)) == []
    alone = control(cells, shapes_of(cells), BOROUGH) | {
        key._replace(kpi_id="K002"): made
        for key, made in control(months, shapes_of(months), BOROUGH).items()
    }
    assert attacked(both, published(both, alone)) != []


def test_decisions_do_not_depend_on_the_order_of_cells() -> None:
    cells = random_sums(2)
    shuffled = list(cells.items())
    random.Random(5).shuffle(shuffled)  # noqa: S311 - made-up counts
    first = control(cells, shapes_of(cells), BOROUGH)
    assert control(dict(shuffled), shapes_of(cells)[::-1], BOROUGH) == first


@st.composite
def tables(draw: st.DrawFn) -> Cells:
    """Small tables of wards, months and breakdowns, mostly of small counts."""
    months = draw(st.integers(1, 7))
    places = [ward(number) for number in range(draw(st.integers(1, 4)))]
    if draw(st.booleans()):
        places.append("unplaced")
    breakdowns = draw(st.sampled_from([["all"], ["a", "b"], ["a", "b", "c"]]))
    counts = st.one_of(st.just(0), st.integers(0, 6), st.integers(0, 60))
    names = [(b, place, month) for b in breakdowns for place in places for month in range(months)]
    values = draw(st.lists(counts, min_size=len(names), max_size=len(names)))
    kinds = draw(st.sampled_from([None, MONTHLY, ("month",), ("quarter", "rolling_12_months")]))
    return added_up(dict(zip(names, values, strict=True)), months, kinds=kinds)


@settings(max_examples=30)
@given(tables())
def test_random_tables_withstand_the_attack(cells: Cells) -> None:
    decisions = control(cells, shapes_of(cells), BOROUGH)
    hold_the_rules(cells, decisions)
    assert attacked(cells, published(cells, decisions)) == []
    for key, counts in cells.items():
        if counts.numerator == 0:
            assert decisions[key].shown == Counts(0)


def test_what_a_reader_may_know_is_learnt_of_the_cells() -> None:
    cells = random_sums(4, mean=2, unplaced=1.5)
    knowledge = known(cells)
    series = ("K001", "all", "numerator")
    assert series in knowledge.in_time
    assert series in knowledge.wards_within
    assert series not in knowledge.wards_add_up
    spoilt = cells | {key_of("quarter", 0, 2, BOROUGH): Counts(9999)}
    assert series not in learn(spoilt, shapes_of(spoilt), BOROUGH).in_time
    assert len(windows(12)) == len({CellKey("", "", *window, "") for window in windows(12)})
