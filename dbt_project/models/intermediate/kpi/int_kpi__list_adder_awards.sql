with funding_months as (
    select * from {{ ref('int_kpi__list_funding_months') }}
),

-- Awards that are stated by the year and in total contradict each other, so they are kept apart.
final as (
    select
        recipient,
        amount_basis,
        month_start,
        sum(amount_gbp) as amount_gbp,
        max(term_months) / cast(12 as double precision) as term_years
    from funding_months
    where programme = 'ADDER' and kind = 'award' and is_in_term and amount_gbp is not null
    group by recipient, amount_basis, month_start
)

select * from final
