with episodes as (
    select * from {{ ref('int_treatment__list_episodes') }}
    where
        has_structured_intervention
        and dat_code = '{{ var("treatment_dat_code") }}'
        and attributor_token is not null
),

-- An open episode ends after every other, so that whatever follows it continues the journey.
preceded as (
    select
        *,
        max(coalesce(discharged_on, cast('9999-12-31' as date))) over (
            partition by attributor_token, dat_code
            order by triaged_on, agency_code, client_token, episode_token
            rows between unbounded preceding and 1 preceding
        ) as last_end_before
    from episodes
),

begun as (
    select
        *,
        case
            when
                last_end_before is null
                or triaged_on - last_end_before
                {{ '>' if var('JOURNEY_GAP_INCLUSIVE') else '>=' }} {{ var('journey_gap_days') }}
                then 1
            else 0
        end as begins_journey
    from preceded
),

numbered as (
    select
        *,
        cast(
            sum(begins_journey) over (
                partition by attributor_token, dat_code
                order by triaged_on, agency_code, client_token, episode_token
                rows between unbounded preceding and current row
            ) as integer
        ) as journey_number
    from begun
),

final as (
    select
        attributor_token || '/' || dat_code || '/' || cast(journey_number as text) as journey_key,
        attributor_token,
        dat_code,
        journey_number,
        agency_code,
        client_token,
        episode_token,
        attributor_continuity_token,
        attributor_iom_token,
        sex,
        birth_year,
        is_dob_heaped,
        referral_source,
        is_criminal_justice_referral,
        triaged_on,
        discharged_on,
        discharge_reason,
        has_opiate,
        has_crack,
        has_alcohol,
        has_other_substance,
        first_intervention_referred_on,
        first_intervention_started_on,
        last_reviewed_on,
        is_naloxone_issued,
        last_submitted_month
    from numbered
)

select * from final
