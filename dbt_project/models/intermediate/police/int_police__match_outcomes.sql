with staged as (
    select * from {{ ref('stg_police__outcome') }}
    where is_current
),

crimes as (
    select * from {{ ref('fct_recorded_crime') }}
),

categories as (
    select * from {{ ref('outcome_category') }}
),

-- Rows that agree in everything are one outcome.
outcomes as (
    select
        delivery_id,
        crime_id,
        outcome_month,
        falls_within as police_force,
        outcome_category,
        longitude,
        latitude,
        location,
        lsoa_code,
        min(source_line) as source_line,
        count(*) as source_row_count
    from staged
    group by
        delivery_id, crime_id, outcome_month, falls_within, outcome_category, longitude, latitude,
        location, lsoa_code
),

-- A crime ID that stands for several crimes counts from the first of them.
crime_months as (
    select
        crime_id,
        min(crime_month) as crime_month
    from crimes
    where crime_id is not null
    group by crime_id
),

ordered as (
    select
        outcomes.*,
        categories.outcome_group,
        categories.is_court,
        categories.is_positive,
        crime_months.crime_month,
        {{ months_between('crime_months.crime_month', 'outcomes.outcome_month') }}
            as months_since_crime,
        row_number() over (
            partition by outcomes.crime_id
            order by
                outcomes.outcome_month,
                categories.severity_rank,
                outcomes.delivery_id,
                outcomes.source_line
        ) as outcome_number,
        count(*) over (partition by outcomes.crime_id) as outcomes_of_crime
    from outcomes
    left join categories on outcomes.outcome_category = categories.outcome_category
    left join crime_months on outcomes.crime_id = crime_months.crime_id
),

final as (
    select
        delivery_id,
        source_line,
        crime_id,
        outcome_month,
        police_force,
        outcome_category,
        outcome_group,
        is_court,
        is_positive,
        cast(outcome_number as integer) as outcome_number,
        outcome_number = outcomes_of_crime as is_newest,
        crime_month,
        months_since_crime,
        crime_month is null as is_orphan,
        coalesce(months_since_crime < 0, false) as is_before_crime,
        case
            when months_since_crime between 0 and 3 then 3
            when months_since_crime between 4 and 6 then 6
            when months_since_crime between 7 and 12 then 12
        end as maturity_months,
        longitude,
        latitude,
        location,
        lsoa_code,
        source_row_count
    from ordered
)

select * from final
