with organisations as (
    select * from {{ ref('organisation') }}
),

final as (
    select
        organisation_code,
        organisation_name,
        organisation_kind,
        is_responsible_authority,
        is_category_1_responder
    from organisations
)

select * from final
