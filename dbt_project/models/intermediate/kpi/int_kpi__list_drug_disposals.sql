with recorded_crimes as (
    select * from {{ ref('fct_recorded_crime') }}
),

crime_outcomes as (
    select * from {{ ref('fct_crime_outcome') }}
),

releases as (
    select * from {{ ref('fct_release') }}
    where feed = 'police_outcome' and is_current and is_reported
),

drug_crimes as (
    select distinct crime_id
    from recorded_crimes
    where harm_group = 'drugs' and borough_code = '{{ var("borough_code") }}'
),

-- The first disposal of a crime counts; what a court made of a charge later is the same one.
ranked as (
    select
        crime_outcomes.outcome_month,
        crime_outcomes.outcome_group,
        row_number() over (
            partition by crime_outcomes.crime_id
            order by crime_outcomes.outcome_month, crime_outcomes.outcome_number
        ) as disposal_number
    from crime_outcomes
    inner join drug_crimes on crime_outcomes.crime_id = drug_crimes.crime_id
    inner join releases
        on
            crime_outcomes.delivery_id = releases.delivery_id
            and crime_outcomes.police_force = releases.series
            and crime_outcomes.outcome_month = releases.period_start
    where crime_outcomes.outcome_group in ('charged', 'out of court')
),

final as (
    select
        outcome_month,
        outcome_group
    from ranked
    where disposal_number = 1
)

select * from final
