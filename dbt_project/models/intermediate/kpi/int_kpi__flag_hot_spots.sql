{{ config(materialized='table', post_hook='{{ refresh_statistics(this) }}') }}

with scores as (
    select * from {{ ref('int_kpi__score_gi_star') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by event_kind, period_kind, period_end order by p_value, lsoa_code
        ) as p_rank,
        count(p_value) over (partition by event_kind, period_kind, period_end) as tests
    from scores
),

-- Benjamini and Hochberg: a p-value times tests over rank, and never more than that of a larger
-- p-value.
adjusted as (
    select
        *,
        min(p_value * tests / p_rank) over (
            partition by event_kind, period_kind, period_end
            order by p_rank desc
            rows between unbounded preceding and current row
        ) as q_value
    from ranked
),

final as (
    select
        event_kind,
        period_kind,
        period_start,
        period_end,
        lsoa_code,
        population,
        events,
        rate,
        neighbours,
        z_score,
        p_value,
        {{ round_to('least(q_value, 1)') }} as q_value,
        case
            when q_value <= {{ var('hot_spot_false_discovery_rate') }} and z_score > 0 then 'hot'
            when q_value <= {{ var('hot_spot_false_discovery_rate') }} and z_score < 0 then 'cold'
            else 'neither'
        end as spot
    from adjusted
)

select * from final
