with days as (
    {{ day_series(var('first_day'), var('last_day')) }}
),

bank_holidays as (
    select * from {{ ref('bank_holiday') }}
),

holiday_years as (
    select
        min(extract(year from holiday_date)) as first_year,
        max(extract(year from holiday_date)) as last_year
    from bank_holidays
),

parts as (
    select
        date_day,
        cast(extract(year from date_day) as integer) as calendar_year,
        cast(extract(quarter from date_day) as integer) as quarter_number,
        cast(extract(month from date_day) as integer) as calendar_month,
        cast(extract(isoyear from date_day) as integer) as iso_year,
        cast(extract(week from date_day) as integer) as iso_week,
        cast(extract(isodow from date_day) as integer) as weekday_number
    from days
),

-- The financial year runs from 1 April and is named after both calendar years.
years as (
    select
        *,
        case
            when calendar_month >= 4 then calendar_year
            else calendar_year - 1
        end as financial_year_start
    from parts
),

final as (
    select
        years.date_day,
        years.calendar_year,
        'Q' || cast(years.quarter_number as text) as calendar_quarter,
        years.calendar_month,
        {{ month_start('years.date_day') }} as month_start,
        {{ month_end(month_start('years.date_day')) }} as month_end,
        cast(years.financial_year_start as text)
        || '/'
        || substring(cast(years.financial_year_start + 1 as text), 3, 2) as financial_year,
        case years.quarter_number
            when 1 then 'Q4' when 2 then 'Q1' when 3 then 'Q2' else 'Q3'
        end as financial_quarter,
        years.iso_year,
        years.iso_week,
        years.weekday_number,
        case years.weekday_number
            when 1 then 'Monday'
            when 2 then 'Tuesday'
            when 3 then 'Wednesday'
            when 4 then 'Thursday'
            when 5 then 'Friday'
            when 6 then 'Saturday'
            else 'Sunday'
        end as weekday_name,
        years.weekday_number >= 6 as is_weekend,
        case
            when years.calendar_year between holiday_years.first_year and holiday_years.last_year
                then bank_holidays.holiday_date is not null
        end as is_bank_holiday
    from years
    cross join holiday_years
    left join bank_holidays on years.date_day = bank_holidays.holiday_date
)

select * from final
