with catalogue as (
    select * from {{ ref('kpi_catalogue') }}
),

windows as (
    select * from {{ ref('int_kpi__roll_windows') }}
),

-- The breakdown of a change names the KPI whose counts it compares.
compared_windows as (
    select
        catalogue.kpi_id,
        catalogue.breakdown,
        windows.area_code,
        windows.period_start,
        windows.period_end,
        windows.numerator,
        windows.expected_series,
        windows.reported_series,
        windows.provisional_releases,
        windows.unstated_releases,
        windows.as_of
    from catalogue
    inner join windows
        on
            catalogue.breakdown = windows.kpi_id
            and windows.breakdown = 'all'
    where
        catalogue.status = 'computed'
        and catalogue.method = 'change'
),

-- There is a window for every month, so twelve rows back is twelve months back.
with_earlier as (
    select
        *,
        lag(period_start, 12) over a_series as earlier_period_start,
        lag(numerator, 12) over a_series as earlier_numerator,
        lag(reported_series, 12) over a_series as earlier_reported_series,
        lag(provisional_releases, 12) over a_series as earlier_provisional_releases,
        lag(unstated_releases, 12) over a_series as earlier_unstated_releases
    from compared_windows
    window a_series as (partition by kpi_id, breakdown, area_code order by period_start)
),

final as (
    select
        kpi_id,
        breakdown,
        area_code,
        period_start,
        period_end,
        case when earlier_reported_series > 0 then numerator end as numerator,
        case when reported_series > 0 then earlier_numerator end as denominator,
        expected_series,
        least(reported_series, earlier_reported_series) as reported_series,
        provisional_releases + earlier_provisional_releases as provisional_releases,
        unstated_releases + earlier_unstated_releases as unstated_releases,
        as_of
    from with_earlier
    where earlier_period_start is not null
)

select * from final
