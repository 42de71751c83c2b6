with recorded_crimes as (
    select * from {{ ref('fct_recorded_crime') }}
),

asb_incidents as (
    select * from {{ ref('fct_asb_incident') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

crime_types as (
    select * from {{ ref('dim_crime_type') }}
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

kpi_counts as (
    select
        'S01' as kpi_id,
        'all' as breakdown,
        month_start as event_date,
        ward_code,
        events as numerator,
        null as denominator
    from crimes
    union all
    select
        'S02' as kpi_id,
        'all' as breakdown,
        month_start as event_date,
        ward_code,
        events as numerator,
        null as denominator
    from asb
    union all
    select
        'S03' as kpi_id,
        slug as breakdown,
        month_start as event_date,
        ward_code,
        events as numerator,
        null as denominator
    from crimes
    union all
    select
        'S03' as kpi_id,
        'group:' || harm_group as breakdown,
        month_start as event_date,
        ward_code,
        events as numerator,
        null as denominator
    from crimes
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
