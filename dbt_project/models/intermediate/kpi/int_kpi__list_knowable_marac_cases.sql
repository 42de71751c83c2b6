with cases as (
    select * from {{ ref('fct_marac_case') }}
),

-- In the first twelve months of the record only a repeat could be told, never a first case.
dated as (
    select
        event_date,
        is_repeat_by_record,
        {{ add_months('min(meeting_date) over ()', 12) }} as known_after
    from cases
),

final as (
    select
        event_date,
        is_repeat_by_record
    from dated
    where event_date > known_after
)

select * from final
