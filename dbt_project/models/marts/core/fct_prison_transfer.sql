with transfers as (
    select * from {{ ref('stg_treatment__prison_transfer') }}
    where is_current
),

episodes as (
    select * from {{ ref('int_treatment__list_episodes') }}
    where has_structured_intervention
),

as_of as (
    select {{ month_end('max(last_submitted_month)') }} as as_of_on from episodes
),

-- Three weeks from the day of release, both ends included.
starts as (
    select
        transfers.transfer_id,
        min(episodes.triaged_on) as triaged_on
    from transfers
    inner join episodes
        on
            transfers.attributor_token = episodes.attributor_continuity_token
            and transfers.release_date <= episodes.triaged_on
            and episodes.triaged_on <= transfers.release_date + 21
    group by transfers.transfer_id
),

final as (
    select
        transfers.transfer_id,
        transfers.prison_code,
        transfers.need_type,
        transfers.status,
        transfers.referral_date as referred_on,
        transfers.release_date as released_on,
        {{ month_start('transfers.release_date') }} as released_month,
        transfers.receiving_agency as receiving_agency_code,
        transfers.first_community_triage_date as reported_triaged_on,
        transfers.first_community_triage_date is not null
        and transfers.first_community_triage_date <= transfers.release_date + 21
            as is_continuity_reported,
        starts.triaged_on,
        case
            when starts.triaged_on is not null then true
            when as_of.as_of_on >= transfers.release_date + 21 then false
        end as is_continuity_of_care,
        as_of.as_of_on,
        transfers.delivery_id,
        cast(transfers.source_line as bigint) as source_line
    from transfers
    cross join as_of
    left join starts on transfers.transfer_id = starts.transfer_id
)

select * from final
