{{ config(materialized='table', post_hook='{{ refresh_statistics(this) }}') }}

with catalogue as (
    select * from {{ ref('kpi_catalogue') }}
),

areas as (
    select * from {{ ref('dim_area') }}
),

months as (
    select * from {{ ref('int_kpi__list_months') }}
),

events as (
    select * from {{ ref('int_kpi__count_events') }}
),

frame as (
    select
        catalogue.kpi_id,
        catalogue.breakdown,
        catalogue.method,
        areas.area_code,
        months.month_start,
        months.month_end,
        months.expected_series,
        months.reported_series,
        months.provisional_releases,
        months.unstated_releases,
        months.as_of
    from catalogue
    inner join months on catalogue.feeds = months.feed
    cross join areas
    where
        catalogue.status = 'computed'
        and catalogue.method <> 'change'
        and areas.area_kind in ('borough', 'ward')
),

-- Nothing counted in a reported month is a true zero; in a month that nobody reported it is
-- unknown.
final as (
    select
        frame.kpi_id,
        frame.breakdown,
        frame.area_code,
        frame.month_start,
        frame.month_end,
        case
            when frame.reported_series > 0 then coalesce(events.numerator, 0)
        end as numerator,
        case
            when frame.reported_series > 0 and frame.method = 'share'
                then coalesce(events.denominator, 0)
        end as denominator,
        frame.expected_series,
        frame.reported_series,
        frame.provisional_releases,
        frame.unstated_releases,
        frame.as_of
    from frame
    left join events
        on
            frame.kpi_id = events.kpi_id
            and frame.breakdown = events.breakdown
            and frame.month_start = events.month_start
            and frame.area_code = events.area_code
)

select * from final
