"""The presentation's figures beside what the marts give."""

from __future__ import annotations

from typing import Any

from csp.errors import CspError
from csp.warehouse.engine import Warehouse

GOOD = ("holds", "left_out")


def reconciliation(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Every figure of the presentation with the exact and the shown figure, and the verdict.

    The rule is the dbt model `kpi_reconciliation`, over the cells of the last refresh.

    Raises:
        CspError: No refresh has built it yet.
    """
    try:
        found = warehouse.candidate_query(
            "select * from restricted.kpi_reconciliation order by kpi_id, figure_no"
        )
    except Exception as error:
        raise CspError("no refresh has built the KPI cells yet; run: csp refresh") from error
    return found.as_records()


def differing(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The figures that the marts do not give."""
    return [row for row in rows if row["verdict"] not in GOOD]
