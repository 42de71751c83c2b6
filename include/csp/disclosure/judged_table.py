"""Primary suppression: what of each cell may be shown when it is looked at alone."""

from __future__ import annotations

from collections.abc import Mapping

from csp.disclosure.counts import DENOMINATOR, NUMERATOR, PARTS, CellKey, Counts, Knowledge, rounded
from csp.disclosure.decision import (
    Decision,
    Earlier,
    has_moved,
    lies_apart,
    limits_of,
    too_small,
)


class JudgedTable:
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
            is_hidden = too_small(now)
        else:
            moved = {part: has_moved(now.part(part), old.rounded_from.part(part)) for part in PARTS}
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
                is_hidden = too_small(self.rounded_from[key])
        if is_hidden:
            self.hidden.add(key)

    def _shown(self, key: CellKey) -> Counts:
        rounded_from = self.rounded_from[key]
        shown = rounded(rounded_from.known(NUMERATOR))
        if rounded_from.denominator is None:
            return Counts(shown)
        # A part is never shown as more than the whole, though one of them may be an earlier count.
        most = rounded(rounded_from.denominator)
        exact = self.cells[key]
        is_part = exact.known(NUMERATOR) <= exact.known(DENOMINATOR)
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

    def limits_of_count(self, key: CellKey, part: str) -> tuple[float, float]:
        """What everybody may read of a count, widened to the truth where an older one is shown."""
        shown = None if key in self.hidden else self._shown(key).part(part)
        low, high = limits_of(shown, part, is_share=self.cells[key].denominator is not None)
        exact = self.cells[key].known(part)
        return min(low, exact), max(high, exact)

    def may_show(self, key: CellKey) -> bool:
        """Whether a hidden cell could be shown after all: it is not small, nor published hidden."""
        return key not in self.settled and not too_small(self.rounded_from[key])

    def can_hide(self, key: CellKey) -> bool:
        """Whether hiding the cell would hide anything."""
        return key not in self.hidden | self.known and any(
            self.cells[key].part(part) for part in PARTS
        )
