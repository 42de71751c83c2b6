"""KPI values from the published long mart."""

from __future__ import annotations

import re
from typing import Any

from csp.faults import CspError
from csp.warehouse.engine import Warehouse

PERIOD = re.compile(r"(\d{4})(-\d{2})?")
COLUMNS = """
    o.kpi_id, o.breakdown, k.name, o.period_kind, o.period_start, o.period_end, o.area_code,
    a.area_name, o.numerator, o.denominator, o.value, o.lower, o.upper, o.unit, o.status,
    o.maturity, o.as_of, o.publication_id
"""


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def period_condition(period: str) -> str:
    """SQL for a period as people write it: `2019-06` (that month) or `2019` (that calendar year).

    Raises:
        CspError: The text is neither.
    """
    found = PERIOD.fullmatch(period)
    if not found:
        raise CspError(f"'{period}' is no period; write 2019-06 for a month, 2019 for a year")
    year, month = found.groups()
    if month:
        first = f"date '{year}{month}-01'"
        return (
            f"(o.period_kind = 'month' and o.period_start = {first} or "
            f"o.period_kind = 'rolling_12_months' and date_trunc('month', o.period_end) = {first})"
        )
    return f"(o.period_kind = 'rolling_12_months' and o.period_start = date '{year}-01-01')"


def kpi_rows(
    warehouse: Warehouse,
    kpi_id: str | None = None,
    *,
    period: str | None = None,
    area: str | None = None,
) -> list[dict[str, Any]]:
    """KPI values of the current publication.

    Args:
        warehouse: The engine.
        kpi_id: One KPI, or all.
        period: `2019-06` or `2019`; without it the newest period with a value, by KPI and kind.
        area: Code or name of an area; without it the borough.

    Returns:
        One mapping per value, sorted by KPI, breakdown, area and period.

    Raises:
        CspError: No such KPI or area, or nothing is published.
    """
    conditions = []
    if kpi_id:
        conditions.append(f"upper(o.kpi_id) = upper({_literal(kpi_id)})")
    if area:
        conditions.append(
            f"(o.area_code = {_literal(area)} or lower(a.area_name) = lower({_literal(area)}))"
        )
    else:
        conditions.append("o.area_kind = 'borough'")
    if period:
        conditions.append(period_condition(period))
    else:
        conditions.append("""o.period_start = (
            select max(n.period_start) from kpi_observation as n
            where n.kpi_id = o.kpi_id and n.period_kind = o.period_kind
                and n.breakdown = o.breakdown and n.area_code = o.area_code
                and n.value is not null)""")
    result = warehouse.query(f"""
        select {COLUMNS} from kpi_observation as o
        join dim_kpi as k on k.kpi_id = o.kpi_id and k.breakdown = o.breakdown
        join dim_area as a on a.area_code = o.area_code
        where {" and ".join(conditions)}
        order by o.kpi_id, o.breakdown, o.area_code, o.period_kind, o.period_start""")
    rows = result.as_records()
    if not rows:
        said = ", ".join(text for text in (kpi_id, period, area) if text)
        raise CspError(f"no KPI value for {said or 'the borough'}; csp kpi lists what there is")
    return rows
