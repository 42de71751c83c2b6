"""The sums of a table that a reader sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from csp.disclosure.counts import (
    ALL,
    MONTH,
    PARTS,
    SUM,
    CellKey,
    Counts,
    Knowledge,
    Series,
    months_between,
)

#: What the members of one sum share.
Group = tuple[str | date, ...]


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
            grouped: dict[Group, list[CellKey]] = defaultdict(list)
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

    def _names(self, key: CellKey, part: str) -> list[Group]:
        names: list[Group] = []
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

    def _groups(self, key: CellKey) -> list[Group]:
        groups: list[Group] = []
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
