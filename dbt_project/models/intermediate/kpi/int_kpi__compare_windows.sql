with catalogue as (
    select * from {{ ref('kpi_catalogue') }}
),

windows as (
    select * from {{ ref('int_kpi__roll_windows') }}
),

-- The breakdown of a change names the KPI whose counts it compares.
compared as (
    select
        catalogue.kpi_id,
        catalogue.breakdown,
        later.area_code,
        later.period_start,
        later.period_end,
        later.numerator,
        earlier.numerator as denominator,
        later.expected_series,
        least(later.reported_series, earlier.reported_series) as reported_series,
        later.provisional_releases + earlier.provisional_releases as provisional_releases,
        later.unstated_releases + earlier.unstated_releases as unstated_releases,
        later.as_of
    from catalogue
    inner join windows as later
        on
            catalogue.breakdown = later.kpi_id
            and later.breakdown = 'all'
    inner join windows as earlier
        on
            later.kpi_id = earlier.kpi_id
            and later.breakdown = earlier.breakdown
            and later.area_code = earlier.area_code
            and later.period_start = {{ add_months('earlier.period_start', 12) }}
    where
        catalogue.status = 'computed'
        and catalogue.method = 'change'
),

final as (
    select
        kpi_id,
        breakdown,
        area_code,
        period_start,
        period_end,
        case when reported_series > 0 then numerator end as numerator,
        case when reported_series > 0 then denominator end as denominator,
        expected_series,
        reported_series,
        provisional_releases,
        unstated_releases,
        as_of
    from compared
)

select * from final
