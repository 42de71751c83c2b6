"""The suite on the KPI marts, before anybody may read them."""

from __future__ import annotations

from csp.quality.checks import PLATFORM, none, present, resolves, unique
from csp.quality.judge import CRITICAL, WARNING, TableCheck

PERSON_COLUMNS = ("forename", "surname", "date_of_birth", "postcode", "address", "number_plate")


def publication_suite(publication_id: int) -> list[TableCheck]:
    """Checks on the KPI marts, before anybody may read them."""
    mart = "kpi.kpi_observation"
    return [
        unique("PUB-KEY", mart, "kpi_id", "breakdown", "period_kind", "period_start", "area_code"),
        present("PUB-STATUS", mart, "status"),
        present("PUB-AS-OF", mart, "as_of"),
        TableCheck(
            "PUB-STATUS-SET",
            "a status is reported, partial or not reported",
            CRITICAL,
            PLATFORM,
            mart,
            "ExpectColumnValuesToBeInSet",
            {"column": "status", "value_set": ["reported", "partial", "not_reported"]},
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
        none(
            "PUB-NULL",
            mart,
            "a value that was not reported is empty, never zero; one that was has its count",
            "select kpi_id, status, count(*) as cells from {batch} as batch "
            "where (status = 'not_reported') <> (numerator is null) group by kpi_id, status",
        ),
        none(
            "PUB-INTERVAL",
            mart,
            "a value lies inside its interval",
            "select kpi_id, count(*) as cells from {batch} as batch "
            "where value is not null and not (lower <= value and value <= upper) group by kpi_id",
        ),
        none(
            "PUB-DENOMINATOR",
            mart,
            "a rate or share has a denominator above zero",
            "select kpi_id, unit, count(*) as cells from {batch} as batch "
            "where value is not null and unit <> 'incidents' "
            "and (denominator is null or denominator <= 0) group by kpi_id, unit",
        ),
        none(
            "PUB-NEGATIVE",
            mart,
            "no count is negative",
            "select kpi_id, count(*) as cells from {batch} as batch where numerator < 0 "
            "group by kpi_id",
        ),
        none(
            "PUB-AREAS",
            mart,
            "each KPI and period has the borough and all its wards",
            "select kpi_id, breakdown, period_kind, period_start from {batch} as batch "
            "group by kpi_id, breakdown, period_kind, period_start having count(*) <> 21",
        ),
        none(
            "PUB-WARD-SUM",
            mart,
            "the wards of a month never add up to more than the borough",
            "select kpi_id, breakdown, period_start from {batch} as batch "
            "where period_kind = 'month' group by kpi_id, breakdown, period_start "
            "having sum(case when area_kind = 'ward' then numerator else 0 end) "
            "> sum(case when area_kind = 'borough' then numerator else 0 end)",
        ),
        _reconciles("PUB-S01", "S01", "all", "core.fct_recorded_crime", "crime_month"),
        _reconciles("PUB-S02", "S02", "all", "core.fct_asb_incident", "crime_month"),
        _reconciles(
            "PUB-S28",
            "S28",
            "fire",
            "(select * from core.fct_fire_incident where incident_group = 'Fire')",
            "call_month",
        ),
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
            "every force that polices the borough has reported every month",
            "select kpi_id from {batch} as batch where status <> 'reported' group by kpi_id",
            WARNING,
        ),
    ]


def _reconciles(code: str, kpi: str, breakdown: str, fact: str, month: str) -> TableCheck:
    return none(
        code,
        "kpi.kpi_observation",
        f"{kpi} of the borough's months adds up to the events of the borough in its fact table",
        f"""select published.events_published, counted.events_counted
            from (
                select coalesce(sum(numerator), 0) as events_published from {{batch}} as batch
                where kpi_id = '{kpi}' and breakdown = '{breakdown}' and period_kind = 'month'
                    and area_kind = 'borough'
            ) as published
            cross join (
                select count(*) as events_counted from {fact} as fact
                where borough_code like 'E09%' and {month} in (
                    select period_start from kpi.kpi_observation
                    where kpi_id = '{kpi}' and breakdown = '{breakdown}'
                        and period_kind = 'month' and area_kind = 'borough'
                        and status <> 'not_reported'
                )
            ) as counted
            where published.events_published <> counted.events_counted""",
    )
