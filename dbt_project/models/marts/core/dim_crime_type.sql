with current_types as (
    select * from {{ ref('crime_type') }}
),

legacy_types as (
    select * from {{ ref('crime_type_legacy') }}
),

every_type as (
    select * from current_types
    union all
    select * from legacy_types
),

final as (
    select
        crime_type,
        crime_type_slug as slug,
        in_crime_total,
        harm_group,
        valid_from,
        valid_to,
        comparable_group,
        comparability
    from every_type
)

select * from final
