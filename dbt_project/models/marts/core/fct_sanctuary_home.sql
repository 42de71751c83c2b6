with works as (
    select * from {{ ref('stg_vawg__sanctuary_installation') }}
    where is_current
),

numbered as (
    select
        *,
        row_number() over (
            partition by home_token order by install_on, install_id
        ) as works_number,
        count(*) over (partition by home_token) as works_count,
        max(install_on) over (partition by home_token) as last_installed_on
    from works
),

final as (
    select
        home_token,
        install_on as first_installed_on,
        install_on as event_date,
        last_installed_on,
        works_count,
        tenure,
        risk,
        household_children,
        still_at_home_6m,
        repeat_incident_6m,
        '{{ var("borough_code") }}' as borough_code,
        delivery_id,
        source_line
    from numbered
    where works_number = 1
)

select * from final
