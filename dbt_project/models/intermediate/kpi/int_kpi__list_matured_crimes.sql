with crimes as (
    select * from {{ ref('int_kpi__follow_crimes') }}
),

maturities as (
    select 3 as months
    union all
    select 6 as months
    union all
    select 12 as months
),

final as (
    select
        crimes.crime_month,
        crimes.ward_code,
        maturities.months,
        coalesce(crimes.months_to_charge <= maturities.months, false) as is_charged,
        coalesce(crimes.months_to_positive <= maturities.months, false) as is_positive,
        case maturities.months
            when 3 then crimes.group_by_3
            when 6 then crimes.group_by_6
            else crimes.group_by_12
        end as standing_group
    from crimes
    cross join maturities
)

select * from final
