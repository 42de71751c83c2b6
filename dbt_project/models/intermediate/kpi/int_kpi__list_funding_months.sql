with funding_lines as (
    select * from {{ ref('fct_funding_line') }}
),

days as (
    select * from {{ ref('dim_date') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

-- What stands in the register goes on standing, up to the newest month that any feed has.
warehouse_end as (
    select max(period_start) as period_start from releases
    where is_current
),

months as (
    select days.month_start
    from days
    inner join warehouse_end
        on days.date_day = days.month_start and days.month_start <= warehouse_end.period_start
),

-- A line is of its financial year; it may be written before the year begins.
dated_lines as (
    select
        *,
        cast(left(financial_year, 4) || '-04-01' as date) as year_start,
        {{ month_start('recorded_on') }} as recorded_month
    from funding_lines
    where financial_year is not null
),

final as (
    select
        dated_lines.line_id,
        dated_lines.programme,
        dated_lines.kind,
        dated_lines.recipient,
        dated_lines.status,
        dated_lines.amount_gbp,
        dated_lines.amount_basis,
        dated_lines.term_months,
        months.month_start,
        dated_lines.recorded_month <= months.month_start as is_recorded,
        dated_lines.year_start <= months.month_start as is_begun,
        dated_lines.year_start <= months.month_start
        and {{ months_between('dated_lines.year_start', 'months.month_start') }}
        < coalesce(dated_lines.term_months, 12) as is_in_term
    from dated_lines
    inner join months
        on least(dated_lines.recorded_month, dated_lines.year_start) <= months.month_start
)

select * from final
