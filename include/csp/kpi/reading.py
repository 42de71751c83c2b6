"""KPI values from the published long mart."""

from __future__ import annotations

import re
from typing import Any

from csp.errors import CspError
from csp.sql import quoted
from csp.warehouse.engine import Warehouse

PERIOD = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d{2})|-?Q(?P<quarter>[1-4])|(?P<financial>/\d{2}))?"
)
COLUMNS = """
    o.kpi_id, o.breakdown, k.name, k.method, k.theme, o.period_kind, o.period_start, o.period_end,
    o.area_code, a.area_name, o.numerator, o.denominator, o.value, o.lower, o.upper, o.unit,
    o.status, o.maturity, o.as_of, o.publication_id
"""


def period_condition(period: str) -> str:
    """SQL for a period as people write it.

    `2019-06` is that month and every longer period that ends with it; `2019` the calendar year;
    `2021Q2` the calendar quarter; `2020/21` the financial year.

    Raises:
        CspError: The text is none of these.
    """
    found = PERIOD.fullmatch(period)
    if not found:
        raise CspError(
            f"'{period}' is no period; write 2019-06 for a month, 2021Q2 for a quarter, 2020/21 "
            "for a financial year, 2019 for a calendar year"
        )
    year = int(found["year"])
    if found["month"]:
        return f"date_trunc('month', o.period_end) = date '{year}-{found['month']}-01'"
    if found["quarter"]:
        first = f"date '{year}-{3 * int(found['quarter']) - 2:02d}-01'"
        return f"o.period_kind = 'quarter' and o.period_start = {first}"
    if found["financial"]:
        return f"o.period_kind = 'financial_year' and o.period_start = date '{year}-04-01'"
    return f"o.period_kind = 'rolling_12_months' and o.period_start = date '{year}-01-01'"


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
        period: As `period_condition` reads it; without it the newest period of each KPI and kind,
            and where that has no value, the newest that has one too.
        area: Code or name of an area; without it the borough.

    Returns:
        One mapping per value, sorted by KPI, breakdown, area and period.

    Raises:
        CspError: No such KPI or area, or nothing is published.
    """
    conditions = []
    if kpi_id:
        conditions.append(f"upper(o.kpi_id) = upper({quoted(kpi_id)})")
    if area:
        conditions.append(
            f"(o.area_code = {quoted(area)} or lower(a.area_name) = lower({quoted(area)}))"
        )
    else:
        conditions.append("o.area_kind = 'borough'")
    if period:
        conditions.append(f"({period_condition(period)})")
    else:
        newest = """(
            select max(n.period_end) from kpi_observation as n
            where n.kpi_id = o.kpi_id and n.period_kind = o.period_kind
                and n.breakdown = o.breakdown and n.area_code = o.area_code{})"""
        conditions.append(
            f"o.period_end in ({newest.format('')}, {newest.format(' and n.value is not null')})"
        )
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
