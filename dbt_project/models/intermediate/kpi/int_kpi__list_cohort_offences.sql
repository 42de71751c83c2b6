with managed_months as (
    select * from {{ ref('int_kpi__list_managed_months') }}
),

reoffences as (
    select * from {{ ref('fct_iom_reoffence') }}
),

-- The local proxy: re-arrests and re-charges of people who were of the cohort on the day.
final as (
    select
        reoffences.event_token,
        reoffences.nominal_token,
        reoffences.offence_on,
        reoffences.offence_month
    from reoffences
    inner join managed_months
        on
            reoffences.nominal_token = managed_months.nominal_token
            and reoffences.offence_month = managed_months.cohort_month
    where
        reoffences.is_counted_proxy
        and reoffences.offence_on <= coalesce(managed_months.deselected_on, reoffences.offence_on)
)

select * from final
