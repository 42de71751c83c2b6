with engagement_events as (
    select * from {{ ref('fct_engagement_event') }}
),

areas as (
    select * from {{ ref('dim_area') }}
),

week_days as (
    select distinct event_date from engagement_events
    where programme = 'ASB_WEEK'
),

final as (
    select
        week_days.event_date,
        areas.area_code as ward_code
    from week_days
    cross join areas
    where areas.area_kind = 'ward'
)

select * from final
