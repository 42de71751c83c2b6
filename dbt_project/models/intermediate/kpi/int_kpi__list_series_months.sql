with kpi_feeds as (
    select * from {{ ref('kpi_feed') }}
),

months as (
    select * from {{ ref('int_kpi__list_months') }}
),

needed as (
    select
        kpi_id,
        breakdown,
        count(*) as feed_count
    from kpi_feeds
    group by kpi_id, breakdown
),

-- Only months that lie within every feed's time have a row.
final as (
    select
        kpi_feeds.kpi_id,
        kpi_feeds.breakdown,
        months.month_start,
        months.month_end,
        cast(sum(months.expected_series) as bigint) as expected_series,
        cast(
            case when min(months.reported_series) > 0 then sum(months.reported_series) else 0 end
            as bigint
        ) as reported_series,
        cast(sum(months.ruled_out_series) as bigint) as ruled_out_series,
        cast(sum(months.partly_ruled_out_series) as bigint) as partly_ruled_out_series,
        cast(sum(months.provisional_releases) as bigint) as provisional_releases,
        cast(sum(months.unstated_releases) as bigint) as unstated_releases,
        coalesce(
            min(case when not months.holds_until_next then months.as_of end), max(months.as_of)
        ) as as_of
    from kpi_feeds
    inner join months on kpi_feeds.feed = months.feed
    inner join needed
        on
            kpi_feeds.kpi_id = needed.kpi_id
            and kpi_feeds.breakdown = needed.breakdown
    group by
        kpi_feeds.kpi_id,
        kpi_feeds.breakdown,
        months.month_start,
        months.month_end,
        needed.feed_count
    having count(*) = needed.feed_count
)

select * from final
