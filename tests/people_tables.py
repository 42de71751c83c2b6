"""Tables of made-up counts of people, as disclosure control gets them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from csp.disclosure.attack import Finding, PublishedCell, attack
from csp.disclosure.counts import CellKey, Counts, Knowledge, KpiShape, learn, rounded
from csp.disclosure.decision import Decision

BOROUGH = "E09000030"
FIRST = 12 * 2020 + 3  # April 2020
Cells = dict[CellKey, Counts]


def first_day(month: int) -> date:
    """First day of a month that is counted from the year 0."""
    return date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> date:
    """Last day of it."""
    return first_day(month + 1) - timedelta(days=1)


def key_of(
    kind: str, start: int, end: int, area: str, kpi: str = "K001", breakdown: str = "all"
) -> CellKey:
    """A cell's key; months counted from the first one."""
    return CellKey(kpi, breakdown, kind, first_day(FIRST + start), last_day(FIRST + end), area)


def windows(months: int, kinds: Iterable[str] | None = None) -> list[tuple[str, int, int]]:
    """(kind, first month, last month) of every whole period of so many months from April."""
    found = []
    for end in range(months):
        found.append(("month", end, end))
        if end % 3 == 2:
            found.append(("quarter", end - 2, end))
        found.append(("financial_year_to_date", end - end % 12, end))
        if end % 12 == 11:
            found.append(("financial_year", end - 11, end))
        if end >= 11:
            found.append(("rolling_12_months", end - 11, end))
    return [window for window in found if kinds is None or window[0] in kinds]


def ward(number: int) -> str:
    """Code of a ward."""
    return f"E0500{number:04d}"


def added_up(
    base: Mapping[tuple[str, str, int], int],
    months: int,
    *,
    kpi: str = "K001",
    kinds: Iterable[str] | None = None,
) -> Cells:
    """Cells of counts that add up: (breakdown, ward or unplaced, month) → count."""
    breakdowns = sorted({breakdown for breakdown, _, _ in base})
    places = sorted({place for _, place, _ in base})
    cells = {}
    for kind, start, end in windows(months, kinds):
        for area in [BOROUGH, *(place for place in places if place != "unplaced")]:
            total = 0
            for breakdown in breakdowns:
                count = sum(
                    base.get((breakdown, place, month), 0)
                    for month in range(start, end + 1)
                    for place in (places if area == BOROUGH else [area])
                )
                total += count
                cells[key_of(kind, start, end, area, kpi, breakdown)] = Counts(float(count))
            cells[key_of(kind, start, end, area, kpi)] = Counts(float(total))
    return cells


def some(draw: random.Random, mean: float) -> int:
    """A count about a mean; zero often enough when that is small."""
    return sum(draw.random() < mean / 40 for _ in range(40))


def random_sums(
    seed: int,
    *,
    wards: int = 5,
    months: int = 14,
    mean: float = 3.0,
    breakdowns: Iterable[str] = ("all",),
    unplaced: float = 0.0,
    kinds: Iterable[str] | None = None,
) -> Cells:
    """Counts that add up over months, wards and breakdowns."""
    draw = random.Random(seed)  # noqa: S311 - made-up counts
    base = {}
    for breakdown in breakdowns:
        for number in range(wards):
            busy = mean * 2 * draw.random()
            for month in range(months):
                base[breakdown, ward(number), month] = some(draw, busy)
        if unplaced:
            for month in range(months):
                base[breakdown, "unplaced", month] = some(draw, unplaced)
    return added_up(base, months, kinds=kinds)


def random_shares(seed: int, *, wards: int = 4, months: int = 13, mean: float = 20.0) -> Cells:
    """Numerators that count some of what the denominators do."""
    draw = random.Random(seed)  # noqa: S311 - made-up counts
    whole, part = {}, {}
    for number in range(wards):
        busy = mean * 2 * draw.random()
        for month in range(months):
            count = some(draw, min(busy, 40))
            whole["all", ward(number), month] = count
            part["all", ward(number), month] = sum(draw.random() < 0.4 for _ in range(count))
    numerators, denominators = added_up(part, months), added_up(whole, months)
    return {
        key: Counts(counts.numerator, denominators[key].numerator)
        for key, counts in numerators.items()
    }


def random_people(seed: int, *, wards: int = 3, months: int = 13, people: int = 60) -> Cells:
    """People counted once in every window and area in which they are there."""
    draw = random.Random(seed)  # noqa: S311 - made-up counts
    stays = []
    for _ in range(people):
        start = draw.randrange(months)
        length = draw.randrange(1, 8)
        places = draw.sample(range(wards), draw.choice([1, 1, 1, 2]))
        stays.append((start, start + length, places))
    cells = {}
    for kind, first, last in windows(months):
        for area in [BOROUGH, *map(ward, range(wards))]:
            count = sum(
                start <= last
                and first < end
                and (area == BOROUGH or any(ward(p) == area for p in places))
                for start, end, places in stays
            )
            cells[key_of(kind, first, last, area)] = Counts(float(count))
    return cells


def shapes_of(cells: Cells, aggregation: str = "sum") -> list[KpiShape]:
    """Shapes of the KPIs of some cells."""
    shares = {key[:2] for key, counts in cells.items() if counts.denominator is not None}
    several = {kpi for kpi, breakdown, *_ in cells if breakdown != "all"}
    return [
        KpiShape(*names, aggregation, names in shares, names[0] in several)
        for names in sorted({key[:2] for key in cells})
    ]


def published(cells: Cells, decisions: Mapping[CellKey, Decision]) -> dict[CellKey, PublishedCell]:
    """Decisions as readers see them."""
    return {
        key: PublishedCell(
            made.shown,
            made.is_suppressed,
            cells[key].denominator is not None,
            made.is_kept_apart,
            made.is_revised,
        )
        for key, made in decisions.items()
    }


def published_without_control(cells: Cells) -> dict[CellKey, PublishedCell]:
    """Only small counts hidden, everything else rounded."""
    rows = {}
    for key, counts in cells.items():
        is_share = counts.denominator is not None
        is_hidden = 0 < counts.numerator < 5 or (is_share and 0 < counts.denominator < 20)
        shown = [None if n is None or is_hidden else rounded(n) for n in vars(counts).values()]
        rows[key] = PublishedCell(Counts(*shown), is_hidden, is_share)
    return rows


def known(cells: Cells, aggregation: str = "sum") -> Knowledge:
    """What a reader may know of the cells."""
    return learn(cells, shapes_of(cells, aggregation), BOROUGH)


def attacked(
    cells: Cells, rows: Mapping[CellKey, PublishedCell], aggregation: str = "sum"
) -> list[Finding]:
    """What an attack on published rows finds."""
    return attack(rows, known(cells, aggregation), BOROUGH)
