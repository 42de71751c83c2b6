with submitted as (
    select * from {{ ref('stg_treatment__ndtms_episode') }}
    where is_current
),

modalities as (
    select * from {{ ref('treatment_modality') }}
),

drugs as (
    select * from {{ ref('problem_drug') }}
),

sources as (
    select * from {{ ref('referral_source') }}
),

-- A client who withdraws consent takes every earlier row with them.
refusals as (
    select
        agency_code,
        client_id,
        max(period_start) as refused_in
    from submitted
    where consent = 'N'
    group by agency_code, client_id
),

consented as (
    select
        submitted.*,
        min(submitted.period_start) over (
            partition by submitted.agency_code, submitted.client_id, submitted.episode_id
        ) as first_submitted_month,
        max(submitted.period_start) over (
            partition by submitted.agency_code, submitted.client_id, submitted.episode_id
        ) as last_submitted_month
    from submitted
    left join refusals
        on
            submitted.agency_code = refusals.agency_code
            and submitted.client_id = refusals.client_id
    where
        submitted.consent = 'Y'
        and (refusals.refused_in is null or submitted.period_start > refusals.refused_in)
),

-- The newest submission of an episode wins, whatever it changed.
newest as (
    select
        consented.*,
        coalesce(modalities.is_structured, false) as is_structured,
        row_number() over (
            partition by consented.agency_code, consented.client_id, consented.episode_id
            order by
                case when modalities.is_structured then 0 else 1 end,
                consented.modality_started_on nulls last,
                consented.modality_referred_on nulls last,
                consented.source_line
        ) as row_of_episode
    from consented
    left join modalities on consented.modality = modalities.modality
    where consented.period_start = consented.last_submitted_month
),

first_rows as (
    select * from newest
    where row_of_episode = 1
),

gathered as (
    select
        agency_code,
        client_id,
        episode_id,
        bool_or(is_structured) as has_structured_intervention,
        greatest(max(top_on), max(sub_intervention_reviewed_on)) as last_reviewed_on,
        cast(count(distinct top_id) as integer) as outcome_profile_count,
        cast(count(distinct modality_id) as integer) as intervention_count
    from newest
    group by agency_code, client_id, episode_id
),

named_drugs as (
    select
        agency_code,
        client_id,
        episode_id,
        drug_1 as drug_code
    from first_rows
    union all
    select
        agency_code,
        client_id,
        episode_id,
        drug_2 as drug_code
    from first_rows
    union all
    select
        agency_code,
        client_id,
        episode_id,
        drug_3 as drug_code
    from first_rows
),

-- A code that the list does not hold is some other substance.
substances as (
    select
        named_drugs.agency_code,
        named_drugs.client_id,
        named_drugs.episode_id,
        bool_or(coalesce(drugs.drug_kind, 'other') = 'opiate') as has_opiate,
        bool_or(coalesce(drugs.drug_kind, 'other') = 'crack') as has_crack,
        bool_or(coalesce(drugs.drug_kind, 'other') = 'alcohol') as has_alcohol,
        bool_or(coalesce(drugs.drug_kind, 'other') in ('crack', 'other')) as has_other_substance
    from named_drugs
    left join drugs on named_drugs.drug_code = drugs.drug_code
    where named_drugs.drug_code is not null
    group by named_drugs.agency_code, named_drugs.client_id, named_drugs.episode_id
),

final as (
    select
        first_rows.agency_code,
        first_rows.client_id as client_token,
        first_rows.episode_id as episode_token,
        first_rows.attributor_token,
        first_rows.attributor_continuity_token,
        first_rows.attributor_iom_token,
        first_rows.dat_code,
        first_rows.sex,
        first_rows.birth_year,
        first_rows.is_dob_heaped,
        first_rows.referral_source,
        coalesce(sources.is_criminal_justice, false) as is_criminal_justice_referral,
        first_rows.referred_on,
        first_rows.triaged_on,
        first_rows.discharged_on,
        case
            when first_rows.discharged_on is not null
                then coalesce(first_rows.discharge_reason, '0')
        end as discharge_reason,
        coalesce(substances.has_opiate, false) as has_opiate,
        coalesce(substances.has_crack, false) as has_crack,
        coalesce(substances.has_alcohol, false) as has_alcohol,
        coalesce(substances.has_other_substance, false) as has_other_substance,
        gathered.has_structured_intervention,
        case when first_rows.is_structured then first_rows.modality_referred_on end
            as first_intervention_referred_on,
        case when first_rows.is_structured then first_rows.modality_started_on end
            as first_intervention_started_on,
        gathered.last_reviewed_on,
        gathered.outcome_profile_count,
        gathered.intervention_count,
        first_rows.naloxone_issued = 'Y' as is_naloxone_issued,
        first_rows.first_submitted_month,
        first_rows.last_submitted_month,
        first_rows.delivery_id,
        first_rows.source_line
    from first_rows
    inner join gathered
        on
            first_rows.agency_code = gathered.agency_code
            and first_rows.client_id = gathered.client_id
            and first_rows.episode_id = gathered.episode_id
    left join substances
        on
            first_rows.agency_code = substances.agency_code
            and first_rows.client_id = substances.client_id
            and first_rows.episode_id = substances.episode_id
    left join sources on first_rows.referral_source = sources.referral_source
)

select * from final
