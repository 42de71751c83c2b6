with cases as (
    select * from {{ ref('fct_asb_case') }}
    where ward_code <> 'outside'
),

panel_cases as (
    select * from {{ ref('fct_asb_panel_case') }}
),

case_reviews as (
    select * from {{ ref('fct_asb_case_review') }}
),

music_events as (
    select * from {{ ref('fct_music_event') }}
),

engagement_events as (
    select * from {{ ref('fct_engagement_event') }}
),

areas as (
    select * from {{ ref('dim_area') }}
),

-- The window of 28 days begins 27 days before the case.
compared_cases as (
    select
        *,
        lag(event_date, 2) over (
            partition by lsoa21_code order by event_date, asb_case_ref
        ) as second_before,
        lag(event_date, 2) over (
            partition by lsoa21_code, type_code order by event_date, asb_case_ref
        ) as second_of_type_before
    from cases
    where lsoa21_code is not null
),

-- A place is repeated from its third case in 28 days on, for as long as that is so.
repeats as (
    select distinct
        {{ month_start('event_date') }} as event_date,
        ward_code,
        lsoa21_code
    from compared_cases
    where second_before >= event_date - 27
),

repeats_of_type as (
    select distinct
        {{ month_start('event_date') }} as event_date,
        ward_code,
        lsoa21_code,
        type_code
    from compared_cases
    where second_of_type_before >= event_date - 27
),

week_events as (
    select * from engagement_events
    where programme = 'ASB_WEEK'
),

week_days as (
    select distinct event_date from week_events
),

sums as (
    select
        'K007' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        sum(case when closed_flag then 1 else 0 end) as numerator,
        cast(null as double precision) as denominator
    from music_events
    group by event_date
    union all
    select
        'K008' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        sum(case when closed_flag then 1 else 0 end) as numerator,
        count(*) as denominator
    from music_events
    group by event_date
    union all
    select
        'K010' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        count(*) as numerator,
        cast(null as double precision) as denominator
    from week_events
    group by event_date
    union all
    select
        'K019' as kpi_id,
        'all' as breakdown,
        {{ month_start('event_date') }} as event_date,
        ward_code,
        count(*) as numerator,
        cast(null as double precision) as denominator
    from cases
    where type_code = 'NOX'
    group by {{ month_start('event_date') }}, ward_code
    union all
    select
        'S27' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        count(*) as numerator,
        cast(null as double precision) as denominator
    from case_reviews
    group by event_date
    union all
    select
        'S27' as kpi_id,
        'threshold_not_met' as breakdown,
        event_date,
        'unplaced' as ward_code,
        sum(case when threshold_met then 0 else 1 end) as numerator,
        cast(null as double precision) as denominator
    from case_reviews
    where threshold_met is not null
    group by event_date
    union all
    select
        'S27' as kpi_id,
        'threshold_met' as breakdown,
        event_date,
        'unplaced' as ward_code,
        sum(case when threshold_met then 1 else 0 end) as numerator,
        count(*) as denominator
    from case_reviews
    where threshold_met is not null
    group by event_date
    union all
    select
        'S27' as kpi_id,
        'reviews' as breakdown,
        event_date,
        'unplaced' as ward_code,
        count(*) as numerator,
        cast(null as double precision) as denominator
    from case_reviews
    where outcome in ('REVIEW_NO_RECOMMENDATIONS', 'REVIEW_RECOMMENDATIONS')
    group by event_date
    union all
    select
        'S27' as kpi_id,
        'reviews_with_recommendations' as breakdown,
        event_date,
        'unplaced' as ward_code,
        count(*) as numerator,
        cast(null as double precision) as denominator
    from case_reviews
    where outcome = 'REVIEW_RECOMMENDATIONS'
    group by event_date
),

subjects as (
    select
        'K009' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        case_ref as numerator_subject,
        cast(null as text) as denominator_subject
    from panel_cases
    where accepted
    union all
    select
        'K010' as kpi_id,
        'wards_touched' as breakdown,
        event_date,
        'unplaced' as ward_code,
        ward_code as numerator_subject,
        cast(null as text) as denominator_subject
    from week_events
    where ward_code not in ('unplaced', 'outside')
    union all
    select
        'K010' as kpi_id,
        'wards_touched' as breakdown,
        week_days.event_date,
        'unplaced' as ward_code,
        cast(null as text) as numerator_subject,
        areas.area_code as denominator_subject
    from week_days
    cross join areas
    where areas.area_kind = 'ward'
    union all
    select
        'K020' as kpi_id,
        'all' as breakdown,
        event_date,
        ward_code,
        lsoa21_code as numerator_subject,
        cast(null as text) as denominator_subject
    from repeats
    union all
    select
        'K020' as kpi_id,
        'nox' as breakdown,
        event_date,
        ward_code,
        lsoa21_code as numerator_subject,
        cast(null as text) as denominator_subject
    from repeats_of_type
    where type_code = 'NOX'
    union all
    select
        'S18' as kpi_id,
        'all' as breakdown,
        event_date,
        ward_code,
        lsoa21_code as numerator_subject,
        cast(null as text) as denominator_subject
    from repeats
    union all
    select
        'S18' as kpi_id,
        'of_one_type' as breakdown,
        event_date,
        ward_code,
        lsoa21_code as numerator_subject,
        cast(null as text) as denominator_subject
    from repeats_of_type
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
    from sums
    union all
    select
        kpi_id,
        breakdown,
        event_date,
        ward_code,
        cast(null as double precision) as numerator,
        cast(null as double precision) as denominator,
        cast(numerator_subject as text) as numerator_subject,
        cast(denominator_subject as text) as denominator_subject,
        cast(null as double precision) as observed
    from subjects
)

select * from final
