with registers as (
    select * from {{ ref('stg_iom__nominal') }}
    where release_rank = 1
),

-- Someone who was dropped from the register stays here as last seen.
ranked as (
    select
        *,
        min(period_start) over (partition by nominal_token) as first_registered_month,
        max(period_start) over () as newest_month,
        row_number() over (
            partition by nominal_token order by period_start desc, source_line asc
        ) as row_of_nominal
    from registers
),

final as (
    select
        nominal_token,
        cohort_type,
        crime_type,
        adopted_on,
        deselected_on,
        reason as deselection_reason,
        rag,
        in_custody as is_in_custody,
        class_a_flag = '1' as is_class_a,
        class_a_test_basis as class_a_basis,
        accommodation_flag as has_accommodation_need,
        eta_flag as has_employment_need,
        lead_agency,
        deselected_on is null as is_managed,
        period_start = newest_month as is_on_newest_register,
        first_registered_month,
        period_start as last_registered_month,
        delivery_id,
        cast(source_line as bigint) as source_line
    from ranked
    where row_of_nominal = 1
)

select * from final
