"""The two suites around the KPI marts: on core before they are built, on them before publication.

Every check says in one sentence what holds when it passes. Queries of offending rows select keys
and counts only, so that no value of a row can enter a result.
"""

from __future__ import annotations

from csp.contracts import Contract
from csp.contracts.dbt_models import core_names, core_schema, staging_name
from csp.quality.judge import CRITICAL, WARNING, TableCheck

PLATFORM = "Data platform"
PERSON_COLUMNS = ("forename", "surname", "date_of_birth", "postcode", "address", "number_plate")


def _unique(code: str, table: str, *columns: str) -> TableCheck:
    sentence = f"{table} has one row for each {' and '.join(columns)}"
    if len(columns) == 1:
        return TableCheck(
            code,
            sentence,
            CRITICAL,
            PLATFORM,
            table,
            "ExpectColumnValuesToBeUnique",
            {"column": columns[0]},
        )
    return TableCheck(
        code,
        sentence,
        CRITICAL,
        PLATFORM,
        table,
        "ExpectCompoundColumnsToBeUnique",
        {"column_list": list(columns)},
    )


def _present(code: str, table: str, column: str) -> TableCheck:
    return TableCheck(
        code,
        f"{column} is never missing in {table}",
        CRITICAL,
        PLATFORM,
        table,
        "ExpectColumnValuesToNotBeNull",
        {"column": column},
    )


def _none(code: str, table: str, sentence: str, query: str, severity: str = CRITICAL) -> TableCheck:
    # Great Expectations gives the batch an alias of its own unless the query joins.
    if " join " not in query:
        query = query.replace("{batch} as batch", "{batch}")
    return TableCheck(
        code,
        sentence,
        severity,
        PLATFORM,
        table,
        "UnexpectedRowsExpectation",
        {"unexpected_rows_query": query},
    )


def _resolves(code: str, table: str, column: str, dimension: str, key: str) -> TableCheck:
    return _none(
        code,
        table,
        f"every {column} of {table} is in {dimension}",
        f"""select batch.{column} from {{batch}} as batch
            left join {dimension} as dimension on dimension.{key} = batch.{column}
            where batch.{column} is not null and dimension.{key} is null
            group by batch.{column}""",
    )


def _lake_reconciles(contract: Contract) -> TableCheck:
    return _none(
        f"WH-LAKE-{contract.id}",
        "lake.delivery_cell",
        f"schema lake holds as many rows of {contract.id} as the ledger says may be read",
        f"""select counted.rows_counted, expected.rows_expected
            from (select count(*) as rows_counted from lake.{contract.id}) as counted
            cross join (
                select coalesce(sum(row_count), 0) as rows_expected from {{batch}} as batch
                where feed = '{contract.id}'
            ) as expected
            where counted.rows_counted <> expected.rows_expected""",
    )


def _facts_reconcile(code: str, feed: str, facts: str, sentence: str) -> TableCheck:
    return _none(
        code,
        "core.fct_release",
        sentence,
        f"""select modelled.rows_modelled, released.rows_released
            from (select coalesce(sum(source_rows), 0) as rows_modelled from ({facts}) as fact)
                as modelled
            cross join (
                select coalesce(sum(row_count), 0) as rows_released from {{batch}} as batch
                where feed = '{feed}' and is_current
            ) as released
            where modelled.rows_modelled <> released.rows_released""",
    )


def _core_table_checks(contract: Contract) -> list[TableCheck]:
    """What holds of every core table that is made from a contract alone."""
    core, grain = contract.platform.coreTable, contract.platform.grain
    if core is None:
        return []
    table, code = f"{core_schema(contract)}.{core.name}", core.name
    checks, names = [], core_names(contract, core)
    key = [names[name] for name in grain.key if name in names]
    if len(key) == len(grain.key) > 0 and not core.history:
        checks.append(_unique(f"WH-KEY-{code}", table, *key))
    if not core.history:
        staged = f"staging.{staging_name(contract)}"
        checks.append(
            _none(
                f"WH-ROWS-{code}",
                table,
                f"{table} has every row of {staged} that counts now, and no other",
                f"""select modelled.rows_modelled, staged.rows_staged
                    from (select count(*) as rows_modelled from {{batch}} as batch) as modelled
                    cross join (
                        select count(*) as rows_staged from {staged} where is_current
                    ) as staged
                    where modelled.rows_modelled <> staged.rows_staged""",
            )
        )
    else:
        keys = ", ".join(key)
        checks.append(
            _none(
                f"WH-VERSION-{code}",
                table,
                f"each {' and '.join(key)} of {table} has at most one version that counts",
                f"select {keys} from {{batch}} as batch where is_current "
                f"group by {keys} having count(*) > 1",
            )
        )
    if core.date:
        checks.append(_resolves(f"WH-DAY-{code}", table, "event_date", "core.dim_date", "date_day"))
    if core.ward or core.lsoa:
        area = _resolves(f"WH-AREA-{code}", table, "area_code", "core.dim_area", "area_code")
        checks.append(area)
    return checks


def contract_checks(contract: Contract) -> list[TableCheck]:
    """The checks that follow from a contract alone: its lake table and its core table."""
    return [_lake_reconciles(contract), *_core_table_checks(contract)]


def warehouse_suite(contracts: list[Contract]) -> list[TableCheck]:
    """Checks on core, after it was built and before the KPI marts are."""
    crime, asb, fire = "core.fct_recorded_crime", "core.fct_asb_incident", "core.fct_fire_incident"
    return [
        *(check for contract in contracts for check in contract_checks(contract)),
        _unique("WH-CRIME-KEY", crime, "recorded_crime_id"),
        _unique("WH-ASB-KEY", asb, "asb_incident_id"),
        _unique("WH-FIRE-KEY", fire, "call_month", "incident_number"),
        *_outcome_and_count_checks(),
        _present("WH-CRIME-MONTH", crime, "crime_month"),
        _present("WH-ASB-MONTH", asb, "crime_month"),
        _present("WH-FIRE-CALLED", fire, "called_at"),
        _resolves("WH-CRIME-AREA", crime, "area_code", "core.dim_area", "area_code"),
        _resolves("WH-ASB-AREA", asb, "area_code", "core.dim_area", "area_code"),
        _resolves("WH-FIRE-AREA", fire, "area_code", "core.dim_area", "area_code"),
        _resolves("WH-CRIME-TYPE", crime, "crime_type", "core.dim_crime_type", "crime_type"),
        _none(
            "WH-ASB-APART",
            crime,
            "anti-social behaviour is never counted as a crime",
            "select count(*) as asb_rows from {batch} as batch "
            "where crime_type = 'Anti-social behaviour' having count(*) > 0",
        ),
        _facts_reconcile(
            "WH-STREET-SUM",
            "police_street_crime",
            f"select sum(source_row_count) as source_rows from {crime} "
            f"union all select count(*) from {asb}",
            "crimes and ASB together are every row of the newest police releases",
        ),
        _facts_reconcile(
            "WH-FIRE-SUM",
            "fire_lfb_incident",
            f"select sum(source_row_count) as source_rows from {fire}",
            "incidents are every row of the newest fire releases",
        ),
        _none(
            "WH-RELEASE-ONE",
            "core.fct_release",
            "each month of each series has exactly one newest release",
            "select feed, series, period_start from {batch} as batch "
            "group by feed, series, period_start "
            "having sum(case when is_current then 1 else 0 end) <> 1",
        ),
        _none(
            "WH-AREA-WARDS",
            "core.dim_area",
            "the borough has its 20 wards",
            "select count(*) as wards from {batch} as batch where area_kind = 'ward' "
            "having count(*) <> 20",
        ),
        _none(
            "WH-OUTSIDE-PLACED",
            crime,
            "a crime with a ward of the borough lies in the borough",
            "select ward_code, borough_code from {batch} as batch "
            "where (ward_code like 'E05%') <> (borough_code like 'E09%') "
            "group by ward_code, borough_code",
        ),
        _none(
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
        _unique("WH-OUTCOME-KEY", outcome, "crime_outcome_id"),
        _unique("WH-SEARCH-KEY", search, "stop_search_id"),
        _facts_reconcile(
            "WH-OUTCOME-SUM",
            "police_outcome",
            f"select sum(source_row_count) as source_rows from {outcome}",
            "outcomes are every row of the newest outcome releases",
        ),
        _facts_reconcile(
            "WH-SEARCH-SUM",
            "police_stop_search",
            f"select count(*) as source_rows from {search}",
            "searches are every row of the newest stop-and-search releases",
        ),
        _none(
            "WH-OUTCOME-ORPHAN",
            outcome,
            "fewer than 15 % of the outcomes of a month are of crimes that are not held",
            "select outcome_month, count(*) as outcomes from {batch} as batch "
            "group by outcome_month "
            "having sum(case when is_orphan then 1 else 0 end) * 100 >= 15 * count(*)",
            WARNING,
        ),
        _none(
            "WH-OUTCOME-EARLY",
            outcome,
            "at most one in 1,000 outcomes comes before its crime",
            "select count(*) as outcomes from {batch} as batch "
            "having sum(case when is_before_crime then 1 else 0 end) * 1000 > count(*)",
            WARNING,
        ),
        # A warning: in the real files of 2024 the wards hold as little as 86 % of a month.
        _none(
            "WH-MPS-WARDS",
            counts,
            "the wards hold 95 to 100 % of their borough's offences in every whole month",
            """select crime_month, sum(in_wards) as in_wards, sum(in_borough) as in_borough
                from (
                    select crime_month,
                        case when area_level = 'ward' then offences end as in_wards,
                        case when area_level = 'borough' then offences end as in_borough
                    from {batch} as batch
                    where borough_code = 'E09000030' and in_crime_total and not is_partial_month
                ) as levels
                group by crime_month
                having sum(in_wards) * 100 not between 95 * sum(in_borough)
                    and 100 * sum(in_borough)""",
            WARNING,
        ),
    ]


def publication_suite(publication_id: int) -> list[TableCheck]:
    """Checks on the KPI marts, before anybody may read them."""
    mart = "kpi.kpi_observation"
    return [
        _unique("PUB-KEY", mart, "kpi_id", "breakdown", "period_kind", "period_start", "area_code"),
        _present("PUB-STATUS", mart, "status"),
        _present("PUB-AS-OF", mart, "as_of"),
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
        _resolves("PUB-KPI", mart, "kpi_id", "kpi.dim_kpi", "kpi_id"),
        _resolves("PUB-AREA", mart, "area_code", "core.dim_area", "area_code"),
        _none(
            "PUB-NULL",
            mart,
            "a value that was not reported is empty, never zero; one that was has its count",
            "select kpi_id, status, count(*) as cells from {batch} as batch "
            "where (status = 'not_reported') <> (numerator is null) group by kpi_id, status",
        ),
        _none(
            "PUB-INTERVAL",
            mart,
            "a value lies inside its interval",
            "select kpi_id, count(*) as cells from {batch} as batch "
            "where value is not null and not (lower <= value and value <= upper) group by kpi_id",
        ),
        _none(
            "PUB-DENOMINATOR",
            mart,
            "a rate or share has a denominator above zero",
            "select kpi_id, unit, count(*) as cells from {batch} as batch "
            "where value is not null and unit <> 'incidents' "
            "and (denominator is null or denominator <= 0) group by kpi_id, unit",
        ),
        _none(
            "PUB-NEGATIVE",
            mart,
            "no count is negative",
            "select kpi_id, count(*) as cells from {batch} as batch where numerator < 0 "
            "group by kpi_id",
        ),
        _none(
            "PUB-AREAS",
            mart,
            "each KPI and period has the borough and all its wards",
            "select kpi_id, breakdown, period_kind, period_start from {batch} as batch "
            "group by kpi_id, breakdown, period_kind, period_start having count(*) <> 21",
        ),
        _none(
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
        _none(
            "PUB-PERSON",
            mart,
            "no mart has a column that names a person",
            "select table_name, column_name from information_schema.columns "
            "where table_schema in ('core', 'kpi') "
            "and (select count(*) from {batch} as batch) >= 0 "
            f"and column_name in ({', '.join(repr(name) for name in PERSON_COLUMNS)})",
        ),
        _none(
            "PUB-PARTIAL",
            mart,
            "every force that polices the borough has reported every month",
            "select kpi_id from {batch} as batch where status <> 'reported' group by kpi_id",
            WARNING,
        ),
    ]


def _reconciles(code: str, kpi: str, breakdown: str, fact: str, month: str) -> TableCheck:
    return _none(
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
