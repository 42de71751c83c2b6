with episodes as (
    select * from {{ ref('int_treatment__list_episodes') }}
    where attributor_iom_token is not null and attributor_token is not null
),

final as (
    select
        agency_code,
        client_token,
        attributor_iom_token,
        attributor_token,
        sex,
        is_dob_heaped
    from episodes
    group by
        agency_code,
        client_token,
        attributor_iom_token,
        attributor_token,
        sex,
        is_dob_heaped
)

select * from final
