with orders as (
    select * from {{ ref('int_kpi__list_protection_orders') }}
),

register_months as (
    select * from {{ ref('int_kpi__list_register_months') }}
    where feed = 'asb_pspo'
),

final as (
    select
        register_months.month_end,
        orders.pspo_id
    from register_months
    left join orders
        on register_months.month_end between orders.in_force_from and orders.ended_on
)

select * from final
