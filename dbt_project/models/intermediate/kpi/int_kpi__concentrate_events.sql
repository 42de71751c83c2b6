with followed as (
    select * from {{ ref('int_kpi__follow_hot_spots') }}
),

areas as (
    select * from {{ ref('lsoa_area') }}
),

-- With ranks from the most events down, the Gini coefficient is the sum of (n + 1 - 2 rank) times
-- events, over n times all events.
placed as (
    select
        followed.*,
        areas.area_m2,
        count(*) over (partition by followed.event_kind, followed.period_end) as lsoas
    from followed
    inner join areas on followed.lsoa_code = areas.lsoa_code
),

-- What was known a year before: the LSOAs that then had the most events.
with_earlier as (
    select
        placed.*,
        earlier.is_in_top_5_percent as was_in_top_5_percent,
        earlier.is_in_top_20_percent as was_in_top_20_percent
    from placed
    left join followed as earlier
        on
            placed.event_kind = earlier.event_kind
            and placed.lsoa_code = earlier.lsoa_code
            and earlier.period_start = {{ add_months('placed.period_start', -12) }}
),

summed as (
    select
        event_kind,
        period_start,
        period_end,
        count(*) as lsoas,
        sum(events) as events,
        sum(case when is_in_top_5_percent then 1 else 0 end) as top_5_lsoas,
        sum(case when is_in_top_5_percent then events else 0 end) as top_5_events,
        sum(case when is_in_top_20_percent then 1 else 0 end) as top_20_lsoas,
        sum(case when is_in_top_20_percent then events else 0 end) as top_20_events,
        sum((lsoas + 1 - 2 * events_rank) * events) as gini_sum,
        sum(area_m2) as area,
        sum(case when was_in_top_5_percent then events end) as earlier_top_5_events,
        sum(case when was_in_top_5_percent then area_m2 end) as earlier_top_5_area,
        sum(case when was_in_top_20_percent then events end) as earlier_top_20_events,
        sum(case when was_in_top_20_percent then area_m2 end) as earlier_top_20_area
    from with_earlier
    group by event_kind, period_start, period_end
),

measured as (
    select
        event_kind,
        period_start,
        period_end,
        lsoas,
        top_5_lsoas,
        top_20_lsoas,
        cast(events as double precision) as events,
        cast(top_5_events as double precision) as top_5_events,
        cast(top_20_events as double precision) as top_20_events,
        cast(gini_sum as double precision) as gini_sum,
        cast(earlier_top_5_events as double precision) as earlier_top_5_events,
        cast(earlier_top_20_events as double precision) as earlier_top_20_events,
        cast(earlier_top_5_area as double precision) / area as earlier_top_5_area_share,
        cast(earlier_top_20_area as double precision) / area as earlier_top_20_area_share
    from summed
),

final as (
    select
        event_kind,
        period_start,
        period_end,
        cast(lsoas as bigint) as lsoas,
        cast(events as bigint) as events,
        cast(top_5_lsoas as bigint) as top_5_lsoas,
        cast(top_5_events as bigint) as top_5_events,
        {{ round_to('100 * top_5_events / nullif(events, 0)') }} as top_5_share,
        cast(top_20_lsoas as bigint) as top_20_lsoas,
        cast(top_20_events as bigint) as top_20_events,
        {{ round_to('100 * top_20_events / nullif(events, 0)') }} as top_20_share,
        {{ round_to('gini_sum / nullif(lsoas * events, 0)') }} as gini,
        {{ round_to('earlier_top_5_events / nullif(events, 0) / earlier_top_5_area_share') }}
            as pai_5,
        {{ round_to('earlier_top_20_events / nullif(events, 0) / earlier_top_20_area_share') }}
            as pai_20
    from measured
)

select * from final
