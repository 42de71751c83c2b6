with codes as (
    select * from {{ ref('enforcement_action_type') }}
),

final as (
    select
        action_type,
        enforcement_action_type,
        enforcement_stage
    from codes
)

select * from final
