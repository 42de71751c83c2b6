with registers as (
    select * from {{ ref('stg_iom__nominal') }}
    where release_rank = 1
),

months as (
    select distinct
        period_start as cohort_month,
        {{ month_end('period_start') }} as month_ends_on
    from registers
),

-- What was last known of each person in each month, also of those dropped from the register.
known as (
    select
        months.cohort_month,
        months.month_ends_on,
        registers.nominal_token,
        registers.cohort_type,
        registers.crime_type,
        registers.adopted_on,
        registers.deselected_on,
        registers.rag,
        registers.in_custody,
        registers.class_a_flag,
        registers.lead_agency,
        registers.period_start,
        row_number() over (
            partition by months.cohort_month, registers.nominal_token
            order by registers.period_start desc, registers.source_line asc
        ) as row_of_month
    from months
    inner join registers
        on
            months.cohort_month >= registers.period_start
            and months.month_ends_on >= registers.adopted_on
),

final as (
    select
        cohort_month,
        nominal_token,
        cohort_type,
        crime_type,
        rag,
        lead_agency,
        adopted_on,
        deselected_on,
        in_custody as is_in_custody,
        class_a_flag = '1' as is_class_a,
        deselected_on is null or deselected_on > month_ends_on as is_managed,
        period_start = cohort_month as is_on_register
    from known
    where
        row_of_month = 1
        -- The denominator of a rate over twelve months keeps those who left within them.
        and (
            deselected_on is null
            or deselected_on >= {{ add_months('cohort_month', -11) }}
        )
)

select * from final
