with crime_outcomes as (
    select * from {{ ref('fct_crime_outcome') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

reported_releases as (
    select * from releases
    where feed = 'police_outcome' and is_current and is_reported
),

-- Each crime counts once, when it first came to such an outcome.
ranked as (
    select
        crime_outcomes.outcome_month,
        crime_outcomes.ward_code,
        crime_outcomes.outcome_group,
        row_number() over (
            partition by crime_outcomes.crime_id, crime_outcomes.outcome_group
            order by crime_outcomes.outcome_number
        ) as rank_in_group,
        row_number() over (
            partition by crime_outcomes.crime_id
            order by crime_outcomes.outcome_number
        ) as rank_of_crime
    from crime_outcomes
    inner join reported_releases
        on
            crime_outcomes.delivery_id = reported_releases.delivery_id
            and crime_outcomes.police_force = reported_releases.series
            and crime_outcomes.outcome_month = reported_releases.period_start
    where
        crime_outcomes.borough_code = '{{ var("borough_code") }}'
        and crime_outcomes.outcome_group in ('charged', 'out of court')
),

final as (
    select
        outcome_month,
        ward_code,
        outcome_group = 'charged' and rank_in_group = 1 as is_first_charge,
        rank_of_crime = 1 as is_first_positive
    from ranked
)

select * from final
