with declarations as (
    select * from {{ ref('int_civil__merge_incidents') }}
),

wards as (
    select * from {{ ref('ward') }}
),

fire_incidents as (
    select
        incident_number,
        incident_group,
        stop_code,
        first_pump_seconds,
        row_number() over (
            partition by incident_number order by called_at desc
        ) as row_of_number
    from {{ ref('fct_fire_incident') }}
),

-- What several declarations say of one incident is the same thing told twice: the highest number
-- stands, never the sum.
merged as (
    select
        civil_incident_id,
        min(reported_at) as reported_at,
        min(response_start_at) as response_start_at,
        max(stand_down_at) as stand_down_at,
        max(
            case declared_level when 'MAJOR' then 3 when 'SIGNIFICANT' then 2 else 1 end
        ) as level_rank,
        max(case when message_kind = 'METHANE' then 1 else 0 end) as is_methane,
        max(n_casualties_fatal) as casualties_fatal,
        max(n_casualties_serious) as casualties_serious,
        max(n_casualties_minor) as casualties_minor,
        max(people_evacuated) as people_evacuated,
        bool_or(people_evacuated_estimated) as people_evacuated_estimated,
        max(households_displaced) as households_displaced,
        bool_or(households_displaced_estimated) as households_displaced_estimated,
        bool_or(rest_centre_opened_at is not null) as rest_centre_opened,
        max(rest_centre_peak) as rest_centre_peak,
        bool_or(coalesce(acm_cladding_flag, false)) as acm_cladding,
        max(coalesce(govt_info_requests, 0)) as govt_info_requests,
        max(lfb_incident_number) as lfb_incident_number,
        max(reported_ward_code) as any_ward_code,
        max(postcode_district) as postcode_district,
        max(cost_gbp) as cost_gbp,
        max(debrief_completed_on) as debrief_completed_on,
        max(lessons_count) as lessons_count,
        count(*) as declaration_count
    from declarations
    group by civil_incident_id
),

first_declarations as (
    select * from declarations
    where declaration_number = 1
),

joined as (
    select
        merged.*,
        first_declarations.incident_type,
        first_declarations.council_notified_by,
        first_declarations.delivery_id,
        first_declarations.source_line,
        coalesce(first_declarations.reported_ward_code, merged.any_ward_code) as given_ward_code,
        {{ local_day('merged.reported_at', 'timestamp') }} as event_date
    from merged
    inner join first_declarations
        on merged.civil_incident_id = first_declarations.incident_id
),

final as (
    select
        joined.civil_incident_id,
        joined.incident_type,
        case joined.level_rank
            when 3 then 'MAJOR' when 2 then 'SIGNIFICANT' else 'MINOR'
        end as declared_level,
        case when joined.is_methane = 1 then 'METHANE' else 'ETHANE' end as message_kind,
        joined.council_notified_by,
        joined.reported_at,
        joined.event_date,
        {{ month_start('joined.event_date') }} as reported_month,
        joined.response_start_at,
        joined.stand_down_at,
        {{ round_to('extract(epoch from (joined.response_start_at - joined.reported_at)) / 60') }}
            as response_minutes,
        joined.response_start_at is not null as had_council_response,
        joined.response_start_at is not null and joined.stand_down_at is null as is_open,
        coalesce(
            wards.ward_code,
            case when joined.given_ward_code is null then 'unplaced' else 'outside' end
        ) as ward_code,
        case
            when wards.ward_code is not null then '{{ var("borough_code") }}'
            when joined.given_ward_code is null then 'unplaced'
            else 'outside'
        end as borough_code,
        coalesce(
            wards.ward_code,
            case when joined.given_ward_code is null then 'unplaced' else 'outside' end
        ) as area_code,
        joined.postcode_district,
        joined.casualties_fatal,
        joined.casualties_serious,
        joined.casualties_minor,
        joined.people_evacuated,
        joined.people_evacuated_estimated,
        joined.households_displaced,
        joined.households_displaced_estimated,
        joined.rest_centre_opened,
        joined.rest_centre_peak,
        joined.acm_cladding,
        joined.govt_info_requests,
        joined.lfb_incident_number,
        fire_incidents.incident_number is not null as is_known_to_lfb,
        fire_incidents.incident_group as lfb_incident_group,
        fire_incidents.stop_code as lfb_stop_code,
        fire_incidents.first_pump_seconds as lfb_first_pump_seconds,
        {{ round_to('joined.cost_gbp') }} as cost_gbp,
        joined.debrief_completed_on,
        joined.lessons_count,
        cast(joined.declaration_count as bigint) as declaration_count,
        joined.delivery_id,
        joined.source_line
    from joined
    left join wards on joined.given_ward_code = wards.ward_code
    left join fire_incidents
        on
            joined.lfb_incident_number = fire_incidents.incident_number
            and fire_incidents.row_of_number = 1
)

select * from final
