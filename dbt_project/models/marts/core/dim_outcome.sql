with outcomes as (
    select * from {{ ref('outcome_category') }}
),

final as (
    select
        outcome_category,
        api_code,
        outcome_group,
        is_court,
        is_positive,
        severity_rank
    from outcomes
)

select * from final
