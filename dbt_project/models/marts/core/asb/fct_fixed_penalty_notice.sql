with versions as (
    select * from {{ ref('int_asb__check_fpn_transitions') }}
),

actions as (
    select * from {{ ref('stg_asb__enforcement_action') }}
),

order_versions as (
    select * from {{ ref('dim_pspo') }}
),

regulations as (
    select * from {{ ref('dim_regulation') }}
),

-- Newest version of each order; one that left the register keeps the dates that it had.
orders as (
    select *
    from (
        select
            *,
            row_number() over (partition by pspo_id order by valid_from desc) as version_rank
        from order_versions
    ) as ranked
    where version_rank = 1
),

-- Last day that the feed speaks of: a notice is overdue by that day, not by today.
fed as (
    select max(delivered_on) as fed_until from actions
),

records as (
    select
        *,
        {{ local_day('issued_at', 'timestamp') }} as issued_on
    from versions
    where is_newest_valid
),

judged as (
    select
        records.*,
        fed.fed_until,
        regulations.is_covid,
        case
            when records.pspo_id is null then true
            when orders.pspo_id is not null
                then records.issued_on between orders.in_force_from and orders.expires_on
        end as is_within_order,
        records.status = 'CANCELLED' as is_cancelled,
        case
            when records.subject_token is not null
                then row_number() over (
                    partition by records.subject_token
                    order by records.issued_at, records.action_ref
                )
        end as notice_of_subject
    from records
    cross join fed
    left join orders on records.pspo_id = orders.pspo_id
    left join regulations on records.power_code = regulations.regulation_code
),

placed as (
    select
        records.action_ref,
        {{- area_columns('ward_code', 'lsoa21_code', 'lsoa') }}
        records.lsoa21_code
    from judged as records
    {{- area_joins('ward_code', 'lsoa21_code') }}
),

final as (
    select
        judged.action_ref,
        judged.record_version,
        judged.issued_at,
        judged.issued_on,
        {{ month_start('judged.issued_on') }} as issued_month,
        judged.power_code,
        judged.offence_code,
        coalesce(judged.is_covid, false) as is_covid,
        judged.pspo_id,
        judged.is_within_order,
        judged.subject_age_band,
        cast(judged.notice_of_subject as bigint) as notice_of_subject,
        judged.amount_gbp,
        judged.discount_gbp,
        judged.discount_until,
        judged.due_on,
        judged.status,
        judged.status_at,
        judged.is_cancelled,
        judged.has_illegal_change,
        not judged.is_cancelled and coalesce(judged.is_within_order, true) as is_counted,
        judged.paid_gbp,
        judged.paid_on,
        coalesce(judged.paid_on <= judged.issued_on + 28, false) as is_paid_within_28_days,
        coalesce(judged.paid_on <= judged.issued_on + 90, false) as is_paid_within_90_days,
        judged.fed_until >= judged.issued_on + 28 as is_settled_for_28_days,
        judged.fed_until >= judged.issued_on + 90 as is_settled_for_90_days,
        not judged.is_cancelled
        and judged.due_on < judged.fed_until
        and coalesce(judged.paid_on > judged.due_on, true) as was_unpaid_when_due,
        judged.status in ('ISSUED', 'REMINDER')
        and judged.fed_until > judged.issued_on + 90 as is_standing_still,
        judged.prosecuted_on,
        judged.court_result,
        judged.court_fine_gbp,
        judged.cancelled_reason,
        judged.support_offered,
        judged.support_accepted,
        judged.issued_on as event_date,
        placed.lsoa21_code,
        placed.lsoa_vintage,
        placed.ward_code,
        placed.borough_code,
        placed.area_code,
        judged.delivery_id,
        judged.source_line
    from judged
    inner join placed on judged.action_ref = placed.action_ref
)

select * from final
