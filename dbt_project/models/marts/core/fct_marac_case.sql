with cases as (
    select * from {{ ref('stg_vawg__marac_case') }}
    where is_current
),

compared as (
    select
        *,
        lag(meeting_date) over (
            partition by case_token order by meeting_date, source_line
        ) as previous_meeting_date,
        min(meeting_date) over () as first_meeting_date
    from cases
),

-- Within twelve months of the start of the record an earlier meeting may be unknown.
judged as (
    select
        *,
        case
            when meeting_date <= {{ add_months('previous_meeting_date', 12) }} then true
            when meeting_date > {{ add_months('first_meeting_date', 12) }} then false
        end as is_repeat_by_record
    from compared
),

final as (
    select
        case_token,
        meeting_date,
        meeting_date as event_date,
        previous_meeting_date,
        is_repeat_by_record,
        repeat_flag as is_repeat_reported,
        is_repeat_by_record = repeat_flag as is_repeat_agreed,
        children_count,
        diversity_codes,
        actions,
        referring_agency,
        '{{ var("borough_code") }}' as borough_code,
        delivery_id,
        source_line
    from judged
)

select * from final
