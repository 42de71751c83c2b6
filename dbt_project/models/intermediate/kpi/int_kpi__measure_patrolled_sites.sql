with patrols as (
    select * from {{ ref('fct_patrol') }}
),

days as (
    select * from {{ ref('dim_date') }}
),

patrolled as (
    select
        min(event_date) as first_day,
        max(event_date) as last_day
    from patrols
),

-- Whole ISO weeks, Monday to Sunday, within the time of the patrols; a week is of the month in
-- which it ends.
weeks as (
    select
        days.date_day - 6 as monday,
        days.date_day as sunday
    from days
    inner join patrolled
        on
            days.date_day - 6 >= {{ month_start('patrolled.first_day') }}
            and days.date_day <= {{ month_end(month_start('patrolled.last_day')) }}
    where days.weekday_number = 7
),

sites_of_weeks as (
    select
        weeks.sunday,
        count(distinct patrols.site_id) as sites
    from weeks
    left join patrols on patrols.event_date between weeks.monday and weeks.sunday
    group by weeks.sunday
),

final as (
    select
        'K104' as kpi_id,
        'all' as breakdown,
        sunday as event_date,
        'unplaced' as ward_code,
        cast(null as double precision) as numerator,
        cast(null as double precision) as denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(sites as double precision) as observed
    from sites_of_weeks
)

select * from final
