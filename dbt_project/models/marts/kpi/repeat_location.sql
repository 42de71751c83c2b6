with locations as (
    select * from {{ ref('int_kpi__find_repeat_locations') }}
),

newest as (
    select max(period_end) as period_end from locations
),

-- A year of months is enough to see whether a place comes back.
final as (
    select
        locations.event_kind,
        locations.period_kind,
        locations.period_start,
        locations.period_end,
        locations.longitude,
        locations.latitude,
        locations.location,
        locations.ward_code,
        locations.events,
        locations.months_with_events,
        locations.least_events
    from locations
    cross join newest
    where
        locations.period_kind <> 'month'
        or locations.period_start > {{ add_months('newest.period_end', -12) }}
)

select * from final
