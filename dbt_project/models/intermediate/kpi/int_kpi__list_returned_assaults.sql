with incidents as (
    select * from {{ ref('fct_section17a_incident') }}
),

-- Deliveries that a person ruled not reported stay in the facts and out of the figures.
reported_deliveries as (
    select distinct delivery_id from {{ ref('fct_release') }}
    where feed = 'police_section17a_return' and is_current and is_reported
),

final as (
    select
        incidents.event_date,
        incidents.subcategory
    from incidents
    inner join reported_deliveries on incidents.delivery_id = reported_deliveries.delivery_id
    where incidents.subcategory in ('call for assault', 'admission for assault')
)

select * from final
