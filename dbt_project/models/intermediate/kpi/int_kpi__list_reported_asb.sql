with incidents as (
    select * from {{ ref('fct_asb_incident') }}
),

releases as (
    select * from {{ ref('fct_release') }}
    where feed = 'police_street_crime' and is_current and is_reported
),

-- Rows of a month that a person ruled not reported stay in the facts and out of the figures.
final as (
    select
        incidents.crime_month,
        incidents.ward_code
    from incidents
    inner join releases
        on
            incidents.delivery_id = releases.delivery_id
            and incidents.police_force = releases.series
            and incidents.crime_month = releases.period_start
    where incidents.borough_code = '{{ var("borough_code") }}'
)

select * from final
