with episodes as (
    select * from {{ ref('int_treatment__chain_journeys') }}
),

reasons as (
    select * from {{ ref('discharge_reason') }}
),

as_of as (
    select {{ month_end('max(last_submitted_month)') }} as as_of_on from episodes
),

journeys as (
    select
        journey_key,
        attributor_token,
        dat_code,
        journey_number,
        count(*) as episode_count,
        count(distinct agency_code) as provider_count,
        count(distinct agency_code || '/' || client_token) as client_id_count,
        min(triaged_on) as started_on,
        max(triaged_on) as last_triaged_on,
        max(last_reviewed_on) as last_reviewed_on,
        case when count(*) = count(discharged_on) then max(discharged_on) end as ended_on,
        bool_or(has_opiate) as has_opiate,
        bool_or(has_crack) as has_crack,
        bool_or(has_alcohol) as has_alcohol,
        bool_or(has_other_substance) as has_other_substance,
        bool_or(is_naloxone_issued) as is_naloxone_issued
    from episodes
    group by journey_key, attributor_token, dat_code, journey_number
),

ranked_episodes as (
    select
        *,
        row_number() over (
            partition by journey_key order by triaged_on, agency_code, client_token, episode_token
        ) as row_of_journey,
        row_number() over (
            partition by journey_key
            order by
                first_intervention_started_on nulls last,
                first_intervention_referred_on nulls last,
                agency_code, client_token, episode_token
        ) as intervention_of_journey
    from episodes
),

-- Several reasons on the last day contradict each other, unless all complete or all decline.
last_reasons as (
    select
        episodes.journey_key,
        case
            when
                count(distinct episodes.discharge_reason) = 1
                or bool_and(coalesce(reasons.outcome = 'successful completion', false))
                or bool_and(coalesce(reasons.discharge_group = 13, false))
                then cast(max(cast(episodes.discharge_reason as integer)) as text)
            else '999'
        end as discharge_reason
    from episodes
    inner join journeys
        on
            episodes.journey_key = journeys.journey_key
            and episodes.discharged_on = journeys.ended_on
    left join reasons on episodes.discharge_reason = reasons.discharge_reason
    group by episodes.journey_key
),

joined as (
    select
        journeys.*,
        first_episodes.sex,
        first_episodes.birth_year,
        first_episodes.is_dob_heaped,
        first_episodes.referral_source,
        first_episodes.is_criminal_justice_referral,
        interventions.first_intervention_started_on
        - interventions.first_intervention_referred_on as waiting_days,
        last_reasons.discharge_reason,
        reasons.discharge_group,
        case
            when journeys.ended_on is null then 'in treatment'
            else coalesce(reasons.outcome, 'not known')
        end as outcome,
        as_of.as_of_on,
        coalesce(journeys.ended_on, as_of.as_of_on) - journeys.started_on as days_retained,
        lead(journeys.started_on) over (
            partition by journeys.attributor_token, journeys.dat_code
            order by journeys.journey_number
        ) as next_started_on
    from journeys
    cross join as_of
    inner join ranked_episodes as first_episodes
        on journeys.journey_key = first_episodes.journey_key and first_episodes.row_of_journey = 1
    inner join ranked_episodes as interventions
        on
            journeys.journey_key = interventions.journey_key
            and interventions.intervention_of_journey = 1
    left join last_reasons on journeys.journey_key = last_reasons.journey_key
    left join reasons on last_reasons.discharge_reason = reasons.discharge_reason
),

final as (
    select
        journey_key,
        attributor_token,
        dat_code,
        journey_number,
        cast(episode_count as integer) as episode_count,
        cast(provider_count as integer) as provider_count,
        cast(client_id_count as integer) as client_id_count,
        sex,
        birth_year,
        is_dob_heaped,
        referral_source,
        is_criminal_justice_referral,
        started_on,
        {{ month_start('started_on') }} as started_month,
        ended_on,
        discharge_reason,
        discharge_group,
        outcome,
        case
            when has_opiate then 'opiate'
            when has_alcohol and has_other_substance then 'non-opiate and alcohol'
            when has_alcohol then 'alcohol only'
            else 'non-opiate only'
        end as client_group,
        has_opiate or has_crack as is_ocu,
        cast(waiting_days as integer) as waiting_days,
        waiting_days <= 21 as is_within_3_weeks,
        cast(days_retained as integer) as days_retained,
        case
            when days_retained >= 84 then true
            when ended_on is not null then outcome = 'successful completion'
        end as is_effective,
        outcome = 'successful completion' as is_successful_completion,
        outcome = 'unplanned' and days_retained < 84 as is_early_unplanned_exit,
        next_started_on,
        -- Not yet known while the six months run and nothing has happened.
        case
            when outcome <> 'successful completion' then null
            when next_started_on < {{ add_months('ended_on', 6) }} then true
            when as_of_on >= {{ add_months('ended_on', 6) }} or next_started_on is not null
                then false
        end as is_represented,
        ended_on is null
        and as_of_on - greatest(last_reviewed_on, last_triaged_on) > 182 as is_stale_open,
        coalesce(is_naloxone_issued, false) as is_naloxone_issued,
        as_of_on
    from joined
)

select * from final
