with fire_incidents as (
    select * from {{ ref('fct_fire_incident') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

incident_groups as (
    select * from {{ ref('incident_group') }}
),

-- Rows of a month that a person ruled not reported stay in the facts and out of the figures.
reported_releases as (
    select * from releases
    where is_current and is_reported
),

fires as (
    select
        fire_incidents.call_month as month_start,
        fire_incidents.ward_code,
        incident_groups.slug,
        count(*) as events,
        sum(case when fire_incidents.first_pump_seconds <= 360 then 1 else 0 end) as events_in_time,
        count(fire_incidents.first_pump_seconds) as timed_events
    from fire_incidents
    inner join reported_releases
        on
            reported_releases.feed = 'fire_lfb_incident'
            and fire_incidents.delivery_id = reported_releases.delivery_id
            and fire_incidents.call_month = reported_releases.period_start
    inner join incident_groups on fire_incidents.incident_group = incident_groups.incident_group
    where fire_incidents.borough_code = '{{ var("borough_code") }}'
    group by fire_incidents.call_month, fire_incidents.ward_code, incident_groups.slug
),

kpi_counts as (
    select
        'S28' as kpi_id,
        slug as breakdown,
        month_start as event_date,
        ward_code,
        events as numerator,
        null as denominator
    from fires
    union all
    select
        'S28' as kpi_id,
        'first_pump_within_6_min' as breakdown,
        month_start as event_date,
        ward_code,
        events_in_time as numerator,
        timed_events as denominator
    from fires
),

final as (
    select
        kpi_id,
        breakdown,
        event_date,
        ward_code,
        cast(numerator as double precision) as numerator,
        cast(denominator as double precision) as denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(null as double precision) as observed
    from kpi_counts
)

select * from final
