with hate_incidents as (
    select * from {{ ref('fct_hate_incident') }}
),

-- An incident whose place is unknown, or online, counts for the borough whose register it is in.
compared as (
    select
        event_date,
        {{ add_months('lag(event_date) over by_victim', 12) }} as repeat_until,
        {{ add_months('min(event_date) over ()', 12) }} as known_after
    from hate_incidents
    where borough_code <> 'outside' and victim_token is not null
    window by_victim as (partition by victim_token order by event_date, hate_ref)
),

-- In the first twelve months of the register an earlier incident may be unknown.
final as (
    select
        event_date,
        coalesce(event_date <= repeat_until, false) as is_repeat
    from compared
    where event_date > known_after
)

select * from final
