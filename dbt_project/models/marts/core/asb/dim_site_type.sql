with codes as (
    select * from {{ ref('site_type') }}
),

final as (
    select
        site_type,
        site_type_name
    from codes
)

select * from final
