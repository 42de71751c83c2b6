with milestones as (
    select * from {{ ref('fct_milestone') }}
),

funding_lines as (
    select * from {{ ref('fct_funding_line') }}
),

events as (
    select * from {{ ref('fct_engagement_event') }}
),

patrols as (
    select * from {{ ref('fct_patrol') }}
),

referrals as (
    select * from {{ ref('fct_vawg_referral') }}
),

sanctuary_works as (
    select * from {{ ref('fct_sanctuary_installation') }}
),

sanctuary_homes as (
    select * from {{ ref('fct_sanctuary_home') }}
),

sessions as (
    select * from {{ ref('fct_vawg_training_session') }}
),

marac_cases as (
    select * from {{ ref('fct_marac_case') }}
),

police_months as (
    select * from {{ ref('fct_mps_dashboard_month') }}
),

days as (
    select * from {{ ref('dim_date') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

newest_release as (
    select max(period_start) as period_start from releases
),

months as (
    select days.month_start
    from days
    inner join newest_release
        on days.date_day = days.month_start and days.month_start <= newest_release.period_start
),

-- An action that was called off is no longer due.
due_days as (
    select
        due_on,
        count(*) as actions,
        sum(case when status = 'DONE' then 1 else 0 end) as done,
        sum(case when done_on <= due_on then 1 else 0 end) as done_on_time
    from milestones
    where
        programme = 'VV_ACTION_PLAN'
        and kind = 'ACTION'
        and status <> 'CANCELLED'
        and due_on is not null
    group by due_on
),

action_shares as (
    select
        'K069' as kpi_id,
        'all' as breakdown,
        due_on as event_date,
        done as numerator,
        actions as denominator
    from due_days
    union all
    select
        'K069' as kpi_id,
        'on_time' as breakdown,
        due_on as event_date,
        done_on_time as numerator,
        actions as denominator
    from due_days
),

exploitation_counts as (
    select
        'K071' as kpi_id,
        'all' as breakdown,
        event_date,
        count(*) as numerator
    from events
    where programme = 'EXPLOITATION_TRAINING'
    group by event_date
    union all
    select
        'K071' as kpi_id,
        'attendees' as breakdown,
        event_date,
        sum(attendees) as numerator
    from events
    where programme = 'EXPLOITATION_TRAINING'
    group by event_date
),

sweep_days as (
    select
        event_date,
        count(*) as sweeps,
        sum(weapons_found) as weapons
    from patrols
    where sweep_flag
    group by event_date
),

sweep_counts as (
    select
        'K074' as kpi_id,
        'all' as breakdown,
        event_date,
        sweeps as numerator
    from sweep_days
    union all
    select
        'K074' as kpi_id,
        'weapons_found' as breakdown,
        event_date,
        weapons as numerator
    from sweep_days
),

sweep_shares as (
    select
        'K074' as kpi_id,
        'weapons_per_sweep' as breakdown,
        event_date,
        weapons as numerator,
        sweeps as denominator
    from sweep_days
),

-- Money of each year counts for all its years; a grant is held from when it is written down or its
-- year begins, whichever is first, until its term is over.
awards as (
    select
        {{ month_start('recorded_on') }} as recorded_month,
        cast(left(financial_year, 4) || '-04-01' as date) as year_start,
        term_months,
        case
            when amount_basis = 'per_annum'
                then amount_gbp * coalesce(term_months, 12) / cast(12 as double precision)
            else amount_gbp
        end as amount_gbp
    from funding_lines
    where
        programme = 'MY_ENDS'
        and kind = 'award'
        and status in ('SUCCESSFUL', 'ACTIVE', 'COMPLETE')
        and financial_year is not null
),

award_snapshots as (
    select
        'K075' as kpi_id,
        'all' as breakdown,
        months.month_start as event_date,
        sum(awards.amount_gbp) as numerator
    from awards
    inner join months
        on
            least(awards.recorded_month, awards.year_start) <= months.month_start
            and (
                awards.term_months is null
                or {{ months_between('awards.year_start', 'months.month_start') }}
                < awards.term_months
            )
    group by months.month_start
),

solace_referrals as (
    select * from referrals
    where service in ('SOLACE_IDVA', 'SOLACE_ADVOCACY')
),

referral_counts as (
    select
        'K076' as kpi_id,
        'all' as breakdown,
        event_date,
        count(*) as numerator
    from solace_referrals
    group by event_date
    union all
    select
        'K088' as kpi_id,
        'all' as breakdown,
        event_date,
        count(*) as numerator
    from referrals
    group by event_date
),

referral_shares as (
    select
        'K076' as kpi_id,
        'engaged' as breakdown,
        event_date,
        count(engaged_on) as numerator,
        count(*) as denominator
    from solace_referrals
    group by event_date
),

works_counts as (
    select
        'K077' as kpi_id,
        'works' as breakdown,
        event_date,
        count(*) as numerator
    from sanctuary_works
    group by event_date
),

-- Only homes of which the answer is known: not asked yet is neither yes nor no.
retention_shares as (
    select
        'K078' as kpi_id,
        'all' as breakdown,
        event_date,
        sum(case when still_at_home_6m then 1 else 0 end) as numerator,
        count(*) as denominator
    from sanctuary_homes
    where still_at_home_6m is not null
    group by event_date
    union all
    select
        'K078' as kpi_id,
        'repeat_incident' as breakdown,
        event_date,
        sum(case when repeat_incident_6m then 1 else 0 end) as numerator,
        count(*) as denominator
    from sanctuary_homes
    where repeat_incident_6m is not null
    group by event_date
),

session_days as (
    select
        programme,
        event_date,
        count(*) as sessions,
        sum(attendees) as attendees
    from sessions
    group by programme, event_date
),

training_counts as (
    select
        'K079' as kpi_id,
        'all' as breakdown,
        event_date,
        attendees as numerator
    from session_days
    where programme = 'CHAMPION'
    union all
    select
        'K080' as kpi_id,
        'all' as breakdown,
        event_date,
        attendees as numerator
    from session_days
    where programme = 'ASK_FOR_ANGELA'
    union all
    select
        'K084' as kpi_id,
        'all' as breakdown,
        event_date,
        sessions as numerator
    from session_days
    where programme = 'SEXUAL_RESPECT'
    union all
    select
        'K084' as kpi_id,
        'students' as breakdown,
        event_date,
        attendees as numerator
    from session_days
    where programme = 'SEXUAL_RESPECT'
    union all
    select
        'K085' as kpi_id,
        'all' as breakdown,
        event_date,
        sessions as numerator
    from session_days
    where programme = 'PARENT'
    union all
    select
        'K085' as kpi_id,
        'attendees' as breakdown,
        event_date,
        attendees as numerator
    from session_days
    where programme = 'PARENT'
    union all
    select
        'K086' as kpi_id,
        'all' as breakdown,
        event_date,
        sessions as numerator
    from session_days
    where programme = 'MISOGYNY'
    union all
    select
        'K086' as kpi_id,
        'attendees' as breakdown,
        event_date,
        attendees as numerator
    from session_days
    where programme = 'MISOGYNY'
),

champion_snapshots as (
    select
        'K083' as kpi_id,
        'champions' as breakdown,
        months.month_start as event_date,
        sum(milestones.figure) as numerator
    from milestones
    inner join months on {{ month_start('milestones.done_on') }} <= months.month_start
    where
        milestones.programme = 'WOMENS_SAFETY'
        and milestones.kind = 'SIGNED'
        and milestones.status = 'DONE'
    group by months.month_start
),

-- Injury is among the offences; it is not added to them.
abuse_months as (
    select
        crime_month,
        sum(
            case
                when
                    upper(offence_subgroup) = 'DOMESTIC ABUSE OFFENCES'
                    and upper(measure) = 'OFFENCES'
                    then events
                else 0
            end
        ) as offences,
        sum(
            case
                when
                    upper(offence_subgroup) = 'DOMESTIC ABUSE OFFENCES'
                    and upper(measure) = 'POSITIVE OUTCOMES'
                    then events
                else 0
            end
        ) as outcomes,
        sum(
            case
                when
                    upper(offence_subgroup) = 'DOMESTIC ABUSE VIOLENCE WITH INJURY'
                    and upper(measure) = 'OFFENCES'
                    then events
                else 0
            end
        ) as offences_with_injury
    from police_months
    where
        area_level = 'borough'
        and borough_code = '{{ var("borough_code") }}'
        and upper(offence_group) = 'DOMESTIC ABUSE'
    group by crime_month
),

abuse_counts as (
    select
        'S23' as kpi_id,
        'all' as breakdown,
        crime_month as event_date,
        offences as numerator
    from abuse_months
    union all
    select
        'S23' as kpi_id,
        'with_injury' as breakdown,
        crime_month as event_date,
        offences_with_injury as numerator
    from abuse_months
),

abuse_shares as (
    select
        'S23' as kpi_id,
        'positive_outcome' as breakdown,
        crime_month as event_date,
        outcomes as numerator,
        offences as denominator
    from abuse_months
),

marac_counts as (
    select
        'S23' as kpi_id,
        'marac_cases' as breakdown,
        event_date,
        count(*) as numerator
    from marac_cases
    group by event_date
),

-- In the first twelve months of the record only a repeat could be told, never a first case.
knowable_cases as (
    select
        event_date,
        is_repeat_by_record,
        {{ add_months('min(meeting_date) over ()', 12) }} as known_after
    from marac_cases
),

marac_shares as (
    select
        'S23' as kpi_id,
        'marac_repeat' as breakdown,
        event_date,
        sum(case when is_repeat_by_record then 1 else 0 end) as numerator,
        count(*) as denominator
    from knowable_cases
    where event_date > known_after
    group by event_date
),

counts as (
    select * from exploitation_counts
    union all
    select * from sweep_counts
    union all
    select * from award_snapshots
    union all
    select * from referral_counts
    union all
    select * from works_counts
    union all
    select * from training_counts
    union all
    select * from champion_snapshots
    union all
    select * from abuse_counts
    union all
    select * from marac_counts
),

shares as (
    select * from action_shares
    union all
    select * from sweep_shares
    union all
    select * from referral_shares
    union all
    select * from retention_shares
    union all
    select * from abuse_shares
    union all
    select * from marac_shares
),

-- More works at a home in the same month are the same home.
subjects as (
    select distinct
        'K077' as kpi_id,
        'all' as breakdown,
        {{ month_start('event_date') }} as event_date,
        home_token as numerator_subject
    from sanctuary_works
    union all
    select distinct
        'K081' as kpi_id,
        'all' as breakdown,
        {{ month_start('event_date') }} as event_date,
        venue_token as numerator_subject
    from sessions
    where programme = 'ASK_FOR_ANGELA' and venue_token is not null
),

final as (
    select
        kpi_id,
        breakdown,
        event_date,
        'unplaced' as ward_code,
        cast(numerator as double precision) as numerator,
        cast(null as double precision) as denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(null as double precision) as observed
    from counts
    union all
    select
        kpi_id,
        breakdown,
        event_date,
        'unplaced' as ward_code,
        cast(numerator as double precision) as numerator,
        cast(denominator as double precision) as denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(null as double precision) as observed
    from shares
    union all
    select
        kpi_id,
        breakdown,
        event_date,
        'unplaced' as ward_code,
        cast(null as double precision) as numerator,
        cast(null as double precision) as denominator,
        numerator_subject,
        cast(null as text) as denominator_subject,
        cast(null as double precision) as observed
    from subjects
)

select * from final
