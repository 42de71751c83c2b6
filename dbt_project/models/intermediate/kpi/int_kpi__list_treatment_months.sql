with journeys as (
    select * from {{ ref('fct_treatment_journey') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

-- Journeys before the first submission are known only when they lasted into it.
months as (
    select distinct
        {{ month_start('period_start') }} as month_start,
        {{ month_end(month_start('period_start')) }} as month_end
    from releases
    where feed = 'treatment_ndtms_episode' and is_current
),

-- A journey is in treatment in every month that it overlaps.
final as (
    select
        journeys.journey_key,
        journeys.attributor_token,
        journeys.client_group,
        journeys.is_naloxone_issued,
        months.month_start
    from journeys
    inner join months
        on
            journeys.started_on <= months.month_end
            and coalesce(journeys.ended_on, journeys.as_of_on) >= months.month_start
)

select * from final
