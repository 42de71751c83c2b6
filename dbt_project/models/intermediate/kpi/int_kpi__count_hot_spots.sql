with hot_spots as (
    select * from {{ ref('int_kpi__follow_hot_spots') }}
),

final as (
    select
        event_kind,
        period_end,
        cast(sum(case when spot = 'hot' then 1 else 0 end) as bigint) as hot_lsoas,
        cast(sum(case when is_persistent then 1 else 0 end) as bigint) as persistent_lsoas
    from hot_spots
    group by event_kind, period_end
)

select * from final
