with recorded_crimes as (
    select * from {{ ref('fct_recorded_crime') }}
),

asb_incidents as (
    select * from {{ ref('fct_asb_incident') }}
),

fire_incidents as (
    select * from {{ ref('fct_fire_incident') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

crime_types as (
    select * from {{ ref('dim_crime_type') }}
),

incident_groups as (
    select * from {{ ref('incident_group') }}
),

-- Rows of a month that a person ruled not reported stay in the facts and out of the figures.
reported_releases as (
    select * from releases
    where is_current and is_reported
),

crimes as (
    select
        recorded_crimes.crime_month as month_start,
        recorded_crimes.ward_code,
        crime_types.slug,
        recorded_crimes.harm_group,
        count(*) as events
    from recorded_crimes
    inner join reported_releases
        on
            reported_releases.feed = 'police_street_crime'
            and recorded_crimes.delivery_id = reported_releases.delivery_id
            and recorded_crimes.police_force = reported_releases.series
            and recorded_crimes.crime_month = reported_releases.period_start
    left join crime_types on recorded_crimes.crime_type = crime_types.crime_type
    where recorded_crimes.borough_code = '{{ var("borough_code") }}'
    group by
        recorded_crimes.crime_month,
        recorded_crimes.ward_code,
        crime_types.slug,
        recorded_crimes.harm_group
),

asb as (
    select
        asb_incidents.crime_month as month_start,
        asb_incidents.ward_code,
        count(*) as events
    from asb_incidents
    inner join reported_releases
        on
            reported_releases.feed = 'police_street_crime'
            and asb_incidents.delivery_id = reported_releases.delivery_id
            and asb_incidents.police_force = reported_releases.series
            and asb_incidents.crime_month = reported_releases.period_start
    where asb_incidents.borough_code = '{{ var("borough_code") }}'
    group by asb_incidents.crime_month, asb_incidents.ward_code
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
        'S01' as kpi_id,
        'all' as breakdown,
        month_start,
        ward_code,
        events as numerator,
        cast(null as bigint) as denominator
    from crimes
    union all
    select
        'S02' as kpi_id,
        'all' as breakdown,
        month_start,
        ward_code,
        events as numerator,
        cast(null as bigint) as denominator
    from asb
    union all
    select
        'S03' as kpi_id,
        slug as breakdown,
        month_start,
        ward_code,
        events as numerator,
        cast(null as bigint) as denominator
    from crimes
    union all
    select
        'S03' as kpi_id,
        'group:' || harm_group as breakdown,
        month_start,
        ward_code,
        events as numerator,
        cast(null as bigint) as denominator
    from crimes
    union all
    select
        'S28' as kpi_id,
        slug as breakdown,
        month_start,
        ward_code,
        events as numerator,
        cast(null as bigint) as denominator
    from fires
    union all
    select
        'S28' as kpi_id,
        'first_pump_within_6_min' as breakdown,
        month_start,
        ward_code,
        events_in_time as numerator,
        timed_events as denominator
    from fires
),

-- An event in the borough whose ward is unknown counts for the borough alone.
area_counts as (
    select
        kpi_id,
        breakdown,
        month_start,
        ward_code as area_code,
        numerator,
        denominator
    from kpi_counts
    where ward_code <> 'unplaced'
    union all
    select
        kpi_id,
        breakdown,
        month_start,
        '{{ var("borough_code") }}' as area_code,
        numerator,
        denominator
    from kpi_counts
),

final as (
    select
        kpi_id,
        breakdown,
        month_start,
        area_code,
        cast(sum(numerator) as bigint) as numerator,
        cast(sum(denominator) as bigint) as denominator
    from area_counts
    group by kpi_id, breakdown, month_start, area_code
)

select * from final
