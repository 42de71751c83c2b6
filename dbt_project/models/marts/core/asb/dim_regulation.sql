with codes as (
    select * from {{ ref('regulation') }}
),

final as (
    select
        regulation_code,
        regulation,
        is_covid
    from codes
)

select * from final
