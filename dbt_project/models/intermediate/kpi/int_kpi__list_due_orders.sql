with orders as (
    select * from {{ ref('int_kpi__list_protection_orders') }}
),

register_months as (
    select * from {{ ref('int_kpi__list_register_months') }}
    where feed = 'asb_pspo'
),

-- An order is due by the day it expires, when that lies within the register's time; one that was
-- withdrawn before needs no renewal.
due as (
    select orders.*
    from orders
    inner join register_months
        on orders.expires_on between register_months.month_start and register_months.month_end
    where orders.ended_on = orders.expires_on
),

final as (
    select
        due.pspo_id,
        due.expires_on,
        coalesce(min(successors.made_on) <= due.expires_on, false) as was_renewed
    from due
    left join orders as successors on due.pspo_id = successors.renewed_from_id
    group by due.pspo_id, due.expires_on
)

select * from final
