"""Disclosure control between the exact KPI cells and the marts, on whichever engine holds them.

The register keeps what the current publication and the candidate show of each cell, and the exact
counts behind it; it lies in schema `restricted`, which is never published.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from csp.disclosure.counts import PARTS, CellKey, Counts, KpiShape, learn, rounded
from csp.disclosure.decision import Earlier, lies_apart, limits_of
from csp.warehouse.engine import Warehouse

DECISION_TABLE = "restricted.disclosure_decision"
REGISTER_TABLE = "restricted.disclosure_register"
FINDING_TABLE = "restricted.disclosure_finding"
KEY_COLUMNS = {
    "kpi_id": "text",
    "breakdown": "text",
    "period_kind": "text",
    "period_start": "date",
    "period_end": "date",
    "area_code": "text",
}
SHOWN_COLUMNS = {
    "shown_numerator": "double precision",
    "shown_denominator": "double precision",
    "is_suppressed": "boolean",
}
DECISION_COLUMNS = (
    KEY_COLUMNS
    | SHOWN_COLUMNS
    | {"is_kept_apart": "boolean", "is_revised": "boolean", "stands_still": "boolean"}
)
REGISTER_COLUMNS = (
    {"publication_id": "integer", "definition_version": "text"}
    | KEY_COLUMNS
    | SHOWN_COLUMNS
    | {
        "exact_numerator": "double precision",
        "exact_denominator": "double precision",
        "decided_numerator": "double precision",
        "decided_denominator": "double precision",
    }
)
FINDING_COLUMNS = {"kpi_id": "text", "kind": "text", "cells": "integer"}
SHOWN_STATUSES = ("reported", "partial")
#: The denominator of a rate is a public population.
OF_PEOPLE = ("share", "ratio")


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

    @property
    def shares(self) -> set[tuple[str, str]]:
        """KPIs whose denominators count people too."""
        return {(shape.kpi_id, shape.breakdown) for shape in self.shapes if shape.is_share}


def control_disclosure(warehouse: Warehouse, publication_id: int) -> None:
    """Write what of each cell about people may be shown; a cell without a row stays hidden.

    Args:
        warehouse: Its candidate holds the exact cells.
        publication_id: The publication that is being made.
    """
    cells = _people_cells(warehouse)
    before = warehouse.newest_publication_id()
    kept = [row for row in _register_rows(warehouse) if row[0] == before]
    decisions = {}
    if cells.counts:
        from csp.disclosure.control import control  # noqa: PLC0415 - SciPy is slow to import

        earlier = _earlier(warehouse, cells, before)
        decisions = control(cells.counts, cells.shapes, cells.borough, earlier)
    warehouse.write_table(
        DECISION_TABLE,
        DECISION_COLUMNS,
        [
            (
                *key,
                *_both(made.shown),
                made.is_suppressed,
                made.is_kept_apart,
                made.is_revised,
                made.stands_still,
            )
            for key, made in decisions.items()
        ],
    )
    now = [
        (
            publication_id,
            cells.versions[key[:2]],
            *key,
            *_both(made.shown),
            made.is_suppressed,
            *_both(made.exact),
            *_both(made.rounded_from),
        )
        for key, made in decisions.items()
    ]
    warehouse.write_table(REGISTER_TABLE, REGISTER_COLUMNS, kept + now)


def attack_publication(warehouse: Warehouse, publication_id: int) -> None:
    """Attack the marts of the candidate and write what gave way, for the gate to judge."""
    cells = _people_cells(warehouse)
    findings = []
    if cells.counts:
        from csp.disclosure.attack import attack  # noqa: PLC0415 - SciPy is slow to import

        before = warehouse.newest_publication_id()
        earlier = _earlier(warehouse, cells, before)
        exact = {
            key: made.exact for key, made in _registered(warehouse, cells, publication_id).items()
        }
        findings = attack(
            _published(warehouse, cells),
            learn(exact, cells.shapes, cells.borough),
            cells.borough,
            _published_before(earlier, cells),
            learn({key: old.exact for key, old in earlier.items()}, cells.shapes, cells.borough),
        )
    warehouse.write_table(
        FINDING_TABLE, FINDING_COLUMNS, [(f.kpi_id, f.kind, f.cells) for f in findings]
    )


def _both(counts: Counts) -> tuple[float | None, float | None]:
    return counts.numerator, counts.denominator


def _people_cells(warehouse: Warehouse) -> PeopleCells:
    cells = PeopleCells()
    if not _is_there(warehouse, "restricted.kpi_cell"):
        return cells
    found = warehouse.candidate_query(
        """
        select
            cell.kpi_id, cell.breakdown, cell.period_kind, cell.period_start, cell.period_end,
            cell.area_code, cell.numerator, cell.denominator, cell.area_kind, cell.method,
            cell.definition_version, catalogue.aggregation, catalogue.adds_up
        from restricted.kpi_cell as cell
        inner join reference.kpi_catalogue as catalogue
            on cell.kpi_id = catalogue.kpi_id and cell.breakdown = catalogue.breakdown
        where
            cell.disclosure_class = 'person'
            and cell.method <> 'change'
            and cell.numerator is not null
        """
    )
    shapes = set()
    for row in found.rows:
        key, (numerator, denominator, area_kind, method, version, aggregation, adds_up) = (
            CellKey(*row[:6]),
            row[6:],
        )
        is_share = method in OF_PEOPLE
        cells.counts[key] = Counts(numerator, (denominator or 0.0) if is_share else None)
        shapes.add(KpiShape(*key[:2], aggregation or "sum", is_share, bool(adds_up)))
        cells.versions[key[:2]] = str(version)
        if area_kind == "borough":
            cells.borough = key.area_code
    cells.shapes = sorted(shapes, key=lambda shape: (shape.kpi_id, shape.breakdown))
    return cells


def _is_there(warehouse: Warehouse, table: str) -> bool:
    schema, name = table.split(".")
    return bool(
        warehouse.candidate_query(
            "select 1 from information_schema.tables "
            f"where table_schema = '{schema}' and table_name = '{name}'"
        ).rows
    )


def _register_rows(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    if not _is_there(warehouse, REGISTER_TABLE):
        return []
    columns = ", ".join(REGISTER_COLUMNS)
    return warehouse.candidate_query(f"select {columns} from {REGISTER_TABLE}").rows


def _registered(
    warehouse: Warehouse, cells: PeopleCells, publication_id: int
) -> dict[CellKey, Earlier]:
    """What the register says of a publication, where the definition is today's."""
    found = {}
    for number, version, *row in _register_rows(warehouse):
        key = CellKey(*row[:6])
        if number == publication_id and cells.versions.get(key[:2]) == version:
            *shown, is_suppressed = row[6:9]
            exact, decided = Counts(*row[9:11]), Counts(*row[11:13])
            found[key] = Earlier(Counts(*shown), is_suppressed, exact, decided)
    return found


def _earlier(
    warehouse: Warehouse, cells: PeopleCells, publication_id: int
) -> dict[CellKey, Earlier]:
    """The current publication, by the register; by what it shows when the register is gone."""
    if not publication_id:
        return {}
    if found := _registered(warehouse, cells, publication_id):
        return found
    return _guessed(cells, _rows(warehouse.query(_rows_query(cells, "")).rows, cells))


def _rows_query(cells: PeopleCells, schema: str) -> str:
    kpis = ", ".join(f"'{kpi}'" for kpi in sorted({shape.kpi_id for shape in cells.shapes}))
    return (
        f"select definition_version, status, {', '.join(KEY_COLUMNS)}, numerator, denominator "
        f"from {schema}kpi_observation where kpi_id in ({kpis})"
    )


def _rows(
    rows: Iterable[tuple[Any, ...]], cells: PeopleCells
) -> dict[CellKey, tuple[Counts, bool]]:
    """Published cells of today's definitions: what they show and whether they are hidden."""
    found = {}
    for version, status, *row in rows:
        key = CellKey(*row[:6])
        if cells.versions.get(key[:2]) != str(version):
            continue
        if status == "suppressed":
            found[key] = (Counts(None), True)
        elif status in SHOWN_STATUSES:
            denominator = row[7] if key[:2] in cells.shares else None
            found[key] = (Counts(row[6], denominator), False)
    return found


def _guessed(
    cells: PeopleCells, rows: dict[CellKey, tuple[Counts, bool]]
) -> dict[CellKey, Earlier]:
    """The publication before when its exact counts are lost: as near to today's as it can be."""
    found = {}
    for key, (shown, is_hidden) in rows.items():
        now, is_share = cells.counts.get(key, Counts(None)), key[:2] in cells.shares
        exact = []
        for part in PARTS if is_share else PARTS[:1]:
            value = None if is_hidden else shown.part(part)
            if value is not None and rounded(value) != value:
                break  # published before there was disclosure control, so it is known already
            low, high = limits_of(value, part, is_share=is_share)
            count = now.part(part)
            exact.append(low if count is None else min(max(count, low), high))
        else:
            found[key] = Earlier(shown, is_hidden, Counts(*exact), Counts(*exact))
    return found


def _published(warehouse: Warehouse, cells: PeopleCells) -> dict[CellKey, Any]:
    from csp.disclosure.attack import PublishedCell  # noqa: PLC0415

    flags = {
        CellKey(*row[:6]): row[6:]
        for row in warehouse.candidate_query(
            f"select {', '.join(KEY_COLUMNS)}, is_kept_apart, is_revised from {DECISION_TABLE}"
        ).rows
    }
    found = {}
    rows = warehouse.candidate_query(_rows_query(cells, "kpi.")).rows
    for key, (shown, is_hidden) in _rows(rows, cells).items():
        # What no decision was taken on says nothing, as long as it is hidden.
        if not is_hidden or key in flags:
            found[key] = PublishedCell(
                shown, is_hidden, key[:2] in cells.shares, *flags.get(key, (False, False))
            )
    return found


def _published_before(earlier: dict[CellKey, Earlier], cells: PeopleCells) -> dict[CellKey, Any]:
    from csp.disclosure.attack import PublishedCell  # noqa: PLC0415

    return {
        key: PublishedCell(
            old.shown,
            old.is_suppressed,
            key[:2] in cells.shares,
            not old.is_suppressed and lies_apart(old.shown, old.exact),
        )
        for key, old in earlier.items()
    }
