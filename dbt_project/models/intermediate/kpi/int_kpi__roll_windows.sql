{{ config(materialized='table', post_hook='{{ refresh_statistics(this) }}') }}

with months as (
    select * from {{ ref('int_kpi__fill_months') }}
),

windows as (
    select
        kpi_id,
        breakdown,
        area_code,
        min(month_start) over last_12_months as period_start,
        month_end as period_end,
        count(*) over last_12_months as month_count,
        sum(numerator) over last_12_months as numerator,
        sum(denominator) over last_12_months as denominator,
        expected_series,
        min(reported_series) over last_12_months as reported_series,
        sum(provisional_releases) over last_12_months as provisional_releases,
        sum(unstated_releases) over last_12_months as unstated_releases,
        as_of
    from months
    window last_12_months as (
        partition by kpi_id, breakdown, area_code
        order by month_start
        rows between 11 preceding and current row
    )
),

final as (
    select
        kpi_id,
        breakdown,
        area_code,
        period_start,
        period_end,
        cast(case when reported_series > 0 then numerator end as bigint) as numerator,
        cast(case when reported_series > 0 then denominator end as bigint) as denominator,
        expected_series,
        reported_series,
        cast(provisional_releases as bigint) as provisional_releases,
        cast(unstated_releases as bigint) as unstated_releases,
        as_of
    from windows
    where month_count = 12
)

select * from final
