with milestones as (
    select * from {{ ref('fct_milestone') }}
),

months as (
    select * from {{ ref('int_kpi__list_warehouse_months') }}
),

-- What is done stays done, so it stands in the register of every month from then on.
final as (
    select
        milestones.programme,
        milestones.kind,
        milestones.figure,
        months.month_start
    from milestones
    inner join months on {{ month_start('milestones.done_on') }} <= months.month_start
    where milestones.status = 'DONE'
)

select * from final
