with funding_lines as (
    select * from {{ ref('fct_funding_line') }}
),

months as (
    select * from {{ ref('int_kpi__list_warehouse_months') }}
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
