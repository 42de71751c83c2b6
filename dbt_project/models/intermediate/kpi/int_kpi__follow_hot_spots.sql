with flagged as (
    select * from {{ ref('int_kpi__flag_hot_spots') }}
),

months as (
    select * from flagged
    where period_kind = 'month'
),

windows as (
    select * from flagged
    where period_kind = 'rolling_12_months'
),

months_of_windows as (
    select
        windows.event_kind,
        windows.period_end,
        windows.lsoa_code,
        sum(case when months.spot = 'hot' then 1 else 0 end) as months_hot
    from windows
    inner join months
        on
            windows.event_kind = months.event_kind
            and windows.lsoa_code = months.lsoa_code
            and months.period_start between windows.period_start and windows.period_end
    group by windows.event_kind, windows.period_end, windows.lsoa_code
),

ranked as (
    select
        windows.*,
        cast(months_of_windows.months_hot as integer) as months_hot,
        row_number() over (
            partition by windows.event_kind, windows.period_end
            order by windows.events desc, windows.lsoa_code asc
        ) as events_rank,
        count(*) over (partition by windows.event_kind, windows.period_end) as lsoas,
        sum(windows.events) over (partition by windows.event_kind, windows.period_end)
            as borough_events
    from windows
    inner join months_of_windows
        on
            windows.event_kind = months_of_windows.event_kind
            and windows.period_end = months_of_windows.period_end
            and windows.lsoa_code = months_of_windows.lsoa_code
),

final as (
    select
        event_kind,
        period_start,
        period_end,
        lsoa_code,
        population,
        events,
        rate,
        neighbours,
        z_score,
        p_value,
        q_value,
        spot,
        months_hot,
        spot = 'hot' and months_hot >= {{ var('hot_spot_persistent_months') }} as is_persistent,
        {{ round_to(
            '100 * cast(events as double precision) / nullif(borough_events, 0)'
        ) }} as share_of_events,
        events_rank <= {{ areas_in_percent('lsoas', 5) }} as is_in_top_5_percent,
        events_rank <= {{ areas_in_percent('lsoas', 20) }} as is_in_top_20_percent,
        cast(events_rank as integer) as events_rank
    from ranked
)

select * from final
