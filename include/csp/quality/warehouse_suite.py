"""The suite on core, after it was built and before the KPI marts are."""

from __future__ import annotations

from csp.contracts import Contract
from csp.contracts.borough import borough
from csp.quality.checks import facts_reconcile, none, present, resolves, unique
from csp.quality.contract_checks import contract_checks
from csp.quality.judge import WARNING, TableCheck


def warehouse_suite(contracts: list[Contract]) -> list[TableCheck]:
    """Checks on core, after it was built and before the KPI marts are."""
    crime, asb, fire = "core.fct_recorded_crime", "core.fct_asb_incident", "core.fct_fire_incident"
    return [
        *(check for contract in contracts for check in contract_checks(contract)),
        unique("WH-CRIME-KEY", crime, "recorded_crime_id"),
        unique("WH-ASB-KEY", asb, "asb_incident_id"),
        unique("WH-FIRE-KEY", fire, "call_month", "incident_number"),
        *_outcome_and_count_checks(),
        present("WH-CRIME-MONTH", crime, "crime_month"),
        present("WH-ASB-MONTH", asb, "crime_month"),
        present("WH-FIRE-CALLED", fire, "called_at"),
        resolves("WH-CRIME-AREA", crime, "area_code", "core.dim_area", "area_code"),
        resolves("WH-ASB-AREA", asb, "area_code", "core.dim_area", "area_code"),
        resolves("WH-FIRE-AREA", fire, "area_code", "core.dim_area", "area_code"),
        resolves("WH-CRIME-TYPE", crime, "crime_type", "core.dim_crime_type", "crime_type"),
        none(
            "WH-ASB-APART",
            crime,
            "anti-social behaviour is never counted as a crime",
            "select count(*) as asb_rows from {batch} as batch "
            "where crime_type = 'Anti-social behaviour' having count(*) > 0",
        ),
        facts_reconcile(
            "WH-STREET-SUM",
            "police_street_crime",
            f"select sum(source_row_count) as source_rows from {crime} "
            f"union all select count(*) from {asb}",
            "crimes and ASB together are every row of the newest police releases",
        ),
        facts_reconcile(
            "WH-FIRE-SUM",
            "fire_lfb_incident",
            f"select sum(source_row_count) as source_rows from {fire}",
            "incidents are every row of the newest fire releases",
        ),
        *_release_and_area_checks(crime),
    ]


def _release_and_area_checks(crime: str) -> list[TableCheck]:
    """What holds of releases, areas and the identity of crimes."""
    return [
        none(
            "WH-RELEASE-ONE",
            "core.fct_release",
            "each month of each series has exactly one newest release",
            "select feed, series, period_start from {batch} as batch "
            "group by feed, series, period_start "
            "having sum(case when is_current then 1 else 0 end) <> 1",
        ),
        none(
            "WH-AREA-WARDS",
            "core.dim_area",
            f"the borough has its {borough().settings.wards} wards",
            "select count(*) as wards from {batch} as batch where area_kind = 'ward' "
            f"having count(*) <> {borough().settings.wards}",
        ),
        none(
            "WH-OUTSIDE-PLACED",
            crime,
            "a crime with a ward of the borough lies in the borough",
            "select ward_code, borough_code from {batch} as batch "
            "where (ward_code like 'E05%') <> (borough_code like 'E09%') "
            "group by ward_code, borough_code",
        ),
        none(
            "WH-REPEATED-ID",
            crime,
            "at most 1 % of the crimes repeat a Crime ID of their month",
            "select count(*) as repeated from {batch} as batch "
            "having sum(case when is_crime_id_repeated then 1 else 0 end) * 100 > count(*)",
            WARNING,
        ),
    ]


def _outcome_and_count_checks() -> list[TableCheck]:
    """What holds of outcomes, searches and the counts of the Metropolitan Police."""
    outcome, search = "core.fct_crime_outcome", "core.fct_stop_search"
    counts = "core.fct_mps_crime_month"
    return [
        unique("WH-OUTCOME-KEY", outcome, "crime_outcome_id"),
        unique("WH-SEARCH-KEY", search, "stop_search_id"),
        facts_reconcile(
            "WH-OUTCOME-SUM",
            "police_outcome",
            f"select sum(source_row_count) as source_rows from {outcome}",
            "outcomes are every row of the newest outcome releases",
        ),
        facts_reconcile(
            "WH-SEARCH-SUM",
            "police_stop_search",
            f"select count(*) as source_rows from {search}",
            "searches are every row of the newest stop-and-search releases",
        ),
        none(
            "WH-OUTCOME-ORPHAN",
            outcome,
            "fewer than 15 % of the outcomes of a month are of crimes that are not held",
            "select outcome_month, count(*) as outcomes from {batch} as batch "
            "group by outcome_month "
            "having sum(case when is_orphan then 1 else 0 end) * 100 >= 15 * count(*)",
            WARNING,
        ),
        none(
            "WH-OUTCOME-EARLY",
            outcome,
            "at most one in 1,000 outcomes comes before its crime",
            "select count(*) as outcomes from {batch} as batch "
            "having sum(case when is_before_crime then 1 else 0 end) * 1000 > count(*)",
            WARNING,
        ),
        # A warning: in the real files of 2024 the wards hold as little as 86 % of a month.
        none(
            "WH-MPS-WARDS",
            counts,
            "the wards hold 95 to 100 % of their borough's offences in every whole month",
            f"""select crime_month, sum(in_wards) as in_wards, sum(in_borough) as in_borough
                from (
                    select crime_month,
                        case when area_level = 'ward' then offences end as in_wards,
                        case when area_level = 'borough' then offences end as in_borough
                    from {{batch}} as batch
                    where borough_code = '{borough().settings.code}'
                        and in_crime_total and not is_partial_month
                ) as levels
                group by crime_month
                having sum(in_wards) * 100 not between 95 * sum(in_borough)
                    and 100 * sum(in_borough)""",
            WARNING,
        ),
    ]
