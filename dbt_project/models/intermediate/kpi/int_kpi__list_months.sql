with releases as (
    select * from {{ ref('fct_release') }}
),

calendars as (
    select * from {{ ref('feed_calendar') }}
),

days as (
    select * from {{ ref('dim_date') }}
),

police_forces as (
    select * from {{ ref('police_force') }}
),

-- A release covers its month, quarter or year. What a person admitted counts beside a good release
-- where a delivery need not hold a period whole: its records stand beside the others.
current_releases as (
    select
        releases.feed,
        releases.series,
        calendars.gap_is_missing,
        calendars.holds_until_next,
        {{ month_start('releases.period_start') }} as first_month,
        case calendars.period_kind
            when 'quarter' then {{ add_months(month_start('releases.period_start'), 2) }}
            when 'year' then {{ add_months(month_start('releases.period_start'), 11) }}
            else {{ month_start('releases.period_start') }}
        end as last_month,
        releases.is_reported,
        calendars.is_settling
        and releases.release_on
        < {{ month_end(add_months('releases.period_start', var('settled_after_months'))) }}
            as is_provisional,
        calendars.is_settling and releases.release_on is null as is_unstated
    from releases
    inner join calendars on releases.feed = calendars.feed
    where
        releases.is_current
        or (not releases.is_reported and not calendars.holds_periods_whole)
),

warehouse_end as (
    select max(last_month) as last_month
    from current_releases
    where not holds_until_next
),

feed_spans as (
    select
        current_releases.feed,
        current_releases.gap_is_missing,
        current_releases.holds_until_next,
        min(current_releases.first_month) as first_month,
        case
            when current_releases.holds_until_next
                then greatest(max(current_releases.last_month), max(warehouse_end.last_month))
            else max(current_releases.last_month)
        end as last_month
    from current_releases
    cross join warehouse_end
    group by
        current_releases.feed,
        current_releases.gap_is_missing,
        current_releases.holds_until_next
),

police_feeds as (
    select distinct feed
    from current_releases
    where feed in ('police_street_crime', 'police_outcome', 'police_stop_search')
),

-- Whose figures make a month of a feed whole: the forces that police the borough, and elsewhere
-- each series from its first to its last release.
expected_series as (
    select
        police_feeds.feed,
        case
            when police_feeds.feed = 'police_stop_search' then police_forces.force_slug
            else police_forces.police_force
        end as series,
        cast(null as date) as first_month,
        cast(null as date) as last_month
    from police_forces
    cross join police_feeds
    where police_forces.polices_borough
    union all
    select
        feed,
        series,
        min(first_month) as first_month,
        max(last_month) as last_month
    from current_releases
    where feed not in ('police_street_crime', 'police_outcome', 'police_stop_search')
    group by feed, series
),

months as (
    select
        feed_spans.feed,
        feed_spans.gap_is_missing,
        feed_spans.holds_until_next,
        days.month_start,
        days.month_end
    from feed_spans
    inner join days
        on
            days.date_day = days.month_start
            and days.date_day between feed_spans.first_month and feed_spans.last_month
),

expected as (
    select
        months.feed,
        months.month_start,
        count(expected_series.series) as expected_series
    from months
    left join expected_series
        on
            months.feed = expected_series.feed
            and (
                expected_series.first_month is null
                or months.month_start between expected_series.first_month
                and expected_series.last_month
            )
    group by months.feed, months.month_start
),

covered as (
    select
        months.feed,
        months.month_start,
        current_releases.series,
        max(case when current_releases.is_reported then 1 else 0 end) as is_reported,
        max(case when current_releases.is_reported then 0 else 1 end) as is_ruled_out,
        sum(
            case
                when current_releases.is_reported and current_releases.is_provisional then 1
                else 0
            end
        ) as provisional_releases,
        sum(
            case
                when current_releases.is_reported and current_releases.is_unstated then 1
                else 0
            end
        ) as unstated_releases
    from months
    inner join current_releases
        on
            months.feed = current_releases.feed
            and months.month_start between current_releases.first_month
            and current_releases.last_month
    group by months.feed, months.month_start, current_releases.series
),

reported as (
    select
        covered.feed,
        covered.month_start,
        sum(covered.is_reported) as reported_series,
        sum(1 - covered.is_reported) as ruled_out_series,
        sum(covered.is_reported * covered.is_ruled_out) as partly_ruled_out_series,
        sum(covered.provisional_releases) as provisional_releases,
        sum(covered.unstated_releases) as unstated_releases
    from covered
    inner join expected_series
        on
            covered.feed = expected_series.feed
            and covered.series = expected_series.series
    group by covered.feed, covered.month_start
),

-- Since the last release before it, a month without one has had nothing new.
released as (
    select
        months.feed,
        months.month_start,
        months.month_end,
        months.gap_is_missing,
        months.holds_until_next,
        greatest(expected.expected_series, 1) as expected_series,
        reported.feed is not null as is_released,
        reported.reported_series,
        coalesce(reported.ruled_out_series, 0) as ruled_out_series,
        coalesce(reported.partly_ruled_out_series, 0) as partly_ruled_out_series,
        coalesce(reported.provisional_releases, 0) as provisional_releases,
        coalesce(reported.unstated_releases, 0) as unstated_releases,
        count(reported.feed) over (
            partition by months.feed order by months.month_start
        ) as release_number,
        coalesce(max(reported.reported_series) over (
            partition by months.feed order by months.month_start
        ), 0) as reported_so_far
    from months
    inner join expected
        on
            months.feed = expected.feed
            and months.month_start = expected.month_start
    left join reported
        on
            months.feed = reported.feed
            and months.month_start = reported.month_start
),

held as (
    select
        *,
        case
            when holds_until_next
                then coalesce(max(reported_series) over (partition by feed, release_number), 0)
            else reported_so_far
        end as held_series
    from released
),

-- A register that a later file goes on with had nothing to say of a month without a file, and a
-- figure that holds until the next one holds in it; of neither when nothing reported came before.
counted as (
    select
        feed,
        month_start,
        month_end,
        holds_until_next,
        expected_series,
        case
            when is_released then reported_series
            when gap_is_missing and not holds_until_next then 0
            when release_number > 0 and held_series = 0 then 0
            else expected_series
        end as reported_series,
        case
            when is_released or (gap_is_missing and not holds_until_next) then ruled_out_series
            when release_number > 0 and held_series = 0 then expected_series
            else 0
        end as ruled_out_series,
        partly_ruled_out_series,
        provisional_releases,
        unstated_releases
    from held
),

final as (
    select
        feed,
        month_start,
        month_end,
        cast(expected_series as bigint) as expected_series,
        cast(reported_series as bigint) as reported_series,
        cast(ruled_out_series as bigint) as ruled_out_series,
        cast(partly_ruled_out_series as bigint) as partly_ruled_out_series,
        cast(provisional_releases as bigint) as provisional_releases,
        cast(unstated_releases as bigint) as unstated_releases,
        max(case when reported_series > 0 then month_end end) over (
            partition by feed
        ) as as_of,
        holds_until_next
    from counted
)

select * from final
