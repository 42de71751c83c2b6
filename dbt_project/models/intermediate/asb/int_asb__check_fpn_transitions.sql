with actions as (
    select * from {{ ref('stg_asb__enforcement_action') }}
    where action_type = 'FPN'
),

transitions as (
    select * from {{ ref('fpn_transition') }}
),

-- A version that was sent twice counts once, as it was sent last.
sent as (
    select
        *,
        row_number() over (
            partition by action_ref, record_version
            order by delivery_order desc, source_line desc
        ) as row_of_version
    from actions
),

in_order as (
    select
        *,
        lag(status) over (partition by action_ref order by record_version) as previous_status
    from sent
    where row_of_version = 1
),

-- The first version we hold may be in any state: what came before it may not have been sent.
judged as (
    select
        in_order.*,
        in_order.previous_status is null
        or in_order.previous_status = in_order.status
        or transitions.to_status is not null as is_legal_transition
    from in_order
    left join transitions
        on
            in_order.previous_status = transitions.from_status
            and in_order.status = transitions.to_status
),

-- What follows an illegal change rests on it, and is not valid either.
followed as (
    select
        *,
        sum(case when is_legal_transition then 0 else 1 end) over (
            partition by action_ref order by record_version
            rows between unbounded preceding and current row
        ) as illegal_so_far,
        sum(case when is_legal_transition then 0 else 1 end) over (
            partition by action_ref
        ) as illegal_in_all
    from judged
),

final as (
    select
        action_ref,
        record_version,
        previous_status,
        status,
        status_at,
        is_legal_transition,
        illegal_so_far = 0 as is_valid_transition,
        illegal_so_far = 0 and row_number() over (
            partition by action_ref, case when illegal_so_far = 0 then 1 else 0 end
            order by record_version desc
        ) = 1 as is_newest_valid,
        illegal_in_all > 0 as has_illegal_change,
        issued_at,
        power_code,
        offence_code,
        pspo_id,
        subject_token,
        subject_age_band,
        amount_gbp,
        discount_gbp,
        discount_until,
        due_on,
        paid_gbp,
        paid_on,
        prosecuted_on,
        court_result,
        court_fine_gbp,
        cancelled_reason,
        lsoa21_code,
        ward_code,
        support_offered,
        support_accepted,
        delivery_id,
        source_line
    from followed
)

select * from final
