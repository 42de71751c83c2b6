"""Disclosure control between the exact KPI cells and the marts, on whichever engine holds them."""

from __future__ import annotations

from csp.warehouse.engine import Warehouse

DECISION_TABLE = "restricted.disclosure_decision"
DECISION_COLUMNS = {
    "kpi_id": "text",
    "breakdown": "text",
    "period_kind": "text",
    "period_start": "date",
    "period_end": "date",
    "area_code": "text",
    "shown_numerator": "double precision",
    "shown_denominator": "double precision",
    "is_suppressed": "boolean",
}


def control_disclosure(warehouse: Warehouse) -> None:
    """Write what of each cell about people may be shown; a cell without a row stays hidden."""
    warehouse.write_table(DECISION_TABLE, DECISION_COLUMNS, [])
