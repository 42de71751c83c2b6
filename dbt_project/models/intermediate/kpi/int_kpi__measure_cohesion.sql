with kpis as (
    select * from {{ ref('kpi_catalogue') }}
),

events as (
    select * from {{ ref('fct_engagement_event') }}
),

sessions as (
    select * from {{ ref('fct_prevent_session') }}
),

audiences as (
    select * from {{ ref('audience') }}
),

funding_lines as (
    select * from {{ ref('fct_funding_line') }}
),

tension_issues as (
    select * from {{ ref('fct_tension_issue') }}
),

security_referrals as (
    select * from {{ ref('fct_protective_security_referral') }}
),

hate_incidents as (
    select * from {{ ref('fct_hate_incident') }}
),

hate_strands as (
    select * from {{ ref('fct_hate_incident_strand') }}
),

police_months as (
    select * from {{ ref('fct_mps_dashboard_month') }}
),

prevent_referrals as (
    select * from {{ ref('fct_prevent_referral') }}
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

-- What the division does counts wherever it is done; only a ward of the borough is named.
placed_events as (
    select
        event_date,
        programme,
        title,
        attendees,
        project_id,
        case when ward_code = 'outside' then 'unplaced' else ward_code end as ward_code
    from events
),

titled_events as (
    select
        'event:' || replace(replace(lower(title), '&', 'and'), ' ', '_') as breakdown,
        event_date,
        ward_code
    from placed_events
    where programme = 'OUTREACH'
),

event_counts as (
    select
        'K031' as kpi_id,
        'all' as breakdown,
        event_date,
        ward_code,
        count(*) as numerator
    from placed_events
    where programme = 'HATE_CRIME_WEEK'
    group by event_date, ward_code
    union all
    select
        'K032' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        sum(attendees) as numerator
    from placed_events
    where programme = 'LMC_AMBASSADORS'
    group by event_date
    union all
    select
        'K033' as kpi_id,
        'all' as breakdown,
        event_date,
        ward_code,
        count(*) as numerator
    from placed_events
    where programme = 'OUTREACH'
    group by event_date, ward_code
    union all
    -- The catalogue names the titles that are shown by themselves.
    select
        'K033' as kpi_id,
        titled.breakdown,
        titled.event_date,
        titled.ward_code,
        count(*) as numerator
    from titled_events as titled
    inner join kpis
        on
            kpis.kpi_id = 'K033'
            and titled.breakdown = kpis.breakdown
    group by titled.breakdown, titled.event_date, titled.ward_code
    union all
    select
        'K033' as kpi_id,
        'no_place_for_hate' as breakdown,
        event_date,
        ward_code,
        count(*) as numerator
    from placed_events
    where programme = 'NO_PLACE_FOR_HATE'
    group by event_date, ward_code
),

session_counts as (
    select
        'K034' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        sum(attendees) as numerator
    from sessions
    where audience = 'FRONTLINE'
    group by event_date
    union all
    select
        'K035' as kpi_id,
        'all' as breakdown,
        sessions.event_date,
        'unplaced' as ward_code,
        sum(sessions.attendees) as numerator
    from sessions
    inner join audiences on sessions.audience = audiences.audience
    where audiences.is_school
    group by sessions.event_date
    union all
    select
        'K035' as kpi_id,
        lower(sessions.audience) as breakdown,
        sessions.event_date,
        'unplaced' as ward_code,
        sum(sessions.attendees) as numerator
    from sessions
    inner join audiences on sessions.audience = audiences.audience
    where audiences.is_school
    group by sessions.audience, sessions.event_date
),

-- A line of the register is of its financial year; it may be written before the year begins.
dated_lines as (
    select
        *,
        cast(left(financial_year, 4) || '-04-01' as date) as year_start,
        {{ month_start('recorded_on') }} as recorded_month
    from funding_lines
    where financial_year is not null
),

project_months as (
    select
        dated_lines.line_id,
        months.month_start
    from dated_lines
    inner join months
        on
            dated_lines.year_start <= months.month_start
            and {{ months_between('dated_lines.year_start', 'months.month_start') }}
            < coalesce(dated_lines.term_months, 12)
    where
        dated_lines.programme = 'PREVENT'
        and dated_lines.kind = 'project'
        and dated_lines.status in ('ACTIVE', 'COMPLETE')
),

-- A bid is in progress from when it is written down until the year that it is for begins.
register_snapshots as (
    select
        'K037' as kpi_id,
        'all' as breakdown,
        months.month_start as event_date,
        'unplaced' as ward_code,
        count(*) as numerator
    from dated_lines
    inner join months
        on
            dated_lines.recorded_month <= months.month_start
            and dated_lines.year_start > months.month_start
    where
        dated_lines.programme = 'PREVENT'
        and dated_lines.kind = 'bid'
        and dated_lines.status in ('PLANNED', 'SUBMITTED')
    group by months.month_start
    union all
    select
        'K042' as kpi_id,
        'all' as breakdown,
        months.month_start as event_date,
        'unplaced' as ward_code,
        count(*) as numerator
    from dated_lines
    inner join months
        on least(dated_lines.recorded_month, dated_lines.year_start) <= months.month_start
    where
        dated_lines.programme = 'PROTECTIVE_SECURITY'
        and dated_lines.kind = 'project'
        and dated_lines.status in ('ACTIVE', 'COMPLETE')
    group by months.month_start
),

issue_counts as (
    select
        'K038' as kpi_id,
        'all' as breakdown,
        raised_on as event_date,
        'unplaced' as ward_code,
        count(*) as numerator
    from tension_issues
    group by raised_on
    union all
    select
        'K038' as kpi_id,
        lower(category) as breakdown,
        raised_on as event_date,
        'unplaced' as ward_code,
        count(*) as numerator
    from tension_issues
    group by category, raised_on
    union all
    select
        'K038' as kpi_id,
        'closed' as breakdown,
        closed_on as event_date,
        'unplaced' as ward_code,
        count(*) as numerator
    from tension_issues
    where closed_on is not null
    group by closed_on
),

referral_counts as (
    select
        'K040' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        count(*) as numerator
    from security_referrals
    group by event_date
    union all
    select
        'K040' as kpi_id,
        lower(service) as breakdown,
        event_date,
        'unplaced' as ward_code,
        count(*) as numerator
    from security_referrals
    group by service, event_date
    union all
    select
        'K043' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        count(*) as numerator
    from security_referrals
    where grant_scheme = 'PLACES_OF_WORSHIP'
    group by event_date
),

referral_shares as (
    -- Vehicle mitigation is a capital scheme that ends in works, not in a report.
    select
        'K041' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        sum(
            case
                when
                    report_on - referral_received_on <= {{ var('security_report_days') }}
                    then 1
                else 0
            end
        ) as numerator,
        count(*) as denominator
    from security_referrals
    where service <> 'HVM'
    group by event_date
),

-- An incident whose place is unknown, or online, counts for the borough whose register it is in.
borough_incidents as (
    select * from hate_incidents
    where borough_code <> 'outside'
),

compared_incidents as (
    select
        event_date,
        {{ add_months('lag(event_date) over by_victim', 12) }} as repeat_until,
        {{ add_months('min(event_date) over ()', 12) }} as known_after
    from borough_incidents
    where victim_token is not null
    window by_victim as (partition by victim_token order by event_date, hate_ref)
),

incident_days as (
    select
        event_date,
        ward_code,
        count(*) as incidents,
        sum(case when is_crime then 1 else 0 end) as crimes
    from borough_incidents
    group by event_date, ward_code
),

incident_counts as (
    select
        'K046' as kpi_id,
        'all' as breakdown,
        event_date,
        ward_code,
        incidents as numerator
    from incident_days
    union all
    select
        'S22' as kpi_id,
        'all' as breakdown,
        event_date,
        ward_code,
        incidents as numerator
    from incident_days
    union all
    select
        'K046' as kpi_id,
        'crimes' as breakdown,
        event_date,
        ward_code,
        crimes as numerator
    from incident_days
    union all
    select
        'K046' as kpi_id,
        'crime_rate' as breakdown,
        event_date,
        ward_code,
        crimes as numerator
    from incident_days
    union all
    select
        'S22' as kpi_id,
        lower(strand) as breakdown,
        event_date,
        'unplaced' as ward_code,
        count(*) as numerator
    from hate_strands
    where borough_code <> 'outside'
    group by strand, event_date
),

incident_shares as (
    -- In the first twelve months of the register an earlier incident may be unknown.
    select
        'S22' as kpi_id,
        'repeat_victim' as breakdown,
        event_date,
        'unplaced' as ward_code,
        sum(case when event_date <= repeat_until then 1 else 0 end) as numerator,
        count(*) as denominator
    from compared_incidents
    where event_date > known_after
    group by event_date
),

-- Offences and positive outcomes of the police, by strand. Antisemitic and Islamophobic offences
-- are among those of race and faith, so they are not added to them.
police_strands as (
    select
        crime_month,
        replace(
            replace(replace(lower(offence_subgroup), ' hate crime', ''), '-', ''), ' ', '_'
        ) as strand,
        sum(case when upper(measure) = 'OFFENCES' then events else 0 end) as offences,
        sum(case when upper(measure) = 'POSITIVE OUTCOMES' then events else 0 end) as outcomes
    from police_months
    where
        area_level = 'borough'
        and borough_code = '{{ var("borough_code") }}'
        and upper(offence_group) = 'HATE CRIME'
    group by crime_month, offence_subgroup
),

police_counts as (
    select
        'S22' as kpi_id,
        'police:' || strand as breakdown,
        crime_month as event_date,
        'unplaced' as ward_code,
        offences as numerator
    from police_strands
),

police_shares as (
    select
        'K046' as kpi_id,
        'positive_outcome' as breakdown,
        crime_month as event_date,
        'unplaced' as ward_code,
        sum(outcomes) as numerator,
        sum(offences) as denominator
    from police_strands
    where strand not in ('antisemitic', 'islamophobic')
    group by crime_month
    union all
    select
        'S22' as kpi_id,
        'police_positive:' || strand as breakdown,
        crime_month as event_date,
        'unplaced' as ward_code,
        outcomes as numerator,
        offences as denominator
    from police_strands
),

-- A blank was hidden by the sender and is 1 to 4; how many there are bounds what the sums miss.
prevent_counts as (
    select
        'S33' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        sum(referrals) as numerator
    from prevent_referrals
    group by event_date
    union all
    select
        'S33' as kpi_id,
        'discussed' as breakdown,
        event_date,
        'unplaced' as ward_code,
        sum(channel_discussed) as numerator
    from prevent_referrals
    group by event_date
    union all
    select
        'S33' as kpi_id,
        'adopted' as breakdown,
        event_date,
        'unplaced' as ward_code,
        sum(channel_adopted) as numerator
    from prevent_referrals
    group by event_date
    union all
    select
        'S33' as kpi_id,
        'hidden_cells' as breakdown,
        event_date,
        'unplaced' as ward_code,
        sum(case when referrals is null then 1 else 0 end) as numerator
    from prevent_referrals
    group by event_date
),

counts as (
    select * from event_counts
    union all
    select * from session_counts
    union all
    select * from register_snapshots
    union all
    select * from issue_counts
    union all
    select * from referral_counts
    union all
    select * from incident_counts
    union all
    select * from police_counts
    union all
    select * from prevent_counts
),

shares as (
    select * from referral_shares
    union all
    select * from incident_shares
    union all
    select * from police_shares
),

subjects as (
    select
        'K036' as kpi_id,
        'all' as breakdown,
        month_start as event_date,
        line_id as numerator_subject
    from project_months
    union all
    select distinct
        'K036' as kpi_id,
        'with_activity' as breakdown,
        {{ month_start('event_date') }} as event_date,
        project_id as numerator_subject
    from placed_events
    where programme = 'PREVENT_PROJECT' and project_id is not null
),

observations as (
    select
        'K039' as kpi_id,
        'all' as breakdown,
        closed_on as event_date,
        closed_on - raised_on as observed
    from tension_issues
    where closed_on is not null
),

final as (
    select
        kpi_id,
        breakdown,
        event_date,
        ward_code,
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
        ward_code,
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
    union all
    select
        kpi_id,
        breakdown,
        event_date,
        'unplaced' as ward_code,
        cast(null as double precision) as numerator,
        cast(null as double precision) as denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(observed as double precision) as observed
    from observations
)

select * from final
