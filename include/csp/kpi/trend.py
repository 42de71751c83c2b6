"""How KPIs have gone lately: a line of blocks, and process control in words."""

from __future__ import annotations

from typing import Any

from csp.kpi.words import sparkline
from csp.warehouse.engine import Warehouse

MONTHS = 24
Key = tuple[str, str, str]


def add_trends(warehouse: Warehouse, rows: list[dict[str, Any]]) -> None:
    """Add `trend` and `spc_status` to KPI values; None where a KPI has no months."""
    if not rows:
        return
    ids = ", ".join(sorted({f"'{row['kpi_id']}'" for row in rows}))
    areas = ", ".join(sorted({f"'{row['area_code']}'" for row in rows}))
    chosen = f"kpi_id in ({ids}) and area_code in ({areas})"
    months = _by_key(
        warehouse.query(f"""
        select kpi_id, breakdown, area_code, value, status from kpi_observation
        where period_kind = 'month' and {chosen} order by period_start""").as_records()
    )
    judged = _by_key(
        warehouse.query(f"""
        select kpi_id, breakdown, area_code, spc_status from kpi_control_chart
        where value is not null and {chosen} order by period_start""").as_records()
    )
    for row in rows:
        key = (row["kpi_id"], row["breakdown"], row["area_code"])
        cells = months.get(key, [])[-MONTHS:]
        row["trend"] = (
            sparkline((c["value"] for c in cells), (c["status"] for c in cells)) if cells else None
        )
        row["spc_status"] = judged[key][-1]["spc_status"] if key in judged else None


def _by_key(records: list[dict[str, Any]]) -> dict[Key, list[dict[str, Any]]]:
    found: dict[Key, list[dict[str, Any]]] = {}
    for record in records:
        key = (record["kpi_id"], record["breakdown"], record["area_code"])
        found.setdefault(key, []).append(record)
    return found
