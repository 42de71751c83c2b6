with outcomes as (
    select * from {{ ref('int_police__match_outcomes') }}
),

lsoas as (
    select * from {{ ref('int_geography__conform_lsoas') }}
),

final as (
    select
        outcomes.delivery_id || '-' || cast(outcomes.source_line as text) as crime_outcome_id,
        outcomes.crime_id,
        outcomes.outcome_month,
        outcomes.police_force,
        outcomes.outcome_category,
        outcomes.outcome_group,
        outcomes.is_court,
        outcomes.is_positive,
        outcomes.outcome_number,
        outcomes.is_newest,
        outcomes.crime_month,
        outcomes.months_since_crime,
        outcomes.maturity_months,
        outcomes.is_orphan,
        outcomes.is_before_crime,
        {{ round_to('outcomes.longitude') }} as longitude,
        {{ round_to('outcomes.latitude') }} as latitude,
        outcomes.location,
        outcomes.lsoa_code,
        lsoas.lsoa_vintage,
        case
            when outcomes.lsoa_code is null then 'unplaced'
            else coalesce(lsoas.ward_code, 'outside')
        end as ward_code,
        case
            when outcomes.lsoa_code is null then 'unplaced'
            when lsoas.lsoa_code is null then 'outside'
            else '{{ var("borough_code") }}'
        end as borough_code,
        case
            when outcomes.lsoa_code is null then 'unplaced'
            else coalesce(lsoas.lsoa_code, 'outside')
        end as area_code,
        cast(outcomes.source_row_count as bigint) as source_row_count,
        outcomes.delivery_id,
        outcomes.source_line
    from outcomes
    left join lsoas on outcomes.lsoa_code = lsoas.lsoa_code
)

select * from final
