"""Two publications of the same cells: what the later one adds gives nothing away."""

from __future__ import annotations

import random

import pytest
from tests.people_tables import (
    BOROUGH,
    Cells,
    added_up,
    key_of,
    known,
    published,
    published_without_control,
    random_shares,
    random_sums,
    shapes_of,
    some,
    ward,
)

from csp.disclosure.attack import Finding, PublishedCell, attack
from csp.disclosure.control import control
from csp.disclosure.counts import CellKey, Counts, rounded
from csp.disclosure.decision import Decision, Earlier

CELL = key_of("month", 0, 0, BOROUGH)


def as_earlier(cells: Cells, decisions: dict[CellKey, Decision]) -> dict[CellKey, Earlier]:
    """A publication as the register keeps it."""
    return {
        key: Earlier(made.shown, made.is_suppressed, cells[key], made.rounded_from)
        for key, made in decisions.items()
    }


def publish(cells: Cells, earlier: dict[CellKey, Earlier] | None = None) -> dict:
    """Control, with or without the publication before."""
    return control(cells, shapes_of(cells), BOROUGH, earlier)


def attack_both(
    first: Cells, rows_first: dict[CellKey, PublishedCell], second: Cells, rows_second: dict
) -> list[Finding]:
    """What both publications give away."""
    return attack(rows_second, known(second), BOROUGH, rows_first, known(first))


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([22, 23, 24, 26], [20, 20, 20, 20]),  # one by one over two borders: nothing is seen
        ([22, 27], [20, 25]),
        ([22, 26, 27], [20, 20, 25]),
        ([6, 4], [5, 5]),
        ([12, 4], [10, None]),
        ([3, 6], [None, None]),
        ([3, 8], [None, 10]),
        ([0, 2], [0, None]),
        ([0, 6], [0, 5]),
        ([4, 0], [None, 0]),
    ],
)
def test_a_count_that_moves_by_less_than_five_keeps_what_was_shown(
    counts: list[int], shown: list[float | None]
) -> None:
    earlier, seen = None, []
    for count in counts:
        cells = {CELL: Counts(count)}
        decisions = publish(cells, earlier)
        seen.append(decisions[CELL].shown.numerator)
        earlier = as_earlier(cells, decisions)
    assert seen == shown


def test_a_kept_count_says_that_it_may_lie_further_off() -> None:
    first = {CELL: Counts(22)}
    second = {CELL: Counts(26)}
    made = publish(second, as_earlier(first, publish(first)))[CELL]
    assert (made.is_kept_apart, made.is_revised) == (True, True)
    assert not publish(first, as_earlier(first, publish(first)))[CELL].is_revised


def month_of(key: CellKey) -> int:
    """A month counted from the first one."""
    return (key.period_start.year - 2020) * 12 + key.period_start.month - 4


def a_month_later(cells: Cells, seed: int, *, months: int, changed: int = 0, mean: float) -> Cells:
    """The same wards with one month more, and late records in earlier months."""
    draw = random.Random(seed)  # noqa: S311 - made-up counts
    base = {
        (
            "all",
            key.area_code,
            (key.period_start.year - 2020) * 12 + key.period_start.month - 4,
        ): int(counts.numerator)
        for key, counts in cells.items()
        if key.period_kind == "month" and key.area_code != BOROUGH
    }
    places = sorted({place for _, place, _ in base})
    base |= {("all", place, months): some(draw, mean) for place in places}
    for _ in range(changed):
        base["all", draw.choice(places), draw.randrange(months)] += draw.choice([1, 1, 2, 7])
    return added_up(base, months + 1)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("changed", [0, 3])
def test_a_later_publication_withstands_the_attack_together_with_the_one_before(
    seed: int, changed: int
) -> None:
    mean = [0.5, 2, 4][seed % 3]
    first = random_sums(seed, wards=4, months=13, mean=mean)
    decisions = publish(first)
    earlier = as_earlier(first, decisions)
    second = a_month_later(first, seed, months=13, changed=changed, mean=mean)
    later = publish(second, earlier)
    rows_first, rows_second = published(first, decisions), published(second, later)
    assert attack_both(first, rows_first, second, rows_second) == []
    for key in first:
        if second[key] == first[key]:
            assert (later[key].shown, later[key].is_suppressed) == (
                decisions[key].shown,
                decisions[key].is_suppressed,
            )


def test_shares_of_two_publications_withstand_the_attack() -> None:
    first = random_shares(3, wards=3, months=12)
    draw = random.Random(3)  # noqa: S311 - made-up counts
    base: dict[str, dict] = {"numerator": {}, "denominator": {}}
    for key, counts in first.items():
        if key.period_kind == "month" and key.area_code != BOROUGH:
            month = month_of(key)
            late = draw.choice([0, 0, 0, 1, 6])
            base["numerator"]["all", key.area_code, month] = int(counts.numerator) + late
            base["denominator"]["all", key.area_code, month] = int(counts.denominator) + late
    numerators, denominators = (added_up(part, 12) for part in base.values())
    second = {k: Counts(n.numerator, denominators[k].numerator) for k, n in numerators.items()}
    decisions = publish(first)
    later = publish(second, as_earlier(first, decisions))
    rows = published(first, decisions), published(second, later)
    assert attack_both(first, rows[0], second, rows[1]) == []


def test_a_second_publication_that_forgets_the_first_is_found_out() -> None:
    # Two wards are hidden together; later the other ward's count is shown after all.
    counts = {ward(0): 3, ward(1): 7, ward(2): 30}
    cells = added_up({("all", place, 0): n for place, n in counts.items()}, 1, kinds=["month"])
    rows = published(cells, publish(cells))
    hidden = {key.area_code for key, row in rows.items() if row.is_suppressed}
    assert hidden == {ward(0), ward(1)}
    assert attack(rows, known(cells), BOROUGH) == []
    shown_after_all = {
        key: row
        if key.area_code != ward(1)
        else PublishedCell(Counts(rounded(7)), is_suppressed=False)
        for key, row in rows.items()
    }
    assert attack(shown_after_all, known(cells), BOROUGH, rows) != []


def test_a_leak_of_the_publication_before_is_not_blamed_on_this_one() -> None:
    first = random_sums(2, wards=3)
    open_rows = published_without_control(first)
    earlier = {
        key: Earlier(row.shown, row.is_suppressed, first[key], first[key])
        for key, row in open_rows.items()
    }
    later = publish(first, earlier)
    assert attack_both(first, open_rows, first, published(first, later)) == []


def test_a_kpi_stands_still_when_nothing_safe_can_be_added() -> None:
    # Those in no ward are all placed at once: what the borough kept gives the wards away.
    first = random_sums(103, wards=4, months=13, mean=0.5, unplaced=1)
    decisions = publish(first)
    second = a_month_later(first, 103, months=13, changed=2, mean=0.5)
    later = publish(second, as_earlier(first, decisions))
    assert all(made.stands_still for made in later.values())
    assert {k: (d.shown, d.is_suppressed) for k, d in later.items()} == {
        k: (d.shown, d.is_suppressed) for k, d in decisions.items()
    }
    went_by = {key: made.exact for key, made in later.items()}
    assert attack_both(first, published(first, decisions), went_by, published(went_by, later)) == []
