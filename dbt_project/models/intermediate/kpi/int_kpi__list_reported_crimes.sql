with crimes as (
    select * from {{ ref('fct_recorded_crime') }}
),

crime_types as (
    select * from {{ ref('dim_crime_type') }}
),

releases as (
    select * from {{ ref('fct_release') }}
    where feed = 'police_street_crime' and is_current and is_reported
),

-- Rows of a month that a person ruled not reported stay in the facts and out of the figures.
final as (
    select
        crimes.crime_month,
        crimes.ward_code,
        crimes.harm_group,
        -- A type that is no longer published has no figure of its own.
        case when crime_types.valid_to is null then crime_types.slug end as slug
    from crimes
    inner join releases
        on
            crimes.delivery_id = releases.delivery_id
            and crimes.police_force = releases.series
            and crimes.crime_month = releases.period_start
    left join crime_types on crimes.crime_type = crime_types.crime_type
    where crimes.borough_code = '{{ var("borough_code") }}'
)

select * from final
