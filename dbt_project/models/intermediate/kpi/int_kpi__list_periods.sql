{{ config(materialized='table', post_hook='{{ refresh_statistics(this) }}') }}

with catalogue as (
    select * from {{ ref('kpi_catalogue') }}
),

months as (
    select * from {{ ref('int_kpi__list_series_months') }}
),

ends as (
    select
        months.kpi_id,
        months.breakdown,
        months.month_start,
        months.month_end,
        catalogue.periods,
        catalogue.aggregation,
        catalogue.since,
        cast(extract(month from months.month_start) as integer) as month_number
    from months
    inner join catalogue
        on
            months.kpi_id = catalogue.kpi_id
            and months.breakdown = catalogue.breakdown
    where catalogue.status = 'computed' and catalogue.method not in ('change', 'milestone')
),

-- Every window that ends with a month.
windows as (
    select
        kpi_id,
        breakdown,
        aggregation,
        'month' as period_kind,
        month_start as period_start,
        month_start as first_month,
        month_start as last_month,
        month_end as period_end
    from ends
    where {{ is_listed("'month'", 'periods') }}
    union all
    select
        kpi_id,
        breakdown,
        aggregation,
        'quarter' as period_kind,
        {{ add_months('month_start', -2) }} as period_start,
        {{ add_months('month_start', -2) }} as first_month,
        month_start as last_month,
        month_end as period_end
    from ends
    where {{ is_listed("'quarter'", 'periods') }} and month_number in (3, 6, 9, 12)
    union all
    select
        kpi_id,
        breakdown,
        aggregation,
        'financial_year' as period_kind,
        {{ add_months('month_start', -11) }} as period_start,
        {{ add_months('month_start', -11) }} as first_month,
        month_start as last_month,
        month_end as period_end
    from ends
    where {{ is_listed("'financial_year'", 'periods') }} and month_number = 3
    union all
    select
        kpi_id,
        breakdown,
        aggregation,
        'rolling_12_months' as period_kind,
        {{ add_months('month_start', -11) }} as period_start,
        {{ add_months('month_start', -11) }} as first_month,
        month_start as last_month,
        month_end as period_end
    from ends
    where {{ is_listed("'rolling_12_months'", 'periods') }}
    union all
    select
        kpi_id,
        breakdown,
        aggregation,
        'financial_year_to_date' as period_kind,
        {{ financial_year_start('month_start') }} as period_start,
        {{ financial_year_start('month_start') }} as first_month,
        month_start as last_month,
        month_end as period_end
    from ends
    where {{ is_listed("'financial_year_to_date'", 'periods') }}
    union all
    select
        kpi_id,
        breakdown,
        aggregation,
        'since_start' as period_kind,
        since as period_start,
        {{ month_start('since') }} as first_month,
        month_start as last_month,
        month_end as period_end
    from ends
    where {{ is_listed("'since_start'", 'periods') }} and month_end >= since
),

-- What stands at the end of a window needs the last month alone.
covering as (
    select
        *,
        case when aggregation = 'latest' then last_month else first_month end as needed_from
    from windows
),

-- A window needs all its months; it is as completely reported as the least of them.
final as (
    select
        covering.kpi_id,
        covering.breakdown,
        covering.period_kind,
        covering.period_start,
        covering.period_end,
        covering.needed_from as first_month,
        covering.last_month,
        min(months.expected_series) as expected_series,
        min(months.reported_series) as reported_series,
        max(months.expected_series - months.reported_series) as most_missing,
        cast(sum(months.ruled_out_series) as bigint) as ruled_out_series,
        cast(sum(months.partly_ruled_out_series) as bigint) as partly_ruled_out_series,
        cast(sum(months.provisional_releases) as bigint) as provisional_releases,
        cast(sum(months.unstated_releases) as bigint) as unstated_releases,
        max(months.as_of) as as_of
    from covering
    inner join months
        on
            covering.kpi_id = months.kpi_id
            and covering.breakdown = months.breakdown
            and months.month_start between covering.needed_from and covering.last_month
    group by
        covering.kpi_id,
        covering.breakdown,
        covering.period_kind,
        covering.period_start,
        covering.period_end,
        covering.needed_from,
        covering.last_month
    having count(*) = {{ months_between('covering.needed_from', 'covering.last_month') }} + 1
)

select * from final
