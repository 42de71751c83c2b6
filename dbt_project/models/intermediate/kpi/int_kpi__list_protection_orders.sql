with order_versions as (
    select * from {{ ref('dim_pspo') }}
),

ranked as (
    select
        *,
        row_number() over (partition by pspo_id order by valid_from desc) as version_rank
    from order_versions
),

-- One that left the register ended on its last day there.
final as (
    select
        pspo_id,
        restriction_code,
        made_on,
        renewed_from_id,
        in_force_from,
        expires_on,
        least(expires_on, coalesce(valid_to, expires_on)) as ended_on
    from ranked
    where version_rank = 1
)

select * from final
