"""Secondary suppression: hide more, until no hidden count can be recovered from the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from csp.disclosure.counts import (
    MONTH,
    NUMERATOR,
    PARTS,
    SAFE_WIDTH,
    SUM,
    CellKey,
    Counts,
    Number,
    Series,
    month_number,
)
from csp.disclosure.decision import Earlier, limits_of
from csp.disclosure.judged_table import JudgedTable
from csp.disclosure.ranges import Narrow, RangeFinder, Relations
from csp.disclosure.reader_model import ReaderModel
from csp.disclosure.sums import Sums
from csp.disclosure.windows import TightWindows, Window

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


class Suppression(JudgedTable):
    """A judged table of which more is hidden than what is small by itself."""

    def protect(self) -> list[CellKey]:
        """Hide until nothing hidden can be recovered; gives the cells for which that failed."""
        self._pair_lone_cells()
        self._hide_in_time()
        now = Relations()
        numbers = ReaderModel(now, "now", self.cells, self.knowledge, self.borough).build()
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
        before = ReaderModel(alone, "before", exact, self.knowledge_before, self.borough).build()
        self._limit_before(alone, before)
        hidden = [index for (key, _), index in before.items() if self.before[key].is_suppressed]
        lost = RangeFinder(alone, SAFE_WIDTH).narrow(hidden)

        both = Relations()
        numbers = ReaderModel(both, "now", self.cells, self.knowledge, self.borough).build()
        numbers_before = ReaderModel(
            both, "before", exact, self.knowledge_before, self.borough
        ).build()
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
            exact = old.exact.known(part)
            relations.limits(index, min(low, exact), max(high, exact))

    def _limit(self, relations: Relations, index: int, number: Number) -> None:
        relations.limits(index, *self.limits_of_count(*number))

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
                at[i][0] for i in given_up - noughts if i in at and self.may_show(at[i][0])
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
            free = [key for key in binding if self.can_hide(key)]
            if chosen & set(free):
                continue
            fresh = [key for key in free if key not in self.settled]
            # What is published already is hidden last, as it is known all the same.
            if not free or (not fresh and index in at and self.may_show(at[index][0])):
                given_up.add(index)
                continue
            chosen.add(min(fresh or free, key=self._hidden_first))
        return chosen

    def _hidden_first(self, key: CellKey) -> tuple[bool, int, float, CellKey]:
        dear = DEARNESS[key.period_kind]
        return (key.area_code == self.borough, dear, self.cells[key].known(NUMERATOR), key)

    def _hide_in_time(self) -> None:
        """Hide until no window is given away by the other windows of its own series and area.

        The linear programme that follows finds the same, but slowly where there is much to find.
        """
        lines: dict[tuple[str, str, str, str], list[CellKey]] = defaultdict(list)
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
                    *self.limits_of_count(key, part),
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
                    if place < len(keys) and self.can_hide(keys[place]):
                        votes[keys[place]] += 1
            votes = {key: n for key, n in votes.items() if key not in self.settled}
            if not votes:
                return
            self.hidden.add(
                min(votes, key=lambda key: (DEARNESS[key.period_kind] / votes[key], key))
            )

    def _pair_lone_cells(self) -> None:
        """Where a sum has one hidden member, hide the smallest other one that is not zero."""
        sums = Sums(self.cells, self.knowledge, self.borough).all()
        of_cell: dict[Number, list[int]] = defaultdict(list)
        for place, (part, summed) in enumerate(sums):
            for key in summed:
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
                second = min(parts, key=lambda key: (self.cells[key].known(part), key))
                self.hidden.add(second)
                again.update(p for name in PARTS for p in of_cell[second, name])
            waiting = sorted(again)
