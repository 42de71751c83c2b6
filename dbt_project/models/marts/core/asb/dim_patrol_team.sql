with codes as (
    select * from {{ ref('patrol_team') }}
),

final as (
    select
        team,
        patrol_team
    from codes
)

select * from final
