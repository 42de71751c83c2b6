with codes as (
    select * from {{ ref('asb_type') }}
),

final as (
    select
        type_code,
        asb_type,
        ho_category
    from codes
)

select * from final
