with releases as (
    select * from {{ ref('fct_release') }}
),

days as (
    select * from {{ ref('dim_date') }}
),

spans as (
    select
        feed,
        {{ month_start('min(period_start)') }} as first_month,
        {{ month_start('max(period_start)') }} as last_month
    from releases
    where is_current and feed in ('asb_pspo', 'programme_funding_line')
    group by feed
),

final as (
    select
        spans.feed,
        days.month_start,
        days.month_end
    from spans
    inner join days
        on
            days.date_day = days.month_start
            and days.date_day between spans.first_month and spans.last_month
)

select * from final
