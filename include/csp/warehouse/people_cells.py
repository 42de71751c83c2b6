"""The exact counts of people in the candidate: what disclosure control is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from csp.disclosure.counts import CellKey, Counts, KpiShape
from csp.warehouse.engine import Warehouse

KEY_COLUMNS = {
    "kpi_id": "text",
    "breakdown": "text",
    "period_kind": "text",
    "period_start": "date",
    "period_end": "date",
    "area_code": "text",
}
#: The exact counts of people. The denominator of a rate is a public population and no count.
PEOPLE = """
    select
        cell.kpi_id, cell.breakdown, cell.period_kind, cell.period_start, cell.period_end,
        cell.area_code, cell.area_kind, cell.numerator,
        case when cell.method in ('share', 'ratio') then coalesce(cell.denominator, 0) end
            as denominator,
        cell.method in ('share', 'ratio') as is_share,
        coalesce(catalogue.aggregation, 'sum') as aggregation,
        coalesce(catalogue.adds_up, false) as adds_up,
        cell.definition_version
    from restricted.kpi_cell as cell
    inner join reference.kpi_catalogue as catalogue
        on cell.kpi_id = catalogue.kpi_id and cell.breakdown = catalogue.breakdown
    where
        cell.disclosure_class = 'person'
        and cell.method <> 'change'
        and cell.numerator is not null
"""


@dataclass
class PeopleCells:
    """The cells of KPIs about people in the candidate.

    Attributes:
        counts: Exact counts of those that have them.
        shapes: The KPIs.
        versions: (KPI, breakdown) → version of its definition.
        borough: Code of the borough.
    """

    counts: dict[CellKey, Counts] = field(default_factory=dict)
    shapes: list[KpiShape] = field(default_factory=list)
    versions: dict[tuple[str, str], str] = field(default_factory=dict)
    borough: str = ""

    @cached_property
    def shares(self) -> set[tuple[str, str]]:
        """KPIs whose denominators count people too."""
        return {(shape.kpi_id, shape.breakdown) for shape in self.shapes if shape.is_share}


def read_people_cells(warehouse: Warehouse) -> PeopleCells:
    """The exact counts that stand in the candidate; none before the models have run."""
    if not is_there(warehouse, "restricted.kpi_cell"):
        return PeopleCells()
    people = warehouse.candidate_query(PEOPLE).as_frame()
    kpis = people.drop_duplicates(["kpi_id", "breakdown"]).sort_values(["kpi_id", "breakdown"])
    shapes = kpis[["kpi_id", "breakdown", "aggregation", "is_share", "adds_up"]]
    return PeopleCells(
        counts={key: Counts(row.numerator, row.denominator) for key, row in by_cell(people)},
        shapes=[KpiShape(*row) for row in shapes.values.tolist()],
        versions={key[:2]: str(row.definition_version) for key, row in by_cell(kpis)},
        borough=next(iter(people.loc[people["area_kind"] == "borough", "area_code"]), ""),
    )


def by_cell(frame: pd.DataFrame) -> Iterator[tuple[CellKey, Any]]:
    """Each row with the cell that it speaks of."""
    keys = frame[list(KEY_COLUMNS)].itertuples(index=False, name=None)
    return zip(map(CellKey._make, keys), frame.itertuples(index=False), strict=True)


def is_there(warehouse: Warehouse, table: str) -> bool:
    """Whether the candidate has a table, by its schema and name."""
    schema, name = table.split(".")
    return bool(
        warehouse.candidate_query(
            "select 1 from information_schema.tables "
            f"where table_schema = '{schema}' and table_name = '{name}'"
        ).rows
    )
