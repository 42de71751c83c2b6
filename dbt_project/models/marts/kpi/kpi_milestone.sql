with milestones as (
    select * from {{ ref('int_kpi__collect_milestones') }}
),

final as (
    select
        kpi_id,
        item,
        stated_text,
        stated_on,
        status,
        event_date as as_of
    from milestones
)

select * from final
