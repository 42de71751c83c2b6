with plans as (
    select * from {{ ref('dim_continuity_plan') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

-- The register of each month as it stood at the month's end.
registers as (
    select distinct {{ month_end(month_start('period_start')) }} as month_end
    from releases
    where feed = 'civil_continuity_plan' and is_current and is_reported
),

final as (
    select
        plans.plan_id,
        registers.month_end,
        plans.review_due_on
    from plans
    inner join registers
        on
            plans.valid_from <= registers.month_end
            and coalesce(plans.valid_to, registers.month_end) >= registers.month_end
    where plans.status = 'ACTIVE'
)

select * from final
