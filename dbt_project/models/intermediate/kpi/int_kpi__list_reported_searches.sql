with searches as (
    select * from {{ ref('fct_stop_search') }}
),

-- Deliveries that a person ruled not reported stay in the facts and out of the figures.
reported_deliveries as (
    select distinct delivery_id from {{ ref('fct_release') }}
    where feed = 'police_stop_search' and is_current and is_reported
),

final as (
    select
        searches.search_month,
        searches.outcome_group,
        searches.is_outcome_linked
    from searches
    inner join reported_deliveries on searches.delivery_id = reported_deliveries.delivery_id
    where searches.borough_code = '{{ var("borough_code") }}'
)

select * from final
