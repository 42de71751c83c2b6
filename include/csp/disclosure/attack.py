"""The attack on published counts: which hidden ones can be worked out, within fewer than five.

It reads published rows only, those of the publication before as well, and what a reader may know
of how they hang together. It sets up its own equations, in another form than disclosure control
does, so that an error of the one is not an error of the other. It never gives a value away.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from csp.disclosure.counts import (
    ALL,
    DENOMINATOR,
    DISTINCT,
    LATEST,
    MONTH,
    NUMERATOR,
    PARTS,
    SAFE_WIDTH,
    SUM,
    CellKey,
    Counts,
    Knowledge,
    Number,
    Series,
    month_number,
    months_between,
)
from csp.disclosure.ranges import RangeFinder, Relations, UnsolvableError

Name = TypeVar("Name")
RECOVERABLE, INCONSISTENT = "recoverable", "inconsistent"
#: How far a published count lies from the exact one: by rounding, and when an older one is kept.
BY_ROUNDING, BY_KEEPING = 2, 6
#: A KPI is lost once so many of its cells are found; the rest need not be looked for.
ENOUGH = 20


@dataclass(frozen=True)
class PublishedCell:
    """A cell as it was published.

    Attributes:
        shown: Its counts; nulls when it is hidden. No denominator where that is public.
        is_suppressed: Whether it is hidden.
        is_share: Whether it has a denominator that counts people.
        is_kept_apart: Whether it stands for an older count, as everybody may suspect of any.
        is_revised: Whether it is known to differ from the publication before.
    """

    shown: Counts
    is_suppressed: bool
    is_share: bool = False
    is_kept_apart: bool = False
    is_revised: bool = False


@dataclass(frozen=True)
class Finding:
    """How much of a KPI an attack recovers; never which values.

    Attributes:
        kind: recoverable; inconsistent, when the rows contradict one another, so that nothing
            could be judged.
        cells: How many hidden counts; a few of very many.
    """

    kpi_id: str
    kind: str
    cells: int


def attack(
    published: Mapping[CellKey, PublishedCell],
    knowledge: Knowledge,
    borough: str,
    previous: Mapping[CellKey, PublishedCell] | None = None,
    knowledge_before: Knowledge | None = None,
) -> list[Finding]:
    """Solve for hidden cells.

    Args:
        published: What is about to be published.
        knowledge: What a reader may know of how it hangs together.
        borough: Code of the area that all others are part of.
        previous: What was published last.
        knowledge_before: The same of that; that of today when not given.
    """
    previous = previous or {}
    found: list[Finding] = []
    for kpis in _linked(published, knowledge):
        rows = {key: published[key] for key in sorted(published) if key.kpi_id in kpis}
        older = {key: previous[key] for key in sorted(previous) if key.kpi_id in kpis}
        try:
            lost = _recoverable(rows, knowledge, borough)
            if not lost and _adds_to(older, rows):
                before = knowledge_before or knowledge
                lost = _recoverable_from_both(rows, knowledge, older, before, borough)
        except UnsolvableError:
            found += [Finding(kpi, INCONSISTENT, 0) for kpi in sorted(kpis)]
            continue
        counts = Counter(key.kpi_id for key, _ in lost)
        found += [Finding(kpi, RECOVERABLE, counts[kpi]) for kpi in sorted(counts)]
    return found


def _linked(published: Mapping[CellKey, PublishedCell], knowledge: Knowledge) -> list[set[str]]:
    groups = {key.kpi_id: {key.kpi_id} for key in published}
    for one, other in knowledge.same:
        if one.kpi_id in groups and other.kpi_id in groups:
            joined = groups[one.kpi_id] | groups[other.kpi_id]
            groups |= dict.fromkeys(joined, joined)
    return sorted({frozenset(group): group for group in groups.values()}.values(), key=min)


def _recoverable(
    rows: Mapping[CellKey, PublishedCell], knowledge: Knowledge, borough: str
) -> set[Number]:
    equations = _Equations(Relations(), "now", rows, knowledge, borough)
    return _narrow(equations.relations, equations.hidden())


def _adds_to(older: Mapping[CellKey, PublishedCell], rows: Mapping[CellKey, PublishedCell]) -> bool:
    """Whether the older publication says anything that the newer one does not repeat."""
    for key, before in older.items():
        row = rows.get(key)
        if row is None or row.is_revised or row.shown != before.shown:
            return True
        if row.is_suppressed != before.is_suppressed or row.is_kept_apart != before.is_kept_apart:
            return True
    return False


def _recoverable_from_both(
    rows: Mapping[CellKey, PublishedCell],
    knowledge: Knowledge,
    older: Mapping[CellKey, PublishedCell],
    knowledge_before: Knowledge,
    borough: str,
) -> set[Number]:
    """What both publications together give away, and the older one alone does not."""
    alone = _Equations(Relations(), "before", older, knowledge_before, borough)
    lost_before = _narrow(alone.relations, alone.hidden(), enough=None)
    same = {key for key, row in rows.items() if key in older and not row.is_revised}
    open_already = {n for n in alone.cells if not older[n[0]].is_suppressed} | lost_before

    relations = Relations()
    now = _Equations(relations, "now", rows, knowledge, borough)
    before = _Equations(relations, "before", older, knowledge_before, borough)
    for number, index in before.cells.items():
        if number[0] in same and number in now.cells:
            relations.equal({index: 1.0, now.cells[number]: -1.0})
    hidden = {n: i for n, i in now.hidden().items() if n not in open_already or n[0] not in same}
    old = {n: index for n, index in before.hidden().items() if n not in lost_before}
    return {n for n, _ in _narrow(relations, _tagged(hidden, "now") | _tagged(old, "before"))}


def _tagged(numbers: Mapping[Number, int], tag: str) -> dict[tuple[Number, str], int]:
    return {(number, tag): index for number, index in numbers.items()}


def _narrow(
    relations: Relations, hidden: Mapping[Name, int], enough: int | None = ENOUGH
) -> set[Name]:
    if not hidden:
        return set()
    narrow = RangeFinder(relations, SAFE_WIDTH).narrow(list(hidden.values()), enough)
    # A hidden nought known to be one gives nobody away: noughts may be shown.
    return {n for n, index in hidden.items() if index in narrow and narrow[index].high > 0}


class _Equations:
    """Published rows as equations between cells and the months behind them."""

    def __init__(
        self,
        relations: Relations,
        tag: str,
        rows: Mapping[CellKey, PublishedCell],
        knowledge: Knowledge,
        borough: str,
    ) -> None:
        self.relations, self.tag, self.rows = relations, tag, rows
        self.knowledge, self.borough = knowledge, borough
        self.cells: dict[Number, int] = {}
        for key, row in rows.items():
            for part in PARTS if row.is_share else PARTS[:1]:
                low, high = _interval(row, part)
                self.cells[key, part] = relations.number((tag, key, part), low, high)
        self._windows()
        self._wards()
        self._breakdowns()
        self._parts_of_wholes()
        self._repeated()

    def hidden(self) -> dict[Number, int]:
        """The numbers that are to be solved for."""
        return {n: index for n, index in self.cells.items() if self.rows[n[0]].is_suppressed}

    def _month(self, key: CellKey, part: str, month: int, *, is_published: bool) -> int | None:
        """The number of a month: a published cell, or one that only stands behind windows."""
        year, place = divmod(month, 12)
        for candidate in self._months.get((key.kpi_id, key.breakdown, key.area_code, month), ()):
            return self.cells.get((candidate, part))
        if is_published:
            return None  # nothing was heard of that month, so it added nothing
        name = (self.tag, "unseen", *key[:2], key.area_code, part, year, place)
        return self.relations.number(name)

    def _windows(self) -> None:
        self._months: dict[tuple[str, str, str, int], list[CellKey]] = defaultdict(list)
        with_months = set()
        for key in self.rows:
            if key.period_kind == MONTH:
                month = month_number(key.period_start)
                self._months[key.kpi_id, key.breakdown, key.area_code, month].append(key)
                with_months.add(key[:2])
        latest: dict[tuple[str, str, str, str, int], int] = {}
        for (key, part), index in self.cells.items():
            if Series(*key[:2], part) not in self.knowledge.in_time:
                continue
            aggregation = self.knowledge.shapes[key[:2]].aggregation
            if aggregation == LATEST:
                end = (key.kpi_id, key.breakdown, key.area_code, part, month_number(key.period_end))
                if latest.setdefault(end, index) != index:
                    self.relations.equal({index: 1.0, latest[end]: -1.0})
                continue
            if key.period_kind == MONTH:
                continue
            if aggregation == DISTINCT and key[:2] not in with_months:
                continue
            months = [
                self._month(key, part, month, is_published=key[:2] in with_months)
                for month in months_between(key.period_start, key.period_end)
            ]
            inside = [month for month in months if month is not None]
            total = dict.fromkeys(inside, -1.0) | {index: 1.0}
            if aggregation == SUM:
                self.relations.equal(total)
            elif aggregation == DISTINCT:
                self.relations.at_most(total)
                for month in inside:
                    self.relations.at_most({month: 1.0, index: -1.0})

    def _wards(self) -> None:
        wards: dict[Number, list[int]] = defaultdict(list)
        for (key, part), index in self.cells.items():
            if key.area_code != self.borough:
                wards[key._replace(area_code=self.borough), part].append(index)
        for (key, part), members in wards.items():
            if (whole := self.cells.get((key, part))) is None:
                continue
            series = Series(key.kpi_id, key.breakdown, part)
            total = dict.fromkeys(members, 1.0) | {whole: -1.0}
            if series in self.knowledge.wards_add_up:
                self.relations.equal(total)
            elif series in self.knowledge.wards_within:
                self.relations.at_most(total)
            elif series in self.knowledge.wards_inside:
                for member in members:
                    self.relations.at_most({member: 1.0, whole: -1.0})

    def _breakdowns(self) -> None:
        parts: dict[Number, list[int]] = defaultdict(list)
        for (key, part), index in self.cells.items():
            if key.breakdown != ALL and (key.kpi_id, part) in self.knowledge.breakdowns_add_up:
                parts[key._replace(breakdown=ALL), part].append(index)
        for number, members in parts.items():
            if number in self.cells:
                self.relations.equal(dict.fromkeys(members, 1.0) | {self.cells[number]: -1.0})

    def _parts_of_wholes(self) -> None:
        for key in self.rows:
            whole = self.cells.get((key, DENOMINATOR))
            if whole is not None and key[:2] in self.knowledge.subsets:
                self.relations.at_most({self.cells[key, NUMERATOR]: 1.0, whole: -1.0})

    def _repeated(self) -> None:
        for one, other in self.knowledge.same:
            for (key, part), index in self.cells.items():
                if (key.kpi_id, key.breakdown, part) != one:
                    continue
                twin = key._replace(kpi_id=other.kpi_id, breakdown=other.breakdown)
                if (twin, other.part) in self.cells:
                    self.relations.equal({index: 1.0, self.cells[twin, other.part]: -1.0})


def _interval(row: PublishedCell, part: str) -> tuple[float, float]:
    """Between what a count lies, by what is published of its cell."""
    if row.is_suppressed:
        # A share is hidden whole, perhaps for its denominator alone.
        return (0.0 if row.is_share and part == NUMERATOR else 1.0), math.inf
    shown = row.shown.known(part)
    if row.is_kept_apart:
        return max(0.0, shown - BY_KEEPING), shown + BY_KEEPING
    if shown == 0:
        return 0.0, 0.0
    least = 20.0 if part == DENOMINATOR else 5.0
    return max(shown - BY_ROUNDING, least), shown + BY_ROUNDING
