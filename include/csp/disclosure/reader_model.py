"""What a reader may know of a table: its counts as numbers, and how they hang together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from csp.disclosure.counts import (
    ALL,
    DENOMINATOR,
    DISTINCT,
    LATEST,
    MONTH,
    NUMERATOR,
    PARTS,
    SUM,
    CellKey,
    Counts,
    Knowledge,
    Number,
    Period,
    Series,
    month_number,
    months_between,
    nested,
)
from csp.disclosure.ranges import Relations


class ReaderModel:
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
            is_known = series in self.knowledge.in_time
            aggregation = self.knowledge.shapes[series[:2]].aggregation if is_known else None
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
        first: dict[tuple[int, str], CellKey] = {}
        for key in keys:
            other = first.setdefault((month_number(key.period_end), key.area_code), key)
            if other != key:
                terms = {self.numbers[key, part]: 1.0, self.numbers[other, part]: -1.0}
                self.relations.equal(terms)

    def _nested(self, part: str, keys: list[CellKey]) -> None:
        """A window counts each subject once: at least its parts, at most all its months."""
        lines: dict[str, dict[Period, int]] = defaultdict(dict)
        for key in keys:
            lines[key.area_code][key[2:5]] = self.numbers[key, part]
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
