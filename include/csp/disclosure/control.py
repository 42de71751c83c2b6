"""Disclosure control: what of each count of people may be shown (GV10).

0 is shown; 1 to 4 are hidden; everything else is rounded to the nearest 5. A share is shown whole
or hidden whole, and hidden on a denominator below 20. Then more is hidden, under the same symbol,
until no hidden count can be told to lie within fewer than five values, from everything published
now and in the publication before. docs/decisions/0017-disclosure-control.md gives the reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from csp.disclosure.counts import CellKey, Counts, Knowledge, KpiShape, learn
from csp.disclosure.decision import Decision, Earlier
from csp.disclosure.suppression import Suppression
from csp.errors import CspError


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
        table = Suppression(
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
