with incidents as (
    select * from {{ ref('fct_fire_incident') }}
),

incident_groups as (
    select * from {{ ref('incident_group') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

-- Rows of a month that a person ruled not reported stay in the facts and out of the figures.
final as (
    select
        incidents.call_month,
        incidents.ward_code,
        incidents.first_pump_seconds,
        incident_groups.slug
    from incidents
    inner join releases
        on
            releases.feed = 'fire_lfb_incident'
            and releases.is_current
            and releases.is_reported
            and incidents.delivery_id = releases.delivery_id
            and incidents.call_month = releases.period_start
    inner join incident_groups on incidents.incident_group = incident_groups.incident_group
    where incidents.borough_code = '{{ var("borough_code") }}'
)

select * from final
