"""Disclosure control between the exact KPI cells and the marts, on whichever engine holds them.

The register keeps what the current publication and the candidate show of each cell, and the exact
counts behind it; it lies in schema `restricted`, which is never published.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from csp.disclosure.counts import PARTS, CellKey, Counts, learn, rounded
from csp.disclosure.decision import Earlier, lies_apart, limits_of
from csp.sql import quoted_list
from csp.warehouse.engine import Warehouse, current_number
from csp.warehouse.people_cells import (
    KEY_COLUMNS,
    PeopleCells,
    by_cell,
    is_there,
    read_people_cells,
)

DECISION_TABLE = "restricted.disclosure_decision"
REGISTER_TABLE = "restricted.disclosure_register"
FINDING_TABLE = "restricted.disclosure_finding"
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


def control_disclosure(warehouse: Warehouse, publication_id: int) -> None:
    """Write what of each cell about people may be shown; a cell without a row stays hidden.

    Args:
        warehouse: Its candidate holds the exact cells.
        publication_id: The publication that is being made.
    """
    cells = read_people_cells(warehouse)
    before = current_number(warehouse)
    register = _register(warehouse)
    kept = register[register["publication_id"] == before]
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
    warehouse.write_table(REGISTER_TABLE, REGISTER_COLUMNS, [*kept.values.tolist(), *now])


def attack_publication(warehouse: Warehouse, publication_id: int) -> None:
    """Attack the marts of the candidate and write what gave way, for the gate to judge."""
    cells = read_people_cells(warehouse)
    findings = []
    if cells.counts:
        from csp.disclosure.attack import attack  # noqa: PLC0415 - SciPy is slow to import

        before = current_number(warehouse)
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


def _register(warehouse: Warehouse) -> pd.DataFrame:
    if not is_there(warehouse, REGISTER_TABLE):
        return pd.DataFrame(columns=list(REGISTER_COLUMNS))
    columns = ", ".join(REGISTER_COLUMNS)
    return warehouse.candidate_query(f"select {columns} from {REGISTER_TABLE}").as_frame()


def _registered(
    warehouse: Warehouse, cells: PeopleCells, publication_id: int
) -> dict[CellKey, Earlier]:
    """What the register says of a publication, where the definition is today's."""
    register = _register(warehouse)
    return {
        key: Earlier(
            shown=Counts(row.shown_numerator, row.shown_denominator),
            is_suppressed=row.is_suppressed,
            exact=Counts(row.exact_numerator, row.exact_denominator),
            rounded_from=Counts(row.decided_numerator, row.decided_denominator),
        )
        for key, row in by_cell(register[register["publication_id"] == publication_id])
        if cells.versions.get(key[:2]) == row.definition_version
    }


def _earlier(
    warehouse: Warehouse, cells: PeopleCells, publication_id: int
) -> dict[CellKey, Earlier]:
    """The current publication, by the register; by what it shows when the register is gone."""
    if not publication_id:
        return {}
    if found := _registered(warehouse, cells, publication_id):
        return found
    return _guessed(cells, _shown(warehouse.query(_shown_query(cells, "")).as_frame(), cells))


def _shown_query(cells: PeopleCells, schema: str) -> str:
    kpis = quoted_list(sorted({shape.kpi_id for shape in cells.shapes}))
    return (
        f"select definition_version, status, {', '.join(KEY_COLUMNS)}, "
        "case when status <> 'suppressed' then numerator end as numerator, "
        "case when status <> 'suppressed' then denominator end as denominator "
        f"from {schema}kpi_observation where kpi_id in ({kpis}) "
        "and status in ('reported', 'partial', 'suppressed')"
    )


def _shown(published: pd.DataFrame, cells: PeopleCells) -> dict[CellKey, tuple[Counts, bool]]:
    """Published cells of today's definitions: what they show and whether they are hidden."""
    return {
        key: (
            Counts(row.numerator, row.denominator if key[:2] in cells.shares else None),
            row.status == "suppressed",
        )
        for key, row in by_cell(published)
        if cells.versions.get(key[:2]) == str(row.definition_version)
    }


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

    decisions = warehouse.candidate_query(
        f"select {', '.join(KEY_COLUMNS)}, is_kept_apart, is_revised from {DECISION_TABLE}"
    ).as_frame()
    flags = {key: (row.is_kept_apart, row.is_revised) for key, row in by_cell(decisions)}
    published = warehouse.candidate_query(_shown_query(cells, "kpi.")).as_frame()
    return {
        key: PublishedCell(
            shown, is_hidden, key[:2] in cells.shares, *flags.get(key, (False, False))
        )
        for key, (shown, is_hidden) in _shown(published, cells).items()
        # What no decision was taken on says nothing, as long as it is hidden.
        if not is_hidden or key in flags
    }


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
