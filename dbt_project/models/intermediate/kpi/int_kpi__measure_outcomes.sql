with crimes as (
    select * from {{ ref('int_kpi__follow_crimes') }}
),

crime_outcomes as (
    select * from {{ ref('fct_crime_outcome') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

reported_releases as (
    select * from releases
    where feed = 'police_outcome' and is_current and is_reported
),

maturities as (
    select 3 as months
    union all
    select 6 as months
    union all
    select 12 as months
),

-- What became of each crime within some months.
matured as (
    select
        crimes.crime_month,
        crimes.ward_code,
        maturities.months,
        case when crimes.months_to_charge <= maturities.months then 1 else 0 end as is_charged,
        case when crimes.months_to_positive <= maturities.months then 1 else 0 end as is_positive,
        case maturities.months
            when 3 then crimes.group_by_3
            when 6 then crimes.group_by_6
            else crimes.group_by_12
        end as standing_group
    from crimes
    cross join maturities
),

cohorts as (
    select
        crime_month as event_date,
        ward_code,
        'within_' || cast(months as text) || '_months' as breakdown,
        count(*) as crimes,
        sum(is_charged) as charged,
        sum(is_positive) as positive,
        sum(case when standing_group = 'no suspect' then 1 else 0 end) as no_suspect,
        sum(case when standing_group = 'evidential' then 1 else 0 end) as evidential,
        sum(case when standing_group = 'diversion' then 1 else 0 end) as diversion
    from matured
    group by crime_month, ward_code, months
),

-- By the month of the outcome: each crime once, when it first came to such an outcome.
first_of_kind as (
    select
        crime_outcomes.outcome_month,
        crime_outcomes.ward_code,
        crime_outcomes.outcome_group,
        crime_outcomes.crime_id,
        row_number() over (
            partition by crime_outcomes.crime_id, crime_outcomes.outcome_group
            order by crime_outcomes.outcome_number
        ) as of_kind,
        row_number() over (
            partition by crime_outcomes.crime_id
            order by crime_outcomes.outcome_number
        ) as of_positive
    from crime_outcomes
    inner join reported_releases
        on
            crime_outcomes.delivery_id = reported_releases.delivery_id
            and crime_outcomes.police_force = reported_releases.series
            and crime_outcomes.outcome_month = reported_releases.period_start
    where
        crime_outcomes.borough_code = '{{ var("borough_code") }}'
        and crime_outcomes.outcome_group in ('charged', 'out of court')
),

flows as (
    select
        outcome_month as event_date,
        ward_code,
        sum(case when outcome_group = 'charged' and of_kind = 1 then 1 else 0 end) as charged,
        sum(case when of_positive = 1 then 1 else 0 end) as positive
    from first_of_kind
    group by outcome_month, ward_code
),

counts as (
    select
        'S05' as kpi_id,
        breakdown,
        event_date,
        ward_code,
        charged as numerator,
        crimes as denominator
    from cohorts
    union all
    select
        'S06' as kpi_id,
        breakdown,
        event_date,
        ward_code,
        positive as numerator,
        crimes as denominator
    from cohorts
    union all
    select
        'S07' as kpi_id,
        breakdown,
        event_date,
        ward_code,
        no_suspect as numerator,
        crimes as denominator
    from cohorts
    union all
    select
        'S08' as kpi_id,
        breakdown,
        event_date,
        ward_code,
        evidential as numerator,
        crimes as denominator
    from cohorts
    union all
    select
        'S09' as kpi_id,
        breakdown,
        event_date,
        ward_code,
        diversion as numerator,
        crimes as denominator
    from cohorts
    union all
    select
        'S05' as kpi_id,
        'flow' as breakdown,
        event_date,
        ward_code,
        charged as numerator,
        0 as denominator
    from flows
    union all
    select
        'S05' as kpi_id,
        'flow' as breakdown,
        event_date,
        ward_code,
        0 as numerator,
        crimes as denominator
    from cohorts
    where breakdown = 'within_12_months'
    union all
    select
        'S06' as kpi_id,
        'flow' as breakdown,
        event_date,
        ward_code,
        positive as numerator,
        0 as denominator
    from flows
    union all
    select
        'S06' as kpi_id,
        'flow' as breakdown,
        event_date,
        ward_code,
        0 as numerator,
        crimes as denominator
    from cohorts
    where breakdown = 'within_12_months'
),

observations as (
    select
        'all' as breakdown,
        crime_month as event_date,
        ward_code,
        months_to_outcome as observed
    from crimes
    where months_to_outcome is not null
    union all
    select
        'charged' as breakdown,
        crime_month as event_date,
        ward_code,
        months_to_charge as observed
    from crimes
    where months_to_charge is not null
),

final as (
    select
        kpi_id,
        breakdown,
        event_date,
        ward_code,
        cast(numerator as double precision) as numerator,
        cast(denominator as double precision) as denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(null as double precision) as observed
    from counts
    union all
    select
        'S10' as kpi_id,
        breakdown,
        event_date,
        ward_code,
        cast(null as double precision) as numerator,
        cast(null as double precision) as denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(observed as double precision) as observed
    from observations
)

select * from final
