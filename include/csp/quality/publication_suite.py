"""The suite on the KPI marts, before anybody may read them."""

from __future__ import annotations

import os

from csp.contracts.borough import borough
from csp.errors import CspError
from csp.quality.checks import PLATFORM, none, present, resolves, unique
from csp.quality.judge import CRITICAL, WARNING, TableCheck

RECONCILE = "CSP_RECONCILE"
SHOWN = ("reported", "partial")
STATUSES = (*SHOWN, "missing", "not_reported", "not_mature", "suppressed")
SHOWN_IN_SQL = "('reported', 'partial')"
OBSERVATION = "kpi.kpi_observation"
PERSON_COLUMNS = ("forename", "surname", "date_of_birth", "postcode", "address", "number_plate")


def reconciles() -> bool:
    """Whether publications must give the presentation's figures (`CSP_RECONCILE=presentation`).

    Never for a borough whose partnership gave no presentation.

    Raises:
        CspError: The variable is set to something else.
    """
    meant = os.environ.get(RECONCILE, "")
    if meant not in ("", "presentation"):
        raise CspError(f"{RECONCILE} is '{meant}'; it must be presentation, or not set")
    return bool(meant) and borough().settings.presentation


def audit_suite(publication_id: int) -> list[TableCheck]:
    """Every check of the audit before a publication.

    Raises:
        CspError: `CSP_RECONCILE` says what it cannot.
    """
    checks = publication_suite(publication_id)
    return checks + reconciliation_suite() if reconciles() else checks


def reconciliation_suite() -> list[TableCheck]:
    """Check that the marts give every figure of the partnership's presentation.

    For a warehouse of the time and partners that the presentation speaks of.
    """
    return [
        none(
            "PUB-FIGURES",
            "restricted.kpi_reconciliation",
            "the marts give every figure of the partnership's presentation",
            "select kpi_id, figure_no, verdict from {batch} as batch "
            "where verdict not in ('holds', 'left_out')",
        )
    ]


def publication_suite(publication_id: int) -> list[TableCheck]:
    """Checks on the KPI marts, before anybody may read them."""
    return [
        *_keys_and_words(publication_id),
        *_counts_and_values(),
        *_areas(),
        *_as_catalogued(),
        *_undisclosed(),
        _reconciles("PUB-S01", "S01", "all", "core.fct_recorded_crime", "crime_month"),
        _reconciles("PUB-S02", "S02", "all", "core.fct_asb_incident", "crime_month"),
        _reconciles(
            "PUB-S28",
            "S28",
            "fire",
            "(select * from core.fct_fire_incident where incident_group = 'Fire')",
            "call_month",
        ),
        *_nothing_personal_or_missing(),
    ]


def _keys_and_words(publication_id: int) -> list[TableCheck]:
    """Every cell stands once, under words and names that are known."""
    mart = OBSERVATION
    return [
        unique(
            "PUB-KEY",
            mart,
            "kpi_id",
            "breakdown",
            "period_kind",
            "period_start",
            "period_end",
            "area_code",
        ),
        present("PUB-STATUS", mart, "status"),
        present("PUB-AS-OF", mart, "as_of"),
        TableCheck(
            "PUB-STATUS-SET",
            "a status is one of the six words",
            CRITICAL,
            PLATFORM,
            mart,
            "ExpectColumnValuesToBeInSet",
            {"column": "status", "value_set": list(STATUSES)},
        ),
        TableCheck(
            "PUB-NUMBER",
            "every row carries the number of this publication",
            CRITICAL,
            PLATFORM,
            mart,
            "ExpectColumnValuesToBeInSet",
            {"column": "publication_id", "value_set": [publication_id]},
        ),
        resolves("PUB-KPI", mart, "kpi_id", "kpi.dim_kpi", "kpi_id"),
        resolves("PUB-AREA", mart, "area_code", "core.dim_area", "area_code"),
    ]


def _counts_and_values() -> list[TableCheck]:
    """What is shown is there, and what is not shown is nowhere."""
    mart = OBSERVATION
    return [
        none(
            "PUB-NULL",
            mart,
            "a count that is not shown is empty, never zero; one that was reported is there",
            "select kpi_id, status, count(*) as cells from {batch} as batch "
            f"where (status in {SHOWN_IN_SQL}) <> (numerator is not null) "
            "group by kpi_id, status",
        ),
        none(
            "PUB-UNSHOWN",
            mart,
            "a cell without a count shows neither value nor interval",
            "select kpi_id, status, count(*) as cells from {batch} as batch "
            f"where status not in {SHOWN_IN_SQL} and (value is not null or lower is not null "
            "or upper is not null) group by kpi_id, status",
        ),
        none(
            "PUB-INTERVAL",
            mart,
            "a value lies inside its interval",
            "select kpi_id, count(*) as cells from {batch} as batch "
            "where value is not null and lower is not null "
            "and not (lower <= value and value <= upper) group by kpi_id",
        ),
        none(
            "PUB-DENOMINATOR",
            mart,
            "a rate, share, ratio or change has a denominator above zero",
            "select batch.kpi_id, count(*) as cells from {batch} as batch "
            "inner join kpi.dim_kpi as kpi on batch.kpi_id = kpi.kpi_id "
            "and batch.breakdown = kpi.breakdown "
            "where batch.value is not null and kpi.method in ('rate', 'share', 'ratio', 'change') "
            "and (batch.denominator is null or batch.denominator <= 0) group by batch.kpi_id",
        ),
        none(
            "PUB-NEGATIVE",
            mart,
            "no count is negative",
            "select kpi_id, count(*) as cells from {batch} as batch where numerator < 0 "
            "group by kpi_id",
        ),
    ]


def _areas() -> list[TableCheck]:
    """Every area is there, and wards are part of the borough."""
    mart = OBSERVATION
    return [
        none(
            "PUB-AREAS",
            mart,
            "each KPI and period has all the areas that the catalogue gives it",
            "select batch.kpi_id, batch.breakdown, batch.period_kind, batch.period_start "
            "from {batch} as batch inner join kpi.dim_kpi as kpi on batch.kpi_id = kpi.kpi_id "
            "and batch.breakdown = kpi.breakdown group by batch.kpi_id, batch.breakdown, "
            "batch.period_kind, batch.period_start, batch.period_end, kpi.areas "
            "having max(case when batch.numerator is not null then 1 else 0 end) = 1 "
            "and count(*) <> (select count(*) from core.dim_area as area "
            "where area.area_kind in ('borough', 'ward') "
            "and position(area.area_kind in kpi.areas) > 0)",
        ),
        none(
            "PUB-WARD-SUM",
            mart,
            "exact counts of a month's wards never add up to more than the borough",
            "select batch.kpi_id, batch.breakdown, batch.period_start from {batch} as batch "
            "inner join kpi.dim_kpi as kpi on batch.kpi_id = kpi.kpi_id "
            "and batch.breakdown = kpi.breakdown and kpi.disclosure_class <> 'person' "
            "and kpi.aggregation = 'sum' and kpi.method in ('count', 'rate') "
            "where batch.period_kind = 'month' "
            "group by batch.kpi_id, batch.breakdown, batch.period_start "
            "having sum(case when batch.area_kind = 'ward' then batch.numerator else 0 end) "
            "> sum(case when batch.area_kind = 'borough' then batch.numerator else 0 end)",
        ),
    ]


def _as_catalogued() -> list[TableCheck]:
    """What is counted is what the catalogue says."""
    return [
        none(
            "PUB-CATALOGUE",
            "kpi.dim_kpi",
            "every KPI that the catalogue calls computed has a cell",
            "select batch.kpi_id, batch.breakdown from {batch} as batch "
            "where batch.status = 'computed' and batch.method <> 'milestone' and not exists ("
            "select 1 from kpi.kpi_observation as cell where cell.kpi_id = batch.kpi_id "
            "and cell.breakdown = batch.breakdown)",
            WARNING,
        ),
        none(
            "PUB-MEASURES",
            "intermediate.int_kpi__collect_measures",
            "every measure is one of the catalogue's",
            "select batch.kpi_id, batch.breakdown, count(*) as measures from {batch} as batch "
            "where not exists (select 1 from kpi.dim_kpi as kpi where kpi.kpi_id = batch.kpi_id "
            "and kpi.breakdown = batch.breakdown and kpi.status = 'computed') "
            "group by batch.kpi_id, batch.breakdown",
        ),
    ]


def _undisclosed() -> list[TableCheck]:
    """No hidden count is given away."""
    return [
        none(
            "PUB-ATTACK",
            "restricted.disclosure_finding",
            "no hidden count can be worked out from what is shown now and was shown last",
            "select kpi_id, kind, cells from {batch} as batch where cells >= 0",
        ),
        none(
            "PUB-STANDS-STILL",
            "restricted.disclosure_decision",
            "every KPI about people could be renewed without giving away what is hidden",
            "select kpi_id, count(*) as cells from {batch} as batch where stands_still "
            "group by kpi_id",
            WARNING,
        ),
    ]


def _nothing_personal_or_missing() -> list[TableCheck]:
    """No mart names a person, and no period lacks what was due."""
    mart = OBSERVATION
    return [
        none(
            "PUB-PERSON",
            mart,
            "no mart has a column that names a person",
            "select table_name, column_name from information_schema.columns "
            "where table_schema in ('core', 'kpi') "
            "and (select count(*) from {batch} as batch) >= 0 "
            f"and column_name in ({', '.join(repr(name) for name in PERSON_COLUMNS)})",
        ),
        none(
            "PUB-PARTIAL",
            mart,
            "no period lacks a part that was due",
            "select kpi_id, status from {batch} as batch "
            "where status in ('partial', 'missing') group by kpi_id, status",
            WARNING,
        ),
    ]


def _reconciles(code: str, kpi: str, breakdown: str, fact: str, month: str) -> TableCheck:
    return none(
        code,
        OBSERVATION,
        f"{kpi} of the borough's months adds up to the events of the borough in its fact table",
        f"""select published.events_published, counted.events_counted
            from (
                select coalesce(sum(numerator), 0) as events_published from {{batch}} as batch
                where kpi_id = '{kpi}' and breakdown = '{breakdown}' and period_kind = 'month'
                    and area_kind = 'borough'
            ) as published
            cross join (
                select count(*) as events_counted from {fact} as fact
                where borough_code like 'E09%' and delivery_id not in (
                    select delivery_id from core.fct_release where not is_reported
                ) and {month} in (
                    select period_start from kpi.kpi_observation
                    where kpi_id = '{kpi}' and breakdown = '{breakdown}'
                        and period_kind = 'month' and area_kind = 'borough'
                        and status <> 'not_reported'
                )
            ) as counted
            where published.events_published <> counted.events_counted""",
    )
