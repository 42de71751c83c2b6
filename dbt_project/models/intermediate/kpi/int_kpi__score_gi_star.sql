{{ config(materialized='table', post_hook='{{ refresh_statistics(this) }}') }}

with windows as (
    select * from {{ ref('int_kpi__roll_lsoa_windows') }}
),

neighbours as (
    select * from {{ ref('lsoa_neighbour') }}
),

all_lsoas as (
    select
        event_kind,
        period_kind,
        period_end,
        count(*) as lsoas,
        avg(rate) as mean_rate,
        stddev_pop(rate) as spread
    from windows
    group by event_kind, period_kind, period_end
),

-- The star: an LSOA is among its own neighbours.
pairs as (
    select
        lsoa_code,
        neighbour_lsoa_code
    from neighbours
    union all
    select distinct
        lsoa_code,
        lsoa_code as neighbour_lsoa_code
    from windows
),

around as (
    select
        windows.event_kind,
        windows.period_kind,
        windows.period_end,
        pairs.lsoa_code,
        count(*) as weights,
        sum(windows.rate) as rates
    from pairs
    inner join windows on pairs.neighbour_lsoa_code = windows.lsoa_code
    group by windows.event_kind, windows.period_kind, windows.period_end, pairs.lsoa_code
),

scored as (
    select
        windows.*,
        around.weights - 1 as neighbours,
        (around.rates - all_lsoas.mean_rate * around.weights) / nullif(
            all_lsoas.spread * sqrt(
                cast(around.weights * (all_lsoas.lsoas - around.weights) as double precision)
                / nullif(all_lsoas.lsoas - 1, 0)
            ), 0
        ) as z_score
    from windows
    inner join around
        on
            windows.event_kind = around.event_kind
            and windows.period_kind = around.period_kind
            and windows.period_end = around.period_end
            and windows.lsoa_code = around.lsoa_code
    inner join all_lsoas
        on
            windows.event_kind = all_lsoas.event_kind
            and windows.period_kind = all_lsoas.period_kind
            and windows.period_end = all_lsoas.period_end
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
        {{ round_to('rate') }} as rate,
        neighbours,
        {{ round_to('z_score') }} as z_score,
        {{ round_to(normal_two_sided_p('z_score'), 9) }} as p_value
    from scored
)

select * from final
