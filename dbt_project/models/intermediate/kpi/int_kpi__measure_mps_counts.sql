with mps_crimes as (
    select * from {{ ref('fct_mps_crime_month') }}
),

mps_dashboard as (
    select * from {{ ref('fct_mps_dashboard_month') }}
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

final as (
    select
        kpi_id,
        breakdown,
        month_start as event_date,
        ward_code,
        cast(sum(events) as double precision) as numerator,
        cast(null as double precision) as denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(null as double precision) as observed
    from mps_placed
    group by kpi_id, breakdown, month_start, ward_code
)

select * from final
