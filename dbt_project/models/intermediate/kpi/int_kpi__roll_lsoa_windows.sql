{{ config(materialized='table', post_hook='{{ refresh_statistics(this) }}') }}

with counts as (
    select * from {{ ref('int_kpi__count_lsoa_events') }}
),

lsoas as (
    select * from {{ ref('lsoa') }}
),

list_months as (
    select * from {{ ref('int_kpi__list_months') }}
),

months as (
    select * from list_months
    where feed = 'police_street_crime'
),

event_kinds as (
    select distinct event_kind from counts
),

-- Nothing counted in a reported month is a true zero.
filled as (
    select
        event_kinds.event_kind,
        lsoas.lsoa_code,
        lsoas.population_mid2020 as population,
        months.month_start,
        months.month_end,
        case when months.reported_series > 0 then coalesce(counts.events, 0) end as events
    from months
    cross join event_kinds
    inner join lsoas on lsoas.lsoa_vintage = '2011'
    left join counts
        on
            event_kinds.event_kind = counts.event_kind
            and lsoas.lsoa_code = counts.lsoa_code
            and months.month_start = counts.month_start
),

rolled as (
    select
        event_kind,
        lsoa_code,
        population,
        month_end as period_end,
        min(month_start) over last_12_months as period_start,
        count(events) over last_12_months as reported_months,
        sum(events) over last_12_months as events
    from filled
    window last_12_months as (
        partition by event_kind, lsoa_code
        order by month_start
        rows between 11 preceding and current row
    )
),

windows as (
    select
        event_kind,
        'month' as period_kind,
        month_start as period_start,
        month_end as period_end,
        lsoa_code,
        population,
        events
    from filled
    where events is not null
    union all
    select
        event_kind,
        'rolling_12_months' as period_kind,
        period_start,
        period_end,
        lsoa_code,
        population,
        events
    from rolled
    where reported_months = 12
),

final as (
    select
        event_kind,
        period_kind,
        period_start,
        period_end,
        lsoa_code,
        cast(population as bigint) as population,
        cast(events as bigint) as events,
        1000 * cast(events as double precision) / population as rate
    from windows
)

select * from final
