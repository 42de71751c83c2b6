with episodes as (
    select * from {{ ref('int_treatment__list_episodes') }}
),

chained as (
    select * from {{ ref('int_treatment__chain_journeys') }}
),

reasons as (
    select * from {{ ref('discharge_reason') }}
),

final as (
    select
        episodes.agency_code,
        episodes.client_token,
        episodes.episode_token,
        episodes.attributor_token,
        chained.journey_key,
        episodes.dat_code,
        episodes.sex,
        episodes.birth_year,
        episodes.is_dob_heaped,
        episodes.referral_source,
        episodes.is_criminal_justice_referral,
        episodes.referred_on,
        episodes.triaged_on,
        episodes.discharged_on,
        episodes.discharge_reason,
        reasons.discharge_group,
        reasons.outcome,
        episodes.has_opiate,
        episodes.has_crack,
        episodes.has_alcohol,
        episodes.has_other_substance,
        episodes.has_structured_intervention,
        episodes.first_intervention_referred_on,
        episodes.first_intervention_started_on,
        cast(
            episodes.first_intervention_started_on - episodes.first_intervention_referred_on
            as integer
        ) as waiting_days,
        episodes.intervention_count,
        episodes.outcome_profile_count,
        episodes.last_reviewed_on,
        episodes.is_naloxone_issued,
        episodes.first_submitted_month,
        episodes.last_submitted_month,
        episodes.delivery_id,
        cast(episodes.source_line as bigint) as source_line
    from episodes
    left join chained
        on
            episodes.agency_code = chained.agency_code
            and episodes.client_token = chained.client_token
            and episodes.episode_token = chained.episode_token
    left join reasons on episodes.discharge_reason = reasons.discharge_reason
)

select * from final
