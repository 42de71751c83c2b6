with journeys as (
    select * from {{ ref('fct_treatment_journey') }}
),

transfers as (
    select * from {{ ref('fct_prison_transfer') }}
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

named_journeys as (
    select
        journeys.*,
        replace(replace(journeys.client_group, '-', '_'), ' ', '_') as client_group_id
    from journeys
),

-- A journey is in treatment in every month that it overlaps.
journey_months as (
    select
        named_journeys.journey_key,
        named_journeys.attributor_token,
        named_journeys.client_group,
        named_journeys.client_group_id,
        named_journeys.is_naloxone_issued,
        months.month_start
    from named_journeys
    inner join months
        on
            named_journeys.started_on <= months.month_end
            and coalesce(named_journeys.ended_on, named_journeys.as_of_on) >= months.month_start
),

counts as (
    select
        'S26' as kpi_id,
        'new_presentations' as breakdown,
        started_on as event_date,
        'unplaced' as ward_code,
        1 as numerator,
        cast(null as integer) as denominator
    from journeys
    union all
    select
        'S26' as kpi_id,
        'effective_treatment' as breakdown,
        started_on as event_date,
        'unplaced' as ward_code,
        case when is_effective then 1 else 0 end as numerator,
        1 as denominator
    from journeys
    where is_effective is not null
    union all
    select
        'S26' as kpi_id,
        'waiting_within_3_weeks' as breakdown,
        started_on as event_date,
        'unplaced' as ward_code,
        case when is_within_3_weeks then 1 else 0 end as numerator,
        1 as denominator
    from journeys
    where waiting_days is not null
    union all
    select
        'S26' as kpi_id,
        'mean_wait' as breakdown,
        started_on as event_date,
        'unplaced' as ward_code,
        waiting_days as numerator,
        1 as denominator
    from journeys
    where waiting_days is not null
    union all
    select
        'S26' as kpi_id,
        'unplanned_exit' as breakdown,
        started_on as event_date,
        'unplaced' as ward_code,
        case when is_early_unplanned_exit then 1 else 0 end as numerator,
        1 as denominator
    from journeys
    union all
    select
        'S26' as kpi_id,
        'criminal_justice_share' as breakdown,
        started_on as event_date,
        'unplaced' as ward_code,
        case when is_criminal_justice_referral then 1 else 0 end as numerator,
        1 as denominator
    from journeys
    union all
    select
        'S26' as kpi_id,
        'representation' as breakdown,
        ended_on as event_date,
        'unplaced' as ward_code,
        case when is_represented then 1 else 0 end as numerator,
        1 as denominator
    from journeys
    where is_represented is not null
    {%- for kpi_id in ['S26', 'S32'] %}
        union all
        select
            '{{ kpi_id }}' as kpi_id,
            'continuity_of_care' as breakdown,
            released_on as event_date,
            'unplaced' as ward_code,
            case when is_continuity_of_care then 1 else 0 end as numerator,
            1 as denominator
        from transfers
        where is_continuity_of_care is not null
    {%- endfor %}
),

-- People and journeys that count once in a window, however many of its months they are in.
subjects as (
    {%- for kpi_id, breakdown in [
        ("'K049'", "'all'"), ("'K049'", "client_group_id"), ("'S32'", "'in_treatment'")
    ] %}
        select
            {{ kpi_id }} as kpi_id,
            {{ breakdown }} as breakdown,
            month_start as event_date,
            attributor_token as numerator_subject,
            cast(null as text) as denominator_subject
        from journey_months
        union all
    {%- endfor %}
    {%- for kpi_id, breakdown in [
        ("'S26'", "'successful_completion'"),
        ("'S26'", "'successful_completion:' || client_group_id")
    ] %}
        select
            {{ kpi_id }} as kpi_id,
            {{ breakdown }} as breakdown,
            month_start as event_date,
            null as numerator_subject,
            attributor_token as denominator_subject
        from journey_months
        union all
        select
            {{ kpi_id }} as kpi_id,
            {{ breakdown }} as breakdown,
            ended_on as event_date,
            attributor_token as numerator_subject,
            null as denominator_subject
        from named_journeys
        where is_successful_completion
        union all
    {%- endfor %}
    select
        'S26' as kpi_id,
        'completion_without_return' as breakdown,
        month_start as event_date,
        null as numerator_subject,
        attributor_token as denominator_subject
    from journey_months
    union all
    select
        'S26' as kpi_id,
        'completion_without_return' as breakdown,
        ended_on as event_date,
        attributor_token as numerator_subject,
        null as denominator_subject
    from named_journeys
    where is_successful_completion and not is_represented
    union all
    select
        'S26' as kpi_id,
        'naloxone_coverage' as breakdown,
        month_start as event_date,
        case when is_naloxone_issued then journey_key end as numerator_subject,
        journey_key as denominator_subject
    from journey_months
    where client_group = 'opiate'
),

final as (
    select
        kpi_id,
        breakdown,
        event_date,
        ward_code,
        cast(sum(numerator) as double precision) as numerator,
        cast(sum(denominator) as double precision) as denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(null as double precision) as observed
    from counts
    group by kpi_id, breakdown, event_date, ward_code
    union all
    select
        kpi_id,
        breakdown,
        event_date,
        'unplaced' as ward_code,
        cast(null as double precision) as numerator,
        cast(null as double precision) as denominator,
        cast(numerator_subject as text) as numerator_subject,
        cast(denominator_subject as text) as denominator_subject,
        cast(null as double precision) as observed
    from subjects
)

select * from final
