{{ config(materialized='table', post_hook='{{ refresh_statistics(this) }}') }}

with recorded_crimes as (
    select * from {{ ref('fct_recorded_crime') }}
),

crime_outcomes as (
    select * from {{ ref('fct_crime_outcome') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

-- The facts hold current releases; what a person ruled not reported is taken out of the figures.
-- (Not looked up: PostgreSQL expects a look-up by four columns to find a single row.)
ruled_out as (
    select * from releases
    where is_current and not is_reported
),

crimes as (
    select
        recorded_crimes.recorded_crime_id,
        recorded_crimes.crime_id,
        recorded_crimes.crime_month,
        recorded_crimes.ward_code
    from recorded_crimes
    left join ruled_out
        on
            ruled_out.feed = 'police_street_crime'
            and recorded_crimes.delivery_id = ruled_out.delivery_id
            and recorded_crimes.police_force = ruled_out.series
            and recorded_crimes.crime_month = ruled_out.period_start
    where
        recorded_crimes.borough_code = '{{ var("borough_code") }}'
        and ruled_out.feed is null
),

outcomes as (
    select
        crime_outcomes.crime_id,
        crime_outcomes.outcome_group,
        crime_outcomes.outcome_number,
        crime_outcomes.months_since_crime
    from crime_outcomes
    left join ruled_out
        on
            ruled_out.feed = 'police_outcome'
            and crime_outcomes.delivery_id = ruled_out.delivery_id
            and crime_outcomes.police_force = ruled_out.series
            and crime_outcomes.outcome_month = ruled_out.period_start
    where crime_outcomes.months_since_crime between 0 and 12 and ruled_out.feed is null
),

-- Which outcome is the newest at each maturity.
standing as (
    select
        crime_id,
        outcome_group,
        months_since_crime,
        outcome_number,
        max(case when months_since_crime <= 3 then outcome_number end) over a_crime as last_by_3,
        max(case when months_since_crime <= 6 then outcome_number end) over a_crime as last_by_6,
        max(outcome_number) over a_crime as last_by_12
    from outcomes
    window a_crime as (partition by crime_id)
),

ended as (
    select
        crime_id,
        min(months_since_crime) as months_to_outcome,
        min(case when outcome_group = 'charged' then months_since_crime end) as months_to_charge,
        min(
            case when outcome_group in ('charged', 'out of court') then months_since_crime end
        ) as months_to_positive,
        max(case when outcome_number = last_by_3 then outcome_group end) as group_by_3,
        max(case when outcome_number = last_by_6 then outcome_group end) as group_by_6,
        max(case when outcome_number = last_by_12 then outcome_group end) as group_by_12
    from standing
    group by crime_id
),

final as (
    select
        crimes.recorded_crime_id,
        crimes.crime_month,
        crimes.ward_code,
        ended.months_to_outcome,
        ended.months_to_charge,
        ended.months_to_positive,
        ended.group_by_3,
        ended.group_by_6,
        ended.group_by_12
    from crimes
    left join ended on crimes.crime_id = ended.crime_id
)

select * from final
