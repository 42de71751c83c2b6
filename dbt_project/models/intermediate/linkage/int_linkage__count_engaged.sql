with cohort_months as (
    select * from {{ ref('fct_iom_cohort_month') }}
    where is_managed
),

nominals as (
    select * from {{ ref('int_linkage__list_nominals') }}
),

clients as (
    select * from {{ ref('int_linkage__list_clients') }}
),

pairs as (
    select * from {{ ref('int_linkage__match_people') }}
),

journeys as (
    select * from {{ ref('fct_treatment_journey') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

treatment_months as (
    select distinct
        {{ month_start('period_start') }} as month_start,
        {{ month_end(month_start('period_start')) }} as month_end
    from releases
    where feed = 'treatment_ndtms_episode' and is_current and is_reported
),

-- How often two people share a token: clients of one provider are different people, so pairs of
-- them with one token, out of all pairs, say it. Half a pair more keeps the chance above nothing.
-- Dates of birth on 1 January are left out, as no link to them is accepted.
clients_of_token as (
    select
        agency_code,
        attributor_iom_token,
        count(distinct client_token) as clients
    from clients
    where not is_dob_heaped
    group by agency_code, attributor_iom_token
),

pairs_of_provider as (
    select
        agency_code,
        sum(clients) * (sum(clients) - 1) / 2.0 as all_pairs,
        sum(clients * (clients - 1)) / 2.0 as equal_pairs
    from clients_of_token
    group by agency_code
),

collisions as (
    select
        (coalesce(sum(equal_pairs), 0) + 0.5) / (coalesce(sum(all_pairs), 0) + 1)
            as chance_of_equal_tokens
    from pairs_of_provider
),

-- Two ways to be engaged; the second is a journey in the three months that end with the month
-- which by then has lasted twelve weeks or was completed.
engaged_people as (
    select distinct
        treatment_months.month_start,
        'open_journey' as variant,
        journeys.attributor_token,
        journeys.is_dob_heaped
    from journeys
    inner join treatment_months
        on
            journeys.started_on <= treatment_months.month_end
            and coalesce(journeys.ended_on, journeys.as_of_on) >= treatment_months.month_start
    union all
    select distinct
        treatment_months.month_start,
        'effective_treatment' as variant,
        journeys.attributor_token,
        journeys.is_dob_heaped
    from journeys
    inner join treatment_months
        on
            journeys.started_on <= treatment_months.month_end
            and coalesce(journeys.ended_on, journeys.as_of_on)
            >= {{ add_months('treatment_months.month_start', -2) }}
    where
        least(coalesce(journeys.ended_on, journeys.as_of_on), treatment_months.month_end)
        - journeys.started_on >= 84
        or (journeys.is_successful_completion and journeys.ended_on <= treatment_months.month_end)
),

engaged_counts as (
    select
        month_start,
        variant,
        count(distinct case when not is_dob_heaped then attributor_token end) as engaged_clients
    from engaged_people
    group by month_start, variant
),

cohort as (
    select
        cohort_month as month_start,
        count(*) as cohort_people,
        sum(case when is_class_a then 1 else 0 end) as class_a_people
    from cohort_months
    group by cohort_month
),

class_a_people as (
    select
        cohort_months.cohort_month as month_start,
        cohort_months.nominal_token,
        nominals.attributor_iom_token is not null as has_token
    from cohort_months
    inner join nominals on cohort_months.nominal_token = nominals.nominal_token
    where cohort_months.is_class_a
),

tokens as (
    select
        month_start,
        sum(case when has_token then 1 else 0 end) as people_with_token,
        sum(case when has_token then 0 else 1 end) as people_without_token
    from class_a_people
    group by month_start
),

-- A pair that was held or dropped may be the person or not; it counts as missed and as nothing
-- else. Somebody with an accepted pair is never missed, as an accepted token is nobody else's.
linked as (
    select
        class_a_people.month_start,
        engaged_people.variant,
        count(
            distinct case when pairs.verdict = 'accepted' then class_a_people.nominal_token end
        ) as engaged_people,
        count(
            distinct case when pairs.verdict <> 'accepted' then class_a_people.nominal_token end
        ) as unresolved_people
    from class_a_people
    inner join pairs on class_a_people.nominal_token = pairs.nominal_token
    inner join engaged_people
        on
            pairs.attributor_token = engaged_people.attributor_token
            and class_a_people.month_start = engaged_people.month_start
    group by class_a_people.month_start, engaged_people.variant
),

estimated as (
    select
        engaged_counts.month_start,
        engaged_counts.variant,
        cohort.cohort_people,
        cohort.class_a_people,
        coalesce(linked.engaged_people, 0) as engaged_people,
        coalesce(linked.unresolved_people, 0) as unresolved_people,
        tokens.people_without_token,
        tokens.people_with_token * engaged_counts.engaged_clients
        * collisions.chance_of_equal_tokens as expected_false_links,
        coalesce(linked.engaged_people, 0)
        * {{ var('iom_missed_link_share') }} / (1 - {{ var('iom_missed_link_share') }})
        + coalesce(linked.unresolved_people, 0)
        + tokens.people_without_token as expected_missed_links
    from engaged_counts
    inner join cohort on engaged_counts.month_start = cohort.month_start
    inner join tokens on engaged_counts.month_start = tokens.month_start
    left join linked
        on
            engaged_counts.month_start = linked.month_start
            and engaged_counts.variant = linked.variant
    cross join collisions
),

bounded as (
    select
        *,
        greatest(engaged_people - expected_false_links, 0) as engaged_low,
        least(engaged_people + expected_missed_links, class_a_people) as engaged_high
    from estimated
    where class_a_people > 0
),

final as (
    select
        month_start,
        variant,
        cast(cohort_people as integer) as cohort_people,
        cast(class_a_people as integer) as class_a_people,
        cast(engaged_people as integer) as engaged_people,
        cast(unresolved_people as integer) as unresolved_people,
        cast(people_without_token as integer) as people_without_token,
        {{ round_to('expected_false_links') }} as expected_false_links,
        {{ round_to('expected_missed_links') }} as expected_missed_links,
        {{ round_to('engaged_low') }} as engaged_low,
        {{ round_to('engaged_high') }} as engaged_high,
        {{ round_to('1 - expected_false_links / nullif(engaged_people, 0)') }}
            as expected_precision,
        expected_false_links <= 0.02 * engaged_people
        and 100.0 * (engaged_high - engaged_low) / class_a_people <= 5 as is_publishable
    from bounded
)

select * from final
