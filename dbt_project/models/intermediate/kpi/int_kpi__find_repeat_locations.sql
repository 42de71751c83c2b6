with recorded_crimes as (
    select * from {{ ref('fct_recorded_crime') }}
),

asb_incidents as (
    select * from {{ ref('fct_asb_incident') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

list_months as (
    select * from {{ ref('int_kpi__list_months') }}
),

months as (
    select * from list_months
    where feed = 'police_street_crime' and reported_series > 0
),

reported_releases as (
    select * from releases
    where feed = 'police_street_crime' and is_current and is_reported
),

events as (
    select
        'crime' as event_kind,
        crime_month,
        police_force,
        delivery_id,
        longitude,
        latitude,
        location,
        ward_code
    from recorded_crimes
    where borough_code = '{{ var("borough_code") }}' and longitude is not null
    union all
    select
        'asb' as event_kind,
        crime_month,
        police_force,
        delivery_id,
        longitude,
        latitude,
        location,
        ward_code
    from asb_incidents
    where borough_code = '{{ var("borough_code") }}' and longitude is not null
),

-- A location is a map point with its name; the newer LSOA codes may place it in another ward.
monthly as (
    select
        events.event_kind,
        events.crime_month,
        events.longitude,
        events.latitude,
        events.location,
        max(events.ward_code) as ward_code,
        count(*) as events
    from events
    inner join reported_releases
        on
            events.delivery_id = reported_releases.delivery_id
            and events.police_force = reported_releases.series
            and events.crime_month = reported_releases.period_start
    group by
        events.event_kind, events.crime_month, events.longitude, events.latitude, events.location
),

span as (
    select
        min(month_start) as first_month,
        max(month_start) as last_month
    from months
),

-- Long windows end with the newest month and with financial years only: there are many points.
windows as (
    select
        'month' as period_kind,
        month_start as period_start,
        month_end as period_end
    from months
    union all
    select
        'rolling_12_months' as period_kind,
        {{ add_months('months.month_start', -11) }} as period_start,
        months.month_end as period_end
    from months
    inner join span on {{ add_months('months.month_start', -11) }} >= span.first_month
    where
        extract(month from months.month_start) = 3
        or months.month_start = span.last_month
),

located as (
    select
        monthly.event_kind,
        windows.period_kind,
        windows.period_start,
        windows.period_end,
        monthly.longitude,
        monthly.latitude,
        monthly.location,
        max(monthly.ward_code) as ward_code,
        cast(sum(monthly.events) as bigint) as events,
        count(*) as months_with_events
    from windows
    inner join monthly on monthly.crime_month between windows.period_start and windows.period_end
    group by
        monthly.event_kind, windows.period_kind, windows.period_start, windows.period_end,
        monthly.longitude, monthly.latitude, monthly.location
),

final as (
    select
        *,
        case period_kind
            when 'month' then {{ var('repeat_location_events_in_month') }}
            else {{ var('repeat_location_events_in_year') }}
        end as least_events
    from located
    where
        events >= case period_kind
            when 'month' then {{ var('repeat_location_events_in_month') }}
            else {{ var('repeat_location_events_in_year') }}
        end
)

select * from final
