with cohort_months as (
    select * from {{ ref('fct_iom_cohort_month') }}
),

-- Who left within the month was still managed on its first days.
final as (
    select
        nominal_token,
        cohort_month,
        deselected_on
    from cohort_months
    where deselected_on is null or deselected_on >= cohort_month
)

select * from final
