"""Counts of people as they are handled by disclosure control: exact, shown, published, known.

A cell is one count of one KPI for one period and one area, with its denominator where that is a
count of people too. What a reader may know of how cells hang together is `Knowledge`; it says
nothing of their values.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from csp.disclosure.ranges import Relations, UnsolvableError

ROUNDED_TO = 5
LEAST_SHOWN = 5
LEAST_DENOMINATOR = 20
#: A hidden count whose feasible values span less than this is recoverable.
SAFE_WIDTH = 5
#: Two series with fewer different counts than this may agree by chance.
MOST_BY_CHANCE = 3
ALL = "all"
MONTH = "month"
NUMERATOR, DENOMINATOR = "numerator", "denominator"
PARTS = (NUMERATOR, DENOMINATOR)
SUM, DISTINCT, LATEST = "sum", "distinct", "latest"


class CellKey(NamedTuple):
    """What names a cell."""

    kpi_id: str
    breakdown: str
    period_kind: str
    period_start: date
    period_end: date
    area_code: str


#: One count of a cell: the cell and the part.
Number = tuple[CellKey, str]
#: A period of a cell: its kind, first and last day.
Period = tuple[str, date, date]
#: A period and an area.
Place = tuple[str, date, date, str]


class Series(NamedTuple):
    """One of the two counts of one breakdown of one KPI."""

    kpi_id: str
    breakdown: str
    part: str


@dataclass(frozen=True)
class Counts:
    """The two counts of a cell; the denominator only where it counts people."""

    numerator: float | None
    denominator: float | None = None

    def part(self, name: str) -> float | None:
        """One of them by name."""
        return self.numerator if name == NUMERATOR else self.denominator

    def known(self, name: str) -> float:
        """One of them by name, of a cell that has it.

        Raises:
            LookupError: It has none.
        """
        if (count := self.part(name)) is None:
            raise LookupError(f"the cell has no {name}")
        return count


@dataclass(frozen=True)
class KpiShape:
    """How the cells of one breakdown of a KPI come about.

    Attributes:
        aggregation: sum adds up over months and wards; distinct counts each subject once in a
            window; latest is the last month's.
        is_share: Whether the denominator counts people too. That of a rate is a public population.
        adds_up: Whether the breakdowns other than `all` are disjoint and add up to `all`.
    """

    kpi_id: str
    breakdown: str
    aggregation: str
    is_share: bool = False
    adds_up: bool = False


@dataclass(frozen=True)
class Knowledge:
    """What a reader may know of how the cells hang together.

    Attributes:
        shapes: (KPI, breakdown) → how its cells come about.
        in_time: Series whose windows follow from its months as its aggregation says.
        wards_add_up: Series whose wards add up to the borough.
        wards_within: Series whose wards add up to no more than the borough.
        wards_inside: Series of which no ward counts more than the borough.
        breakdowns_add_up: (KPI, part) whose breakdowns add up to `all`.
        subsets: (KPI, breakdown) whose numerator counts some of what its denominator counts.
        same: Pairs of series that are one and the same count.
    """

    shapes: Mapping[tuple[str, str], KpiShape] = field(default_factory=dict)
    in_time: frozenset[Series] = frozenset()
    wards_add_up: frozenset[Series] = frozenset()
    wards_within: frozenset[Series] = frozenset()
    wards_inside: frozenset[Series] = frozenset()
    breakdowns_add_up: frozenset[tuple[str, str]] = frozenset()
    subsets: frozenset[tuple[str, str]] = frozenset()
    same: tuple[tuple[Series, Series], ...] = ()


def rounded(count: float) -> float:
    """The nearest multiple of five, halves up."""
    return float(ROUNDED_TO * math.floor(count / ROUNDED_TO + 0.5))


def least_shown(part: str) -> int:
    """The least count above zero that is ever shown: no ratio stands on fewer than twenty."""
    return LEAST_DENOMINATOR if part == DENOMINATOR else LEAST_SHOWN


def months_between(start: date, end: date) -> range:
    """Months of a period, counted from the year 0."""
    return range(month_number(start), month_number(end) + 1)


def month_number(day: date) -> int:
    """A day's month, counted from the year 0."""
    return 12 * day.year + day.month - 1


def learn(cells: Mapping[CellKey, Counts], shapes: Iterable[KpiShape], borough: str) -> Knowledge:
    """What holds without exception in these exact cells, so that a reader may take it for granted.

    Args:
        cells: Exact cells.
        shapes: How they come about.
        borough: Code of the area that the wards are part of.
    """
    values: dict[Series, dict[Place, float]] = defaultdict(dict)
    for key, counts in cells.items():
        for part in PARTS:
            if (count := counts.part(part)) is not None:
                where = (key.period_kind, key.period_start, key.period_end, key.area_code)
                values[Series(key.kpi_id, key.breakdown, part)][where] = count
    shape_of = {(shape.kpi_id, shape.breakdown): shape for shape in shapes}
    measures = {(series.kpi_id, series.part) for series in values}
    by_measure = {m: {s.breakdown: v for s, v in values.items() if s[::2] == m} for m in measures}
    wards = {series: _over_wards(found, borough) for series, found in values.items()}
    return Knowledge(
        shapes=shape_of,
        in_time=frozenset(
            series
            for series, found in values.items()
            if _follows_in_time(found, shape_of[series[:2]].aggregation)
        ),
        wards_add_up=frozenset(s for s, found in wards.items() if all(a == c for a, _, c in found)),
        wards_within=frozenset(s for s, found in wards.items() if all(a <= c for a, _, c in found)),
        wards_inside=frozenset(s for s, found in wards.items() if all(b <= c for _, b, c in found)),
        breakdowns_add_up=frozenset(
            (kpi, part)
            for (kpi, part), parts in by_measure.items()
            if (kpi, ALL) in shape_of and shape_of[kpi, ALL].adds_up and _adds_up(parts)
        ),
        subsets=frozenset(
            (kpi, breakdown)
            for kpi, breakdown, part in values
            if part == DENOMINATOR
            and all(
                values[Series(kpi, breakdown, NUMERATOR)].get(where, 0) <= count
                for where, count in values[Series(kpi, breakdown, part)].items()
            )
        ),
        same=_same(values),
    )


def _follows_in_time(found: Mapping[Place, float], aggregation: str) -> bool:
    """Whether every window follows from the periods inside it."""
    if aggregation == LATEST:
        ends: dict[tuple[int, str], set[float]] = defaultdict(set)
        for (_, _, end, area), count in found.items():
            ends[month_number(end), area].add(count)
        return all(len(counts) == 1 for counts in ends.values())
    by_area: dict[str, dict[Period, float]] = defaultdict(dict)
    for (kind, start, end, area), count in found.items():
        by_area[area][kind, start, end] = count
    if aggregation == DISTINCT:
        return all(_nest(counts) for counts in by_area.values())
    if any(kind == MONTH for kind, *_ in found):
        return all(_add_up_in_time(counts) for counts in by_area.values())
    return all(_fit_unseen_months(counts) for counts in by_area.values())


def _add_up_in_time(counts: Mapping[Period, float]) -> bool:
    """Whether windows are the sums of their months."""
    months = {month_number(start): n for (kind, start, _), n in counts.items() if kind == MONTH}
    return all(
        sum(months.get(month, 0) for month in months_between(start, end)) == count
        for (_, start, end), count in counts.items()
    )


def _nest(counts: Mapping[Period, float]) -> bool:
    """Whether a window counts at least what each part of it does, and at most all its months."""
    inside = nested(counts)
    if not all(counts[part] <= counts[window] for part, window in inside):
        return False
    months = {month_number(start): n for (kind, start, _), n in counts.items() if kind == MONTH}
    return not months or all(
        count <= sum(months.get(month, 0) for month in months_between(start, end))
        for (_, start, end), count in counts.items()
    )


def _fit_unseen_months(counts: Mapping[Period, float]) -> bool:
    """Whether there can be months of which all windows are the sums."""
    relations = Relations()
    for (_, start, end), count in counts.items():
        inside = {relations.number(month): 1.0 for month in months_between(start, end)}
        relations.equal(inside, count)
    try:
        relations.solve_any()
    except UnsolvableError:
        return False
    return True


def nested(periods: Iterable[Period]) -> list[tuple[Period, Period]]:
    """(period, window that holds it), of months and quarters, and of years to date."""
    ordered_periods = sorted(periods)
    return [
        (part, window)
        for part in ordered_periods
        if part[0] in ("month", "quarter", "financial_year_to_date")
        for window in ordered_periods
        if part != window
        and window[1] <= part[1]
        and part[2] <= window[2]
        and (part[0] != "financial_year_to_date" or window[0].startswith("financial_year"))
    ]


def _over_wards(found: Mapping[Place, float], borough: str) -> list[tuple[float, float, float]]:
    """(sum of the wards, greatest ward, borough) for each period that has both."""
    counts: dict[Period, list[float]] = defaultdict(list)
    for (kind, start, end, area), count in found.items():
        if area != borough:
            counts[kind, start, end].append(count)
    return [
        (sum(wards), max(wards), found[*period, borough])
        for period, wards in counts.items()
        if (*period, borough) in found
    ]


def _adds_up(parts: Mapping[str, Mapping[Place, float]]) -> bool:
    """Whether the breakdowns add up to `all` in every cell that has it."""
    if len(parts) < 3 or ALL not in parts:  # noqa: PLR2004 - all and at least two more
        return False
    return all(
        sum(found.get(where, 0) for breakdown, found in parts.items() if breakdown != ALL) == count
        for where, count in parts[ALL].items()
    )


def _same(values: Mapping[Series, Mapping[Place, float]]) -> tuple[tuple[Series, Series], ...]:
    """Series that agree wherever both have a count, and often enough not to do so by chance."""
    pairs: list[tuple[Series, Series]] = []
    firsts: list[Series] = []
    for series in sorted(values):
        for first in firsts:
            shared = [
                (values[first][where], count)
                for where, count in values[series].items()
                if where in values[first]
            ]
            if (
                all(a == b for a, b in shared)
                and len({a for a, _ in shared if a}) >= MOST_BY_CHANCE
            ):
                pairs.append((first, series))
                break
        else:
            firsts.append(series)
    return tuple(pairs)


def ordered(keys: Iterable[CellKey]) -> list[CellKey]:
    """Keys in the one order in which everything is decided."""
    return sorted(keys)
