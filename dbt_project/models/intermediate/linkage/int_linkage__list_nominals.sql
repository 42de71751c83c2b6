with registers as (
    select * from {{ ref('stg_iom__nominal') }}
    where release_rank = 1
),

ranked as (
    select
        nominal_token,
        attributor_iom_token,
        row_number() over (
            partition by nominal_token order by period_start desc, source_line asc
        ) as row_of_nominal
    from registers
),

final as (
    select
        nominal_token,
        attributor_iom_token
    from ranked
    where row_of_nominal = 1
)

select * from final
