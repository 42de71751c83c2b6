with codes as (
    select * from {{ ref('premises_type') }}
),

final as (
    select
        premises_type,
        premises_type_name
    from codes
)

select * from final
