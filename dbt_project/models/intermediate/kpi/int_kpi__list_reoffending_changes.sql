with managed_months as (
    select * from {{ ref('int_kpi__list_managed_months') }}
),

cohort_offences as (
    select * from {{ ref('int_kpi__list_cohort_offences') }}
),

cohort_months as (
    select distinct cohort_month from {{ ref('fct_iom_cohort_month') }}
),

milestones as (
    select * from {{ ref('fct_milestone') }}
),

-- Before the framework was rolled out is the twelve months that end with the month before.
baseline as (
    select {{ add_months(month_start('min(done_on)'), -1) }} as last_month
    from milestones
    where programme = 'IOM' and kind = 'ROLLED_OUT' and status = 'DONE'
),

register_start as (
    select min(cohort_month) as first_month from cohort_months
),

whole_windows as (
    select
        cohort_months.cohort_month as last_month,
        {{ add_months('cohort_months.cohort_month', -11) }} as first_month
    from cohort_months
    inner join register_start
        on register_start.first_month <= {{ add_months('cohort_months.cohort_month', -11) }}
),

window_offenders as (
    select
        whole_windows.last_month,
        count(distinct cohort_offences.nominal_token) as offenders
    from whole_windows
    left join cohort_offences
        on
            cohort_offences.offence_month
            between whole_windows.first_month and whole_windows.last_month
    group by whole_windows.last_month
),

window_cohorts as (
    select
        whole_windows.last_month,
        count(distinct managed_months.nominal_token) as cohort
    from whole_windows
    inner join managed_months
        on
            managed_months.cohort_month
            between whole_windows.first_month and whole_windows.last_month
    group by whole_windows.last_month
),

-- Counts of people come rounded, so that a change says no more than the shares that are shown.
window_rates as (
    select
        window_cohorts.last_month,
        100.0
        * floor(window_offenders.offenders / 5.0 + 0.5)
        / floor(window_cohorts.cohort / 5.0 + 0.5) as reoffending_rate
    from window_cohorts
    inner join window_offenders on window_cohorts.last_month = window_offenders.last_month
    where window_offenders.offenders not between 1 and 4 and window_cohorts.cohort >= 20
),

final as (
    select
        window_rates.last_month,
        cast(
            window_rates.reoffending_rate - rates_before.reoffending_rate as double precision
        ) as points_changed
    from window_rates
    cross join baseline
    inner join window_rates as rates_before on baseline.last_month = rates_before.last_month
    where window_rates.last_month > baseline.last_month
)

select * from final
