with days as (
    select * from {{ ref('dim_date') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

warehouse_end as (
    select max(period_start) as period_start from releases
    where is_current
),

final as (
    select days.month_start
    from days
    inner join warehouse_end
        on days.date_day = days.month_start and days.month_start <= warehouse_end.period_start
)

select * from final
