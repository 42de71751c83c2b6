with recorded_crimes as (
    select * from {{ ref('fct_recorded_crime') }}
),

asb_incidents as (
    select * from {{ ref('fct_asb_incident') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

lsoas as (
    select * from {{ ref('lsoa') }}
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
        lsoa_code
    from recorded_crimes
    where borough_code = '{{ var("borough_code") }}'
    union all
    select
        'asb' as event_kind,
        crime_month,
        police_force,
        delivery_id,
        lsoa_code
    from asb_incidents
    where borough_code = '{{ var("borough_code") }}'
),

-- A code of 2011 stands for itself, one of 2021 for the area of 2011 that it fits best.
fitted as (
    select
        lsoa_code,
        case when min(lsoa_vintage) = '2011' then lsoa_code else min(lsoa11_code_best_fit) end
            as lsoa11_code
    from lsoas
    group by lsoa_code
),

final as (
    select
        events.event_kind,
        events.crime_month as month_start,
        fitted.lsoa11_code as lsoa_code,
        count(*) as events
    from events
    inner join reported_releases
        on
            events.delivery_id = reported_releases.delivery_id
            and events.police_force = reported_releases.series
            and events.crime_month = reported_releases.period_start
    inner join fitted on events.lsoa_code = fitted.lsoa_code
    group by events.event_kind, events.crime_month, fitted.lsoa11_code
)

select * from final
