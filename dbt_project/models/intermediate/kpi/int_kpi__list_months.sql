with releases as (
    select * from {{ ref('fct_release') }}
),

days as (
    select * from {{ ref('dim_date') }}
),

police_forces as (
    select * from {{ ref('police_force') }}
),

-- Whose figures make a month of a feed whole.
expected_series as (
    select
        'police_street_crime' as feed,
        police_force as series
    from police_forces
    where polices_borough
    union all
    select
        'fire_lfb_incident' as feed,
        'London Fire Brigade' as series
),

expected as (
    select
        feed,
        count(*) as expected_series
    from expected_series
    group by feed
),

current_releases as (
    select
        feed,
        series,
        period_start,
        release_on,
        is_reported,
        {{ month_end(add_months('period_start', var('settled_after_months'))) }} as settles_on
    from releases
    where is_current
),

first_and_last as (
    select
        feed,
        min(period_start) as first_month,
        max(period_start) as last_month
    from current_releases
    group by feed
),

months as (
    select
        first_and_last.feed,
        days.month_start,
        days.month_end
    from first_and_last
    inner join days
        on
            days.date_day = days.month_start
            and days.date_day between first_and_last.first_month and first_and_last.last_month
),

reported as (
    select
        current_releases.feed,
        current_releases.period_start,
        count(*) as reported_series,
        sum(
            case when current_releases.release_on < current_releases.settles_on then 1 else 0 end
        ) as provisional_releases,
        sum(case when current_releases.release_on is null then 1 else 0 end) as unstated_releases
    from current_releases
    inner join expected_series
        on
            current_releases.feed = expected_series.feed
            and current_releases.series = expected_series.series
    where current_releases.is_reported
    group by current_releases.feed, current_releases.period_start
),

final as (
    select
        months.feed,
        months.month_start,
        months.month_end,
        cast(expected.expected_series as bigint) as expected_series,
        cast(coalesce(reported.reported_series, 0) as bigint) as reported_series,
        cast(coalesce(reported.provisional_releases, 0) as bigint) as provisional_releases,
        cast(coalesce(reported.unstated_releases, 0) as bigint) as unstated_releases,
        max(case when reported.reported_series > 0 then months.month_end end) over (
            partition by months.feed
        ) as as_of
    from months
    inner join expected on months.feed = expected.feed
    left join reported
        on
            months.feed = reported.feed
            and months.month_start = reported.period_start
)

select * from final
