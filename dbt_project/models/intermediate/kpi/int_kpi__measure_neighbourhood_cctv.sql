with incidents as (
    select
        *,
        -- What the borough's own cameras saw was in the borough, whatever ward was written.
        case when ward_code = 'outside' then 'unplaced' else ward_code end as counted_ward
    from {{ ref('fct_cctv_incident') }}
),

wanted_vehicles as (
    select * from {{ ref('fct_wanted_vehicle') }}
    where linked_serious_crime
),

camera_status as (
    select * from {{ ref('fct_camera_status') }}
),

evidence_requests as (
    select * from {{ ref('fct_evidence_request') }}
),

incident_months as (
    select
        {{ month_start('event_date') }} as event_date,
        counted_ward as ward_code,
        count(*) as entries,
        sum(case when detection_mode = 'OPERATOR' then 1 else 0 end) as spotted_by_operators,
        sum(case when is_criminal then 1 else 0 end) as criminal,
        sum(case when is_criminal and arrest_count > 0 then 1 else 0 end) as with_arrest,
        sum(case when is_criminal then arrest_count else 0 end) as arrests
    from incidents
    group by {{ month_start('event_date') }}, counted_ward
),

vehicle_days as (
    select
        event_date,
        count(*) as vehicles,
        sum(case when arrest_count > 0 then 1 else 0 end) as with_arrest,
        sum(arrest_count) as arrests
    from wanted_vehicles
    group by event_date
),

-- Planned work is no time at which a camera should have been up.
status_days as (
    select
        event_date,
        sum(case when state = 'UP' then interval_minutes else 0 end) as minutes_up,
        sum(case when state = 'PLANNED' then 0 else interval_minutes end) as minutes_due
    from camera_status
    group by event_date
),

request_days as (
    select
        event_date,
        count(*) as requests,
        count(exported_at) as packages,
        sum(case when exported_at <= due_at then 1 else 0 end) as exported_in_time,
        sum(case when within_retention then 0 else 1 end) as asked_too_late
    from evidence_requests
    group by event_date
),

sums as (
    select
        'K021' as kpi_id,
        'all' as breakdown,
        event_date,
        ward_code,
        criminal as numerator,
        cast(null as double precision) as denominator
    from incident_months
    union all
    select
        'K022' as kpi_id,
        'all' as breakdown,
        event_date,
        ward_code,
        arrests as numerator,
        cast(null as double precision) as denominator
    from incident_months
    union all
    select
        'K023' as kpi_id,
        'all' as breakdown,
        event_date,
        ward_code,
        with_arrest as numerator,
        criminal as denominator
    from incident_months
    union all
    select
        'K023' as kpi_id,
        'arrests_per_incident' as breakdown,
        event_date,
        ward_code,
        arrests as numerator,
        criminal as denominator
    from incident_months
    union all
    select
        'K024' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        vehicles as numerator,
        cast(null as double precision) as denominator
    from vehicle_days
    union all
    select
        'K025' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        arrests as numerator,
        cast(null as double precision) as denominator
    from vehicle_days
    union all
    select
        'K026' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        with_arrest as numerator,
        vehicles as denominator
    from vehicle_days
    union all
    select
        'K026' as kpi_id,
        'arrests_per_vehicle' as breakdown,
        event_date,
        'unplaced' as ward_code,
        arrests as numerator,
        vehicles as denominator
    from vehicle_days
    union all
    select
        'K028' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        minutes_up as numerator,
        minutes_due as denominator
    from status_days
    union all
    select
        'K029' as kpi_id,
        'all' as breakdown,
        event_date,
        'unplaced' as ward_code,
        exported_in_time as numerator,
        requests as denominator
    from request_days
    union all
    select
        'K029' as kpi_id,
        'too_late' as breakdown,
        event_date,
        'unplaced' as ward_code,
        asked_too_late as numerator,
        requests as denominator
    from request_days
    union all
    select
        'K029' as kpi_id,
        'packages' as breakdown,
        event_date,
        'unplaced' as ward_code,
        packages as numerator,
        cast(null as double precision) as denominator
    from request_days
    union all
    select
        'K030' as kpi_id,
        'all' as breakdown,
        event_date,
        ward_code,
        spotted_by_operators as numerator,
        entries as denominator
    from incident_months
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
)

select * from final
