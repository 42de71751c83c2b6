with concentration as (
    select * from {{ ref('int_kpi__concentrate_events') }}
),

final as (
    select
        event_kind,
        period_start,
        period_end,
        lsoas,
        events,
        top_5_lsoas,
        top_5_events,
        top_5_share,
        top_20_lsoas,
        top_20_events,
        top_20_share,
        gini,
        pai_5,
        pai_20
    from concentration
)

select * from final
