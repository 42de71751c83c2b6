with hot_spots as (
    select * from {{ ref('int_kpi__follow_hot_spots') }}
),

concentration as (
    select * from {{ ref('int_kpi__concentrate_events') }}
),

hot_counts as (
    select
        event_kind,
        period_end,
        sum(case when spot = 'hot' then 1 else 0 end) as hot_lsoas,
        sum(case when is_persistent then 1 else 0 end) as persistent_lsoas
    from hot_spots
    group by event_kind, period_end
),

values_of_months as (
    select
        'S16' as kpi_id,
        event_kind || '_hot' as breakdown,
        period_end as event_date,
        cast(null as bigint) as numerator,
        cast(null as bigint) as denominator,
        cast(hot_lsoas as double precision) as observed
    from hot_counts
    union all
    select
        'S16' as kpi_id,
        event_kind || '_persistent' as breakdown,
        period_end as event_date,
        cast(null as bigint) as numerator,
        cast(null as bigint) as denominator,
        cast(persistent_lsoas as double precision) as observed
    from hot_counts
    union all
    select
        'S17' as kpi_id,
        event_kind || '_top_5_percent' as breakdown,
        period_end as event_date,
        top_5_events as numerator,
        events as denominator,
        cast(null as double precision) as observed
    from concentration
    union all
    select
        'S17' as kpi_id,
        event_kind || '_top_20_percent' as breakdown,
        period_end as event_date,
        top_20_events as numerator,
        events as denominator,
        cast(null as double precision) as observed
    from concentration
    union all
    select
        'S17' as kpi_id,
        event_kind || '_gini' as breakdown,
        period_end as event_date,
        cast(null as bigint) as numerator,
        cast(null as bigint) as denominator,
        gini as observed
    from concentration
    where gini is not null
    union all
    select
        'S17' as kpi_id,
        event_kind || '_pai_5' as breakdown,
        period_end as event_date,
        cast(null as bigint) as numerator,
        cast(null as bigint) as denominator,
        pai_5 as observed
    from concentration
    where pai_5 is not null
),

final as (
    select
        kpi_id,
        breakdown,
        event_date,
        'unplaced' as ward_code,
        cast(numerator as double precision) as numerator,
        cast(denominator as double precision) as denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        observed
    from values_of_months
)

select * from final
