with register_months as (
    select * from {{ ref('int_kpi__list_register_months') }}
    where feed = 'programme_funding_line'
),

lines as (
    select * from {{ ref('int_kpi__list_funding_register') }}
    where programme = 'NEIGHBOURHOOD_MANAGEMENT' and kind = 'wards_live'
),

areas as (
    select * from {{ ref('dim_area') }}
),

wards as (
    select count(*) as ward_count from areas
    where area_kind = 'ward'
),

-- A month before anything was live has no ward.
final as (
    select
        register_months.month_end,
        coalesce(max(lines.wards_live), 0) as wards_live,
        max(wards.ward_count) as ward_count
    from register_months
    cross join wards
    left join lines on register_months.month_end = lines.month_end
    group by register_months.month_end
)

select * from final
