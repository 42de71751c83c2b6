with patrols as (
    select * from {{ ref('fct_patrol') }}
),

visits as (
    select * from {{ ref('fct_premises_visit') }}
),

regulations as (
    select * from {{ ref('dim_regulation') }}
),

covid_notices as (
    select * from {{ ref('fct_fixed_penalty_notice') }}
    where is_covid and is_counted
),

communications as (
    select * from {{ ref('fct_funding_line') }}
    where
        programme = 'COVID_RESPONSE'
        and kind = 'communication'
        and status <> 'CANCELLED'
),

asb_cases as (
    select * from {{ ref('fct_asb_case') }}
    where ward_code <> 'outside'
),

feedback as (
    select * from {{ ref('fct_feedback') }}
),

days as (
    select * from {{ ref('dim_date') }}
),

patrolled as (
    select
        min(event_date) as first_day,
        max(event_date) as last_day
    from patrols
),

-- Whole ISO weeks, Monday to Sunday, within the time of the patrols; a week is of the month in
-- which it ends.
weeks as (
    select
        days.date_day - 6 as monday,
        days.date_day as sunday
    from days
    inner join patrolled
        on
            days.date_day - 6 >= {{ month_start('patrolled.first_day') }}
            and days.date_day <= {{ month_end(month_start('patrolled.last_day')) }}
    where days.weekday_number = 7
),

sites_of_weeks as (
    select
        weeks.sunday,
        count(distinct patrols.site_id) as sites
    from weeks
    left join patrols on patrols.event_date between weeks.monday and weeks.sunday
    group by weeks.sunday
),

ruled_visits as (
    select
        visits.*,
        coalesce(regulations.is_covid, false) as is_covid
    from visits
    left join regulations on visits.regulation_code = regulations.regulation_code
),

visit_days as (
    select
        event_date,
        count(*) as visits,
        sum(case when is_covid then 1 else 0 end) as covid_visits,
        sum(case when is_covid and compliance = 'WRITTEN_WARNING' then 1 else 0 end)
            as covid_warnings
    from ruled_visits
    group by event_date
),

notice_days as (
    select
        event_date,
        count(*) as notices
    from covid_notices
    group by event_date
),

sums as (
    select
        'K105' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        visits as numerator,
        cast(null as double precision) as denominator
    from visit_days
    union all
    select
        'K105' as kpi_id,
        'covid' as breakdown,
        event_date,
        'unplaced' as ward_code,
        covid_visits as numerator,
        cast(null as double precision) as denominator
    from visit_days
    union all
    select
        'K106' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        notices as numerator,
        cast(null as double precision) as denominator
    from notice_days
    union all
    -- Notices and visits are of two feeds, so each has its own rows.
    select
        'K106' as kpi_id,
        'per_visit' as breakdown,
        event_date,
        'unplaced' as ward_code,
        notices as numerator,
        0 as denominator
    from notice_days
    union all
    select
        'K106' as kpi_id,
        'per_visit' as breakdown,
        event_date,
        'unplaced' as ward_code,
        0 as numerator,
        covid_visits as denominator
    from visit_days
    union all
    select
        'K107' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        covid_warnings as numerator,
        cast(null as double precision) as denominator
    from visit_days
    union all
    select
        'K109' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        item_count as numerator,
        cast(null as double precision) as denominator
    from communications
    union all
    select
        'K109' as kpi_id,
        lower(channel) as breakdown,
        event_date,
        'unplaced' as ward_code,
        item_count as numerator,
        cast(null as double precision) as denominator
    from communications
    where channel is not null
    union all
    select
        'K109' as kpi_id,
        'community_languages' as breakdown,
        event_date,
        'unplaced' as ward_code,
        item_count as numerator,
        cast(null as double precision) as denominator
    from communications
    where language <> 'en'
    union all
    select
        'K110' as kpi_id,
        'all' as breakdown,
        {{ month_start('event_date') }} as event_date,
        ward_code,
        count(*) as numerator,
        cast(null as double precision) as denominator
    from asb_cases
    group by {{ month_start('event_date') }}, ward_code
    union all
    select
        'K111' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        count(*) as numerator,
        cast(null as double precision) as denominator
    from feedback
    group by event_date
    union all
    select
        'K111' as kpi_id,
        lower(service) as breakdown,
        event_date,
        'unplaced' as ward_code,
        count(*) as numerator,
        cast(null as double precision) as denominator
    from feedback
    group by service, event_date
    union all
    select
        'K111' as kpi_id,
        'positive_share' as breakdown,
        event_date,
        'unplaced' as ward_code,
        sum(case when sentiment = 'POSITIVE' then 1 else 0 end) as numerator,
        count(*) as denominator
    from feedback
    where sentiment is not null
    group by event_date
    union all
    select
        'K112' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        count(*) as numerator,
        cast(null as double precision) as denominator
    from feedback
    where service = 'CCTV' and source = 'PARTNER' and sentiment = 'POSITIVE'
    group by event_date
    union all
    select
        'K112' as kpi_id,
        'linked_arrests' as breakdown,
        event_date,
        'unplaced' as ward_code,
        sum(coalesce(linked_arrests, 0)) as numerator,
        cast(null as double precision) as denominator
    from feedback
    where service = 'CCTV' and source = 'PARTNER' and sentiment = 'POSITIVE'
    group by event_date
),

subjects as (
    select distinct
        'K103' as kpi_id,
        'all' as breakdown,
        {{ month_start('event_date') }} as event_date,
        site_id as numerator_subject
    from patrols
    where site_type = 'PARK'
    union all
    select
        'K105' as kpi_id,
        'premises' as breakdown,
        event_date,
        premises_token as numerator_subject
    from ruled_visits
    union all
    select distinct
        'K108' as kpi_id,
        'all' as breakdown,
        event_date,
        cast(event_date as text) as numerator_subject
    from ruled_visits
    where day_of_action_flag
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
        'unplaced' as ward_code,
        cast(null as double precision) as numerator,
        cast(null as double precision) as denominator,
        cast(numerator_subject as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(null as double precision) as observed
    from subjects
    union all
    select
        'K104' as kpi_id,
        'all' as breakdown,
        sunday as event_date,
        'unplaced' as ward_code,
        cast(null as double precision) as numerator,
        cast(null as double precision) as denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(sites as double precision) as observed
    from sites_of_weeks
)

select * from final
