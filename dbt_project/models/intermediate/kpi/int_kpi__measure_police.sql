with recorded_crimes as (
    select * from {{ ref('fct_recorded_crime') }}
),

asb_incidents as (
    select * from {{ ref('fct_asb_incident') }}
),

mps_crimes as (
    select * from {{ ref('fct_mps_crime_month') }}
),

mps_dashboard as (
    select * from {{ ref('fct_mps_dashboard_month') }}
),

searches as (
    select * from {{ ref('fct_stop_search') }}
),

section17a_incidents as (
    select * from {{ ref('fct_section17a_incident') }}
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

reported_deliveries as (
    select distinct
        feed,
        delivery_id
    from reported_releases
),

-- A type that is no longer published has no figure of its own.
types_in_use as (
    select slug from crime_types
    where valid_to is null
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

-- Categories of the MPS in the words of this catalogue; the rest is not asked for.
mps_named as (
    select
        'S12' as kpi_id,
        case minor_category
            when 'Homicide' then 'homicide'
            when 'Violence with Injury' then 'violence_with_injury'
        end as breakdown,
        area_level,
        crime_month as month_start,
        coalesce(ward_code, 'unplaced') as ward_code,
        coalesce(offences, 0) as events
    from mps_crimes
    where borough_code = '{{ var("borough_code") }}'
    union all
    select
        'S13' as kpi_id,
        case
            when minor_category = 'Robbery of Personal Property' then 'personal_robbery'
            when comparable_category = 'Burglary - Residential' then 'residential_burglary'
            when major_category = 'Vehicle Offences' then 'vehicle_offences'
            when minor_category = 'Theft from Person' then 'theft_from_person'
        end as breakdown,
        area_level,
        crime_month as month_start,
        coalesce(ward_code, 'unplaced') as ward_code,
        coalesce(offences, 0) as events
    from mps_crimes
    where borough_code = '{{ var("borough_code") }}'
    union all
    select
        'S11' as kpi_id,
        case lower(offence_subgroup)
            when 'knife crime' then 'all'
            when 'knife crime with injury' then 'with_injury'
            when 'knife injury victims (1-24)' then 'injured_under_25'
        end as breakdown,
        area_level,
        crime_month as month_start,
        coalesce(ward_code, 'unplaced') as ward_code,
        events
    from mps_dashboard
    where
        borough_code = '{{ var("borough_code") }}'
        and lower(offence_group) = 'knife crime'
        and measure = 'Offences'
    union all
    select
        'S24' as kpi_id,
        case lower(offence_subgroup)
            when 'knife injury victims (non da 1-24)' then 'all'
        end as breakdown,
        area_level,
        crime_month as month_start,
        coalesce(ward_code, 'unplaced') as ward_code,
        events
    from mps_dashboard
    where
        borough_code = '{{ var("borough_code") }}'
        and lower(offence_group) = 'knife crime'
        and measure = 'Offences'
),

mps_levels as (
    select
        kpi_id,
        breakdown,
        area_level,
        month_start,
        ward_code,
        events
    from mps_named
    where breakdown is not null
    union all
    select
        kpi_id,
        'all' as breakdown,
        area_level,
        month_start,
        ward_code,
        events
    from mps_named
    where kpi_id = 'S13' and breakdown is not null
),

-- The borough is what the MPS states for the borough: what its wards lack of that is unplaced.
-- Where newer files give the wards more than an older one gives the borough, the wards stand.
mps_unplaced as (
    select
        kpi_id,
        breakdown,
        month_start,
        sum(case area_level when 'borough' then events else -events end) as events
    from mps_levels
    group by kpi_id, breakdown, month_start
),

mps_placed as (
    select
        kpi_id,
        breakdown,
        month_start,
        ward_code,
        events
    from mps_levels
    where area_level = 'ward'
    union all
    select
        kpi_id,
        breakdown,
        month_start,
        'unplaced' as ward_code,
        events
    from mps_unplaced
    where events > 0
),

people_searched as (
    select
        searches.search_month as month_start,
        searches.outcome_group,
        searches.is_outcome_linked
    from searches
    inner join reported_deliveries
        on
            reported_deliveries.feed = 'police_stop_search'
            and searches.delivery_id = reported_deliveries.delivery_id
    where searches.borough_code = '{{ var("borough_code") }}'
),

assaults as (
    select
        section17a_incidents.event_date,
        section17a_incidents.subcategory
    from section17a_incidents
    inner join reported_deliveries
        on
            reported_deliveries.feed = 'police_section17a_return'
            and section17a_incidents.delivery_id = reported_deliveries.delivery_id
    where section17a_incidents.subcategory in ('call for assault', 'admission for assault')
),

counts as (
    select
        'S01' as kpi_id,
        'all' as breakdown,
        month_start as event_date,
        ward_code,
        events as numerator,
        cast(null as bigint) as denominator
    from crimes
    union all
    select
        'S04' as kpi_id,
        'all' as breakdown,
        month_start as event_date,
        ward_code,
        events as numerator,
        cast(null as bigint) as denominator
    from crimes
    union all
    select
        'S02' as kpi_id,
        'all' as breakdown,
        month_start as event_date,
        ward_code,
        events as numerator,
        cast(null as bigint) as denominator
    from asb
    union all
    select
        'S04' as kpi_id,
        'asb' as breakdown,
        month_start as event_date,
        ward_code,
        events as numerator,
        cast(null as bigint) as denominator
    from asb
    union all
    select
        'S03' as kpi_id,
        crimes.slug as breakdown,
        crimes.month_start as event_date,
        crimes.ward_code,
        crimes.events as numerator,
        cast(null as bigint) as denominator
    from crimes
    inner join types_in_use on crimes.slug = types_in_use.slug
    union all
    select
        'S03' as kpi_id,
        'group:' || harm_group as breakdown,
        month_start as event_date,
        ward_code,
        events as numerator,
        cast(null as bigint) as denominator
    from crimes
    where harm_group is not null
    union all
    select
        kpi_id,
        breakdown,
        month_start as event_date,
        ward_code,
        events as numerator,
        cast(null as bigint) as denominator
    from mps_placed
    union all
    select
        'S21' as kpi_id,
        'all' as breakdown,
        month_start as event_date,
        'unplaced' as ward_code,
        1 as numerator,
        cast(null as bigint) as denominator
    from people_searched
    union all
    select
        'S21' as kpi_id,
        'find' as breakdown,
        month_start as event_date,
        'unplaced' as ward_code,
        case when is_outcome_linked then 1 else 0 end as numerator,
        1 as denominator
    from people_searched
    where is_outcome_linked is not null
    union all
    select
        'S21' as kpi_id,
        'arrest' as breakdown,
        month_start as event_date,
        'unplaced' as ward_code,
        case when outcome_group = 'arrest' then 1 else 0 end as numerator,
        1 as denominator
    from people_searched
    where outcome_group is not null
    union all
    select
        'S29' as kpi_id,
        case subcategory when 'call for assault' then 'all' else 'hospital_admissions' end
            as breakdown,
        event_date,
        'unplaced' as ward_code,
        1 as numerator,
        cast(null as bigint) as denominator
    from assaults
),

final as (
    select
        kpi_id,
        breakdown,
        event_date,
        ward_code,
        cast(sum(numerator) as double precision) as numerator,
        cast(sum(denominator) as double precision) as denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(null as double precision) as observed
    from counts
    group by kpi_id, breakdown, event_date, ward_code
)

select * from final
