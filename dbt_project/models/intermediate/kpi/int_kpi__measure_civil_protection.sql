with shifts as (
    select * from {{ ref('fct_cadre_shift') }}
),

incidents as (
    select * from {{ ref('fct_civil_incident') }}
),

training as (
    select * from {{ ref('fct_civil_training') }}
),

exercises as (
    select * from {{ ref('fct_civil_exercise') }}
),

plans as (
    select * from {{ ref('dim_continuity_plan') }}
),

fire_incidents as (
    select * from {{ ref('fct_fire_incident') }}
),

incident_groups as (
    select * from {{ ref('incident_group') }}
),

returned_incidents as (
    select * from {{ ref('fct_section17a_incident') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

-- Rows of a month that a person ruled not reported stay in the facts and out of the figures.
reported_releases as (
    select * from releases
    where is_current and is_reported
),

shifts_of_day as (
    select
        event_date,
        role,
        count(*) as shifts,
        sum(case when filled then 1 else 0 end) as filled_shifts,
        sum(case when backup_filled then 1 else 0 end) as backed_up_shifts
    from shifts
    group by event_date, role
),

-- Records for information only are no incidents; where nothing says that an incident lay
-- elsewhere, the council answered it in the borough.
responded as (
    select * from incidents
    where had_council_response and borough_code <> 'outside'
),

-- The register of each month as it stood at the month's end.
registers as (
    select distinct {{ month_end(month_start('period_start')) }} as month_end
    from reported_releases
    where feed = 'civil_continuity_plan'
),

active_plans as (
    select
        registers.month_end,
        count(*) as active_plans,
        sum(case when plans.review_due_on >= registers.month_end then 1 else 0 end) as plans_in_date
    from plans
    inner join registers
        on
            plans.valid_from <= registers.month_end
            and coalesce(plans.valid_to, registers.month_end) >= registers.month_end
    where plans.status = 'ACTIVE'
    group by registers.month_end
),

fires as (
    select
        fire_incidents.call_month,
        fire_incidents.ward_code,
        incident_groups.slug,
        count(*) as events,
        sum(case when fire_incidents.first_pump_seconds <= 360 then 1 else 0 end) as events_in_time,
        count(fire_incidents.first_pump_seconds) as timed_events
    from fire_incidents
    inner join reported_releases
        on
            reported_releases.feed = 'fire_lfb_incident'
            and fire_incidents.delivery_id = reported_releases.delivery_id
            and fire_incidents.call_month = reported_releases.period_start
    inner join incident_groups on fire_incidents.incident_group = incident_groups.incident_group
    where fire_incidents.borough_code = '{{ var("borough_code") }}'
    group by fire_incidents.call_month, fire_incidents.ward_code, incident_groups.slug
),

-- The fire service says in its quarterly return which fires were set; its open data do not.
deliberate_fires as (
    select
        event_date,
        ward_code,
        case
            when subcategory = 'deliberate secondary fire' then 'secondary' else 'primary'
        end as fire_kind,
        count(*) as events
    from returned_incidents
    where
        category = 'fire'
        and subcategory like 'deliberate %'
        and borough_code <> 'outside'
    group by event_date, ward_code, fire_kind
),

counts as (
    select
        'K089' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        filled_shifts as numerator,
        shifts as denominator
    from shifts_of_day
    union all
    select
        'K089' as kpi_id,
        'role:' || lower(role) as breakdown,
        event_date,
        'unplaced' as ward_code,
        filled_shifts as numerator,
        shifts as denominator
    from shifts_of_day
    union all
    select
        'K089' as kpi_id,
        'backup' as breakdown,
        event_date,
        'unplaced' as ward_code,
        backed_up_shifts as numerator,
        shifts as denominator
    from shifts_of_day
    union all
    select
        'K090' as kpi_id,
        'all' as breakdown,
        event_date,
        ward_code,
        1 as numerator,
        null as denominator
    from responded
    union all
    select
        'K091' as kpi_id,
        'level:' || lower(declared_level) as breakdown,
        event_date,
        'unplaced' as ward_code,
        1 as numerator,
        null as denominator
    from responded
    union all
    select
        'K091' as kpi_id,
        'type:' || lower(incident_type) as breakdown,
        event_date,
        'unplaced' as ward_code,
        1 as numerator,
        null as denominator
    from responded
    union all
    select
        'K091' as kpi_id,
        'acm_cladding' as breakdown,
        event_date,
        'unplaced' as ward_code,
        1 as numerator,
        null as denominator
    from responded
    where acm_cladding
    union all
    select
        'K092' as kpi_id,
        'rest_centres' as breakdown,
        event_date,
        'unplaced' as ward_code,
        1 as numerator,
        null as denominator
    from responded
    where rest_centre_opened
    union all
    select
        'K092' as kpi_id,
        'households_displaced' as breakdown,
        event_date,
        'unplaced' as ward_code,
        households_displaced as numerator,
        null as denominator
    from responded
    where households_displaced is not null
    union all
    select
        'K092' as kpi_id,
        'people_evacuated' as breakdown,
        event_date,
        'unplaced' as ward_code,
        people_evacuated as numerator,
        null as denominator
    from responded
    where people_evacuated is not null
    union all
    select
        'K093' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        govt_info_requests as numerator,
        null as denominator
    from responded
    union all
    select
        'K095' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        1 as numerator,
        null as denominator
    from training
    union all
    select
        'K096' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        attendee_count as numerator,
        null as denominator
    from training
    union all
    select
        'K096' as kpi_id,
        'unique_at_event' as breakdown,
        event_date,
        'unplaced' as ward_code,
        attendee_unique_count as numerator,
        null as denominator
    from training
    union all
    select
        'K096' as kpi_id,
        'per_event' as breakdown,
        event_date,
        'unplaced' as ward_code,
        attendee_count as numerator,
        1 as denominator
    from training
    where attendee_count is not null
    union all
    select
        'K097' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        1 as numerator,
        null as denominator
    from exercises
    union all
    select
        'K097' as kpi_id,
        'cyber' as breakdown,
        event_date,
        'unplaced' as ward_code,
        1 as numerator,
        null as denominator
    from exercises
    where exercise_type = 'CYBER'
    union all
    select
        'K097' as kpi_id,
        'pan_london' as breakdown,
        event_date,
        'unplaced' as ward_code,
        1 as numerator,
        null as denominator
    from exercises
    where scope = 'PAN_LONDON'
    union all
    select
        'K098' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        staff_attending as numerator,
        null as denominator
    from exercises
    union all
    select
        'K098' as kpi_id,
        'per_exercise' as breakdown,
        event_date,
        'unplaced' as ward_code,
        staff_attending as numerator,
        1 as denominator
    from exercises
    where staff_attending is not null
    union all
    select
        'K099' as kpi_id,
        'all' as breakdown,
        month_end as event_date,
        'unplaced' as ward_code,
        active_plans as numerator,
        null as denominator
    from active_plans
    union all
    select
        'K100' as kpi_id,
        'all' as breakdown,
        month_end as event_date,
        'unplaced' as ward_code,
        plans_in_date as numerator,
        active_plans as denominator
    from active_plans
    union all
    select
        'K102' as kpi_id,
        'all' as breakdown,
        event_date,
        ward_code,
        events as numerator,
        null as denominator
    from deliberate_fires
    union all
    select
        'K102' as kpi_id,
        fire_kind as breakdown,
        event_date,
        ward_code,
        events as numerator,
        null as denominator
    from deliberate_fires
    union all
    select
        'S28' as kpi_id,
        'deliberate_fire' as breakdown,
        event_date,
        ward_code,
        events as numerator,
        null as denominator
    from deliberate_fires
    union all
    select
        'S28' as kpi_id,
        slug as breakdown,
        call_month as event_date,
        ward_code,
        events as numerator,
        null as denominator
    from fires
    union all
    select
        'S28' as kpi_id,
        'first_pump_within_6_min' as breakdown,
        call_month as event_date,
        ward_code,
        events_in_time as numerator,
        timed_events as denominator
    from fires
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
        'K094' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        cast(null as double precision) as numerator,
        cast(null as double precision) as denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(response_minutes as double precision) as observed
    from responded
)

select * from final
