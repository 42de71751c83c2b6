"""Disclosure control: what of each count of people may be shown (spec GV10).

0 is shown; 1 to 4 are hidden; everything else is rounded to the nearest 5. A share is shown whole
or hidden whole, and hidden on a denominator below 20. Then more is hidden, under the same symbol,
until no hidden count can be told to lie within fewer than five values, from everything published
now and in the publication before. docs/decisions/0017-disclosure-control.md gives the reasons.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from csp.faults import CspError
from csp.privacy.counts import (
    ALL,
    DENOMINATOR,
    DISTINCT,
    LATEST,
    LEAST_DENOMINATOR,
    LEAST_SHOWN,
    MONTH,
    NUMERATOR,
    PARTS,
    ROUNDED_TO,
    SAFE_WIDTH,
    SUM,
    CellKey,
    Counts,
    Knowledge,
    KpiShape,
    Series,
    learn,
    least_shown,
    month_number,
    months_between,
    nested,
    rounded,
)
from csp.privacy.ranges import Narrow, RangeFinder, Relations
from csp.privacy.windows import TightWindows, Window

#: What is hidden first when there is a choice: short periods; whole years last.
DEARNESS = {
    "month": 1,
    "financial_year_to_date": 1,
    "quarter": 2,
    "rolling_12_months": 2,
    "financial_year": 8,
    "since_start": 8,
}
#: One cell more hidden often protects hundreds, so only a few are looked into at once.
AT_ONCE = 4
NOTHING = Counts(None)
Number = tuple[CellKey, str]


@dataclass(frozen=True)
class Earlier:
    """A cell of the publication before, and the exact counts behind it.

    Attributes:
        shown: What was published; nulls when hidden.
        exact: The counts of that day.
        rounded_from: The counts when what is shown was last decided.
    """

    shown: Counts
    is_suppressed: bool
    exact: Counts
    rounded_from: Counts


@dataclass(frozen=True)
class Decision:
    """What may be shown of a cell.

    Attributes:
        shown: Rounded counts; nulls when hidden.
        exact: The exact counts that this publication goes by.
        rounded_from: Those of the publication in which what is shown was decided.
        is_kept_apart: Whether what is shown stands for an earlier count, so that it may lie
            further from today's than rounding alone explains.
        is_revised: Whether the exact counts differ from those of the publication before.
        stands_still: Whether the KPI is published as it was, for want of a safe way to renew it.
    """

    shown: Counts
    is_suppressed: bool
    exact: Counts
    rounded_from: Counts
    is_kept_apart: bool = False
    is_revised: bool = False
    stands_still: bool = False


class UnprotectedError(CspError):
    """Counts that cannot be protected, because too much of them is published already.

    Attributes:
        keys: The cells.
    """

    def __init__(self, keys: list[CellKey]) -> None:
        self.keys = keys
        kpis = ", ".join(sorted({key.kpi_id for key in keys}))
        super().__init__(f"{len(keys)} hidden cells cannot be protected, of {kpis}")


def control(
    cells: Mapping[CellKey, Counts],
    shapes: Iterable[KpiShape],
    borough: str,
    earlier: Mapping[CellKey, Earlier] | None = None,
) -> dict[CellKey, Decision]:
    """Decide what may be shown of each cell; a cell without a decision must not be shown.

    Args:
        cells: Exact counts of every cell that has them.
        shapes: The KPIs.
        borough: Code of the area that all others are part of.
        earlier: The publication before.

    Raises:
        UnprotectedError: Something cannot be protected whatever is hidden, and there is no
            publication before to fall back on.
    """
    shapes = list(shapes)
    known = {(shape.kpi_id, shape.breakdown) for shape in shapes}
    before = {key: old for key, old in (earlier or {}).items() if key[:2] in known}
    knowledge = learn(cells, shapes, borough)
    knowledge_before = learn({k: old.exact for k, old in before.items()}, shapes, borough)
    decisions: dict[CellKey, Decision] = {}
    unprotected: list[CellKey] = []
    for block in _blocks({kpi for kpi, _ in known}, knowledge, knowledge_before):
        table = Table(
            {key: cells[key] for key in sorted(cells) if key.kpi_id in block},
            {key: before[key] for key in sorted(before) if key.kpi_id in block},
            knowledge,
            knowledge_before,
            borough,
        )
        left = table.protect()
        if left and table.before:
            decisions |= table.as_before()
            continue
        unprotected += left
        decisions |= table.decisions()
    if unprotected:
        raise UnprotectedError(sorted(set(unprotected)))
    return decisions


def _blocks(kpis: set[str], *knowledge: Knowledge) -> list[set[str]]:
    """KPIs that share a count are judged together."""
    block_of = {kpi: {kpi} for kpi in kpis}
    for known in knowledge:
        for one, other in known.same:
            joined = block_of[one.kpi_id] | block_of[other.kpi_id]
            for kpi in joined:
                block_of[kpi] = joined
    return sorted({frozenset(block): block for block in block_of.values()}.values(), key=min)


class Table:
    """The cells of one KPI, or of several that share a count.

    Args:
        cells: Exact counts, in order.
        before: The same of the publication before.
        knowledge: What a reader may know of the cells.
        knowledge_before: What one could know of those before.
        borough: Code of the area that all others are part of.
    """

    def __init__(
        self,
        cells: Mapping[CellKey, Counts],
        before: Mapping[CellKey, Earlier],
        knowledge: Knowledge,
        knowledge_before: Knowledge,
        borough: str,
    ) -> None:
        self.cells, self.before, self.borough = cells, before, borough
        self.knowledge, self.knowledge_before = knowledge, knowledge_before
        self.rounded_from: dict[CellKey, Counts] = {}
        self.hidden: set[CellKey] = set()
        #: Published before and not moved: what is shown of them stays as it is.
        self.settled: set[CellKey] = set()
        #: Not small, and known to readers whether it is shown or not; so it is.
        self.known: set[CellKey] = set()
        for key in cells:
            self._judge(key)

    def _judge(self, key: CellKey) -> None:
        """Primary suppression, and what the publication before says of the cell."""
        now, old = self.cells[key], self.before.get(key)
        if old is None:
            self.rounded_from[key] = now
            is_hidden = _too_small(now)
        else:
            moved = {
                part: _has_moved(now.part(part), old.rounded_from.part(part)) for part in PARTS
            }
            counted = [part for part in PARTS if now.part(part) is not None]
            if not any(moved[part] for part in counted):
                self.settled.add(key)
            if old.is_suppressed and not all(moved[part] for part in counted):
                self.settled.add(key)
                self.rounded_from[key] = old.rounded_from
                is_hidden = True
            else:
                from_counts = [
                    now.part(part) if moved[part] else old.rounded_from.part(part) for part in PARTS
                ]
                self.rounded_from[key] = Counts(*from_counts)
                is_hidden = _too_small(self.rounded_from[key])
        if is_hidden:
            self.hidden.add(key)

    def _shown(self, key: CellKey) -> Counts:
        numerator, denominator = (self.rounded_from[key].part(part) for part in PARTS)
        shown = rounded(numerator)
        if denominator is None:
            return Counts(shown)
        # A part is never shown as more than the whole, though one of them may be an earlier count.
        most = rounded(denominator)
        is_part = self.cells[key].numerator <= self.cells[key].denominator
        return Counts(min(shown, most) if is_part else shown, most)

    def decisions(self) -> dict[CellKey, Decision]:
        """What may be shown of each cell."""
        made = {}
        for key, counts in self.cells.items():
            old, is_hidden = self.before.get(key), key in self.hidden
            shown = Counts(None) if is_hidden else self._shown(key)
            made[key] = Decision(
                shown=shown,
                is_suppressed=is_hidden,
                exact=counts,
                rounded_from=self.rounded_from[key],
                is_kept_apart=not is_hidden and lies_apart(shown, counts),
                is_revised=old is not None and old.exact != counts,
            )
        return made

    def as_before(self) -> dict[CellKey, Decision]:
        """The publication before once more; what it did not have is not shown."""
        return {
            key: Decision(
                shown=old.shown,
                is_suppressed=old.is_suppressed,
                exact=old.exact,
                rounded_from=old.rounded_from,
                is_kept_apart=not old.is_suppressed and lies_apart(old.shown, old.exact),
                stands_still=True,
            )
            for key, old in self.before.items()
            if key in self.cells
        }

    def protect(self) -> list[CellKey]:
        """Hide until nothing hidden can be recovered; gives the cells for which that failed."""
        self._pair_lone_cells()
        self._hide_in_time()
        now = Relations()
        numbers = Model(now, "now", self.cells, self.knowledge, self.borough).build()
        left = self._hide_more(now, numbers, {}, set())
        if any(self._differs(key, old) for key, old in self.before.items()):
            left += self._protect_both()
        return left

    def _differs(self, key: CellKey, old: Earlier) -> bool:
        return self.cells.get(key) != old.exact or old.is_suppressed != (key in self.hidden)

    def _protect_both(self) -> list[CellKey]:
        """Hide until nothing can be recovered from this publication and the one before together."""
        exact = {key: old.exact for key, old in self.before.items()}
        alone = Relations()
        before = Model(alone, "before", exact, self.knowledge_before, self.borough).build()
        self._limit_before(alone, before)
        hidden = [index for (key, _), index in before.items() if self.before[key].is_suppressed]
        lost = RangeFinder(alone, SAFE_WIDTH).narrow(hidden)

        both = Relations()
        numbers = Model(both, "now", self.cells, self.knowledge, self.borough).build()
        numbers_before = Model(both, "before", exact, self.knowledge_before, self.borough).build()
        self._limit_before(both, numbers_before)
        known = set()
        for number, index in numbers_before.items():
            key, part = number
            # Of a count that was revised a reader cannot know by how much, so nothing ties the two.
            if self.cells.get(key, NOTHING).part(part) != exact[key].part(part):
                continue
            if before[number] in lost or not self.before[key].is_suppressed:
                known.add(number)
            both.equal({numbers[number]: 1.0, index: -1.0})
        targets_before = {
            number: index
            for number, index in numbers_before.items()
            if self.before[number[0]].is_suppressed and before[number] not in lost
        }
        return self._hide_more(both, numbers, targets_before, known)

    def _limit_before(self, relations: Relations, numbers: Mapping[Number, int]) -> None:
        for (key, part), index in numbers.items():
            old = self.before[key]
            shown = None if old.is_suppressed else old.shown.part(part)
            low, high = limits_of(shown, part, is_share=old.exact.denominator is not None)
            exact = old.exact.part(part)
            relations.limits(index, min(low, exact), max(high, exact))

    def _limit(self, relations: Relations, index: int, number: Number) -> None:
        relations.limits(index, *self._limits(*number))

    def _limits(self, key: CellKey, part: str) -> tuple[float, float]:
        """What everybody may read of a count, widened to the truth where an older one is shown."""
        shown = None if key in self.hidden else self._shown(key).part(part)
        low, high = limits_of(shown, part, is_share=self.cells[key].denominator is not None)
        exact = self.cells[key].part(part)
        return min(low, exact), max(high, exact)

    def _hide_more(
        self,
        relations: Relations,
        numbers: Mapping[Number, int],
        targets_before: Mapping[Number, int],
        known_before: set[Number],
    ) -> list[CellKey]:
        for number, index in numbers.items():
            self._limit(relations, index, number)
        at = {index: number for number, index in numbers.items()}
        finder = RangeFinder(relations, SAFE_WIDTH)
        given_up: set[int] = set()
        noughts: set[int] = set()
        while True:
            targets = [
                index
                for number, index in numbers.items()
                if number[0] in self.hidden and number not in known_before and index not in given_up
            ]
            targets += [index for index in targets_before.values() if index not in given_up]
            narrow = finder.narrow(targets, AT_ONCE)
            if not narrow:
                break
            # A hidden nought that is known to be one gives nobody away.
            noughts.update(index for index, found in narrow.items() if found.high == 0)
            given_up |= noughts
            narrow = {index: found for index, found in narrow.items() if found.high > 0}
            chosen = self._choose(narrow, at, given_up)
            if known := {
                at[i][0] for i in given_up - noughts if i in at and self._may_show(at[i][0])
            }:
                self.known |= known
                self.hidden -= known
                return self._hide_more(relations, numbers, targets_before, known_before)
            for key in sorted(chosen):
                self.hidden.add(key)
                for part in PARTS:
                    if (key, part) in numbers:
                        self._limit(relations, numbers[key, part], (key, part))
        names = at | {index: number for number, index in targets_before.items()}
        return [names[index][0] for index in given_up - noughts]

    def _choose(
        self, narrow: Mapping[int, Narrow], at: Mapping[int, Number], given_up: set[int]
    ) -> set[CellKey]:
        """One cell for each narrow number, unless one chosen already holds it there too."""
        chosen: set[CellKey] = set()
        for index, found in narrow.items():
            binding = {at[i][0] for i in found.binding if i in at}
            free = [key for key in binding if self._can_hide(key)]
            if chosen & set(free):
                continue
            fresh = [key for key in free if key not in self.settled]
            # What is published already is hidden last, as it is known all the same.
            if not free or (not fresh and index in at and self._may_show(at[index][0])):
                given_up.add(index)
                continue
            chosen.add(min(fresh or free, key=self._hidden_first))
        return chosen

    def _may_show(self, key: CellKey) -> bool:
        return key not in self.settled and not _too_small(self.rounded_from[key])

    def _hidden_first(self, key: CellKey) -> tuple:
        dear = DEARNESS[key.period_kind]
        return (key.area_code == self.borough, dear, self.cells[key].numerator, key)

    def _hide_in_time(self) -> None:
        """Hide until no window is given away by the other windows of its own series and area.

        The linear programme that follows finds the same, but slowly where there is much to find.
        """
        lines: dict[tuple, list[CellKey]] = defaultdict(list)
        for key in self.cells:
            for part in PARTS:
                adds_up = self.knowledge.shapes[key[:2]].aggregation == SUM
                is_known = Series(*key[:2], part) in self.knowledge.in_time
                if adds_up and is_known and self.cells[key].part(part) is not None:
                    lines[*key[:2], part, key.area_code].append(key)
        for (*_, part, _area), keys in lines.items():
            self._hide_in_line(part, keys)

    def _hide_in_line(self, part: str, keys: list[CellKey]) -> None:
        first = min(month_number(key.period_start) for key in keys)
        length = max(month_number(key.period_end) for key in keys) + 1 - first
        silent = set()
        if any(key.period_kind == MONTH for key in keys):
            heard = {month_number(k.period_start) - first for k in keys if k.period_kind == MONTH}
            silent = set(range(length)) - heard
        while True:
            windows = [
                Window(
                    month_number(key.period_start) - first,
                    month_number(key.period_end) + 1 - first,
                    *self._limits(key, part),
                )
                for key in keys
            ]
            windows += [Window(month, month + 1, 0, 0) for month in sorted(silent)]
            tight = TightWindows(length, windows)
            votes: dict[CellKey, int] = defaultdict(int)
            for key, window in zip(keys, windows, strict=False):
                if key not in self.hidden:
                    continue
                low, high = tight.bounds(window)
                if high - low >= SAFE_WIDTH or high == 0:
                    continue
                for place in tight.holding(window):
                    if place < len(keys) and self._can_hide(keys[place]):
                        votes[keys[place]] += 1
            votes = {key: n for key, n in votes.items() if key not in self.settled}
            if not votes:
                return
            self.hidden.add(
                min(votes, key=lambda key: (DEARNESS[key.period_kind] / votes[key], key))
            )

    def _can_hide(self, key: CellKey) -> bool:
        return key not in self.hidden | self.known and any(
            self.cells[key].part(part) for part in PARTS
        )

    def _pair_lone_cells(self) -> None:
        """Where a sum has one hidden member, hide the smallest other one that is not zero."""
        sums = Sums(self.cells, self.knowledge, self.borough).all()
        of_cell: dict[Number, list[int]] = defaultdict(list)
        for place, (part, members) in enumerate(sums):
            for key in members:
                of_cell[key, part].append(place)
        waiting = list(range(len(sums)))
        while waiting:
            again: set[int] = set()
            for place in waiting:
                part, (total, *members) = sums[place]
                above_zero = [key for key in (total, *members) if self.cells[key].part(part)]
                if sum(key in self.hidden for key in above_zero) != 1:
                    continue
                free = [
                    key for key in above_zero if key not in self.hidden and key not in self.settled
                ]
                parts = [key for key in free if key != total] or free
                if not parts:
                    continue
                second = min(parts, key=lambda key: (self.cells[key].part(part), key))
                self.hidden.add(second)
                again.update(p for name in PARTS for p in of_cell[second, name])
            waiting = sorted(again)


def limits_of(shown: float | None, part: str, *, is_share: bool = False) -> tuple[float, float]:
    """Between what a count lies of which this is shown; None for hidden.

    A share is hidden whole, so its numerator may be anything.
    """
    if shown is None:
        return (0.0 if is_share and part == NUMERATOR else 1.0), math.inf
    if shown == 0:
        return 0.0, 0.0
    half = ROUNDED_TO // 2
    return max(shown - half, float(least_shown(part))), shown + half


def lies_apart(shown: Counts, exact: Counts) -> bool:
    """Whether a count lies further from what is shown than rounding explains."""
    for part in PARTS:
        if (count := exact.part(part)) is not None:
            low, high = limits_of(shown.part(part), part)
            if not low <= count <= high:
                return True
    return False


def _too_small(counts: Counts) -> bool:
    numerator, denominator = counts.numerator, counts.denominator
    return 0 < numerator < LEAST_SHOWN or (
        denominator is not None and 0 < denominator < LEAST_DENOMINATOR
    )


def _has_moved(now: float | None, then: float | None) -> bool:
    """Whether a count is another than the one shown before: by five or more, or from or to zero."""
    if now is None or then is None:
        return now is not then
    return abs(now - then) >= ROUNDED_TO or (now == 0) != (then == 0)


class Sums:
    """The sums a reader sees: windows of months and quarters, borough of wards, all of parts.

    Args:
        cells: The cells.
        knowledge: Which sums hold.
        borough: Code of the area that all others are part of.
    """

    def __init__(self, cells: Mapping[CellKey, Counts], knowledge: Knowledge, borough: str) -> None:
        self.cells, self.knowledge, self.borough = cells, knowledge, borough

    def all(self) -> list[tuple[str, tuple[CellKey, ...]]]:
        """(part, (total, members…)) of each sum."""
        found = []
        for part in PARTS:
            keys = [key for key, counts in self.cells.items() if counts.part(part) is not None]
            grouped: dict[tuple, list[CellKey]] = defaultdict(list)
            for key in keys:
                for group in self._groups(key):
                    grouped[group].append(key)
            found += [
                (part, (total, *members))
                for total in keys
                for name in self._names(total, part)
                if (members := self._members(total, grouped.get(name, [])))
            ]
        return found

    def _names(self, key: CellKey, part: str) -> list[tuple]:
        names = []
        period = key[2:5]
        series = Series(*key[:2], part)
        adds_up = self.knowledge.shapes[key[:2]].aggregation == SUM
        if key.period_kind != MONTH and adds_up and series in self.knowledge.in_time:
            names.append(("months", *key[:2], key.area_code))
            names.append(("quarters", *key[:2], key.area_code))
        if key.area_code == self.borough and series in self.knowledge.wards_add_up:
            names.append(("wards", *key[:2], *period))
        if key.breakdown == ALL and (key.kpi_id, part) in self.knowledge.breakdowns_add_up:
            names.append(("breakdowns", key.kpi_id, *period, key.area_code))
        return names

    def _groups(self, key: CellKey) -> list[tuple]:
        groups = []
        if key.period_kind in (MONTH, "quarter"):
            groups.append((f"{key.period_kind}s", *key[:2], key.area_code))
        if key.area_code != self.borough:
            groups.append(("wards", *key[:2], *key[2:5]))
        if key.breakdown != ALL:
            groups.append(("breakdowns", key.kpi_id, *key[2:5], key.area_code))
        return groups

    def _members(self, total: CellKey, group: list[CellKey]) -> list[CellKey]:
        inside = [
            key
            for key in group
            if key != total
            and total.period_start <= key.period_start
            and key.period_end <= total.period_end
        ]
        if inside and inside[0].period_kind == "quarter" != total.period_kind:
            months = sum(len(months_between(*key[3:5])) for key in inside)
            if months != len(months_between(*total[3:5])):
                return []
        return inside


class Model:
    """The cells as numbers with relations: all that a reader may know of how they hang together.

    Counts that add up in time are differences of running totals, so that a window of any length
    has two terms.

    Args:
        relations: Where numbers and relations go.
        tag: Keeps two publications apart.
        cells: The cells; their values are not read.
        knowledge: What a reader may know.
        borough: Code of the area that all others are part of.
    """

    def __init__(
        self,
        relations: Relations,
        tag: str,
        cells: Mapping[CellKey, Counts],
        knowledge: Knowledge,
        borough: str,
    ) -> None:
        self.relations, self.tag, self.cells = relations, tag, cells
        self.knowledge, self.borough = knowledge, borough
        self.numbers: dict[Number, int] = {}
        self.by_series: dict[Series, list[CellKey]] = defaultdict(list)
        for key, counts in cells.items():
            for part in PARTS:
                if counts.part(part) is not None:
                    self.by_series[Series(*key[:2], part)].append(key)
                    self.numbers[key, part] = relations.number((tag, key, part))

    def build(self) -> dict[Number, int]:
        """Number of each count of each cell, with all relations between them."""
        for series, keys in sorted(self.by_series.items()):
            aggregation = self.knowledge.shapes[series[:2]].aggregation
            if series not in self.knowledge.in_time:
                aggregation = None
            if aggregation == SUM:
                self._running_totals(series, keys)
                continue
            if aggregation == LATEST:
                self._latest(series.part, keys)
            elif aggregation == DISTINCT:
                self._nested(series.part, keys)
            self._areas(series, keys)
        self._breakdowns()
        for key in self.cells:
            if key[:2] in self.knowledge.subsets and (key, DENOMINATOR) in self.numbers:
                whole = self.numbers[key, DENOMINATOR]
                self.relations.at_most({self.numbers[key, NUMERATOR]: 1.0, whole: -1.0})
        self._same()
        return self.numbers

    def _running_totals(self, series: Series, keys: list[CellKey]) -> None:
        first = min(month_number(key.period_start) for key in keys)
        last = max(month_number(key.period_end) for key in keys)
        areas = sorted({key.area_code for key in keys})
        months = {
            (key.area_code, month_number(key.period_start))
            for key in keys
            if key.period_kind == MONTH
        }
        totals = {
            (area, month): self.relations.number((self.tag, *series, area, month))
            for area in areas
            for month in range(first - 1, last + 1)
        }
        for area in areas:
            self.relations.limits(totals[area, first - 1], 0, 0)
            for month in range(first, last + 1):
                step = {totals[area, month]: -1.0, totals[area, month - 1]: 1.0}
                # Of a KPI that publishes months, a month without a count added nothing.
                if months and (area, month) not in months:
                    self.relations.equal(step)
                else:
                    self.relations.at_most(step)
        for key in keys:
            until = totals[key.area_code, month_number(key.period_end)]
            before = totals[key.area_code, month_number(key.period_start) - 1]
            number = self.numbers[key, series.part]
            self.relations.equal({number: 1.0, until: -1.0, before: 1.0})
        wards = [area for area in areas if area != self.borough]
        if not wards or self.borough not in areas:
            return
        for month in range(first, last + 1):
            terms = {totals[ward, month]: 1.0 for ward in wards}
            terms[totals[self.borough, month]] = -1.0
            if series in self.knowledge.wards_add_up:
                self.relations.equal(terms)
            elif series in self.knowledge.wards_within:
                terms |= {totals[ward, month - 1]: -1.0 for ward in wards}
                terms[totals[self.borough, month - 1]] = 1.0
                self.relations.at_most(terms)

    def _latest(self, part: str, keys: list[CellKey]) -> None:
        first: dict[tuple, CellKey] = {}
        for key in keys:
            other = first.setdefault((month_number(key.period_end), key.area_code), key)
            if other != key:
                terms = {self.numbers[key, part]: 1.0, self.numbers[other, part]: -1.0}
                self.relations.equal(terms)

    def _nested(self, part: str, keys: list[CellKey]) -> None:
        """A window counts each subject once: at least its parts, at most all its months."""
        lines: dict[str, dict[tuple, int]] = defaultdict(dict)
        for key in keys:
            lines[key.area_code][tuple(key[2:5])] = self.numbers[key, part]
        for periods in lines.values():
            for inside, window in nested(periods):
                self.relations.at_most({periods[inside]: 1.0, periods[window]: -1.0})
            months = {month_number(p[1]): i for p, i in periods.items() if p[0] == MONTH}
            for (kind, start, end), index in periods.items():
                if months and kind != MONTH:
                    present = [months[m] for m in months_between(start, end) if m in months]
                    self.relations.at_most({index: 1.0} | dict.fromkeys(present, -1.0))

    def _areas(self, series: Series, keys: list[CellKey]) -> None:
        wards: dict[CellKey, list[int]] = defaultdict(list)
        for key in keys:
            if key.area_code != self.borough:
                number = self.numbers[key, series.part]
                wards[key._replace(area_code=self.borough)].append(number)
        for whole, members in wards.items():
            if (whole, series.part) not in self.numbers:
                continue
            total = self.numbers[whole, series.part]
            if series in self.knowledge.wards_add_up:
                self.relations.equal(dict.fromkeys(members, 1.0) | {total: -1.0})
            elif series in self.knowledge.wards_within:
                self.relations.at_most(dict.fromkeys(members, 1.0) | {total: -1.0})
            elif series in self.knowledge.wards_inside:
                for member in members:
                    self.relations.at_most({member: 1.0, total: -1.0})

    def _breakdowns(self) -> None:
        parts: dict[Number, list[int]] = defaultdict(list)
        for (key, part), number in self.numbers.items():
            if key.breakdown != ALL and (key.kpi_id, part) in self.knowledge.breakdowns_add_up:
                parts[key._replace(breakdown=ALL), part].append(number)
        for whole, members in parts.items():
            if whole in self.numbers:
                self.relations.equal(dict.fromkeys(members, 1.0) | {self.numbers[whole]: -1.0})

    def _same(self) -> None:
        other_of = {series: first for first, series in self.knowledge.same}
        for (key, part), index in self.numbers.items():
            if (first := other_of.get(Series(*key[:2], part))) is None:
                continue
            other = key._replace(kpi_id=first.kpi_id, breakdown=first.breakdown)
            if (other, first.part) in self.numbers:
                self.relations.equal({index: 1.0, self.numbers[other, first.part]: -1.0})
