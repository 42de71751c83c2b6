-- Two teams may declare one incident. Declarations are of one incident when they carry the same
-- fire brigade number, or lie within 200 metres and six hours of each other and do not carry two
-- different numbers; and so on from one to the next.
with recursive staged as (
    select * from {{ ref('stg_civil__incident') }}
),

declarations as (
    select * from staged
    where is_current
),

pairs as (
    select
        one.incident_id,
        other.incident_id as other_id
    from declarations as one
    inner join declarations as other
        on
            one.incident_id <> other.incident_id
            and one.lfb_incident_number = other.lfb_incident_number
    union
    select
        one.incident_id,
        other.incident_id as other_id
    from declarations as one
    inner join declarations as other
        on
            one.incident_id <> other.incident_id
            and one.reported_at <= other.reported_at + interval '6 hours'
            and other.reported_at <= one.reported_at + interval '6 hours'
            -- A degree of latitude is 111,195 metres.
            and sqrt(
                power(one.latitude - other.latitude, 2)
                + power(
                    (one.longitude - other.longitude) * cos(radians(one.latitude)), 2
                )
            ) * 111195 <= 200
            and (
                one.lfb_incident_number is null
                or other.lfb_incident_number is null
                or one.lfb_incident_number = other.lfb_incident_number
            )
),

reached as (
    select
        incident_id,
        incident_id as reached_id
    from declarations
    union
    select
        reached.incident_id,
        pairs.other_id as reached_id
    from reached
    inner join pairs on reached.reached_id = pairs.incident_id
),

groups as (
    select
        incident_id,
        min(reached_id) as group_id
    from reached
    group by incident_id
),

grouped as (
    select
        declarations.*,
        groups.group_id,
        row_number() over (
            partition by groups.group_id
            order by declarations.reported_at, declarations.incident_id
        ) as declaration_number
    from declarations
    inner join groups on declarations.incident_id = groups.incident_id
),

final as (
    select
        incident_id,
        first_value(incident_id) over (
            partition by group_id order by declaration_number
        ) as civil_incident_id,
        cast(declaration_number as integer) as declaration_number,
        incident_type,
        declared_level,
        message_kind,
        council_notified_by,
        reported_at,
        response_start_at,
        stand_down_at,
        n_casualties_fatal,
        n_casualties_serious,
        n_casualties_minor,
        e_agencies_present,
        postcode_district,
        ward_code as reported_ward_code,
        people_evacuated,
        people_evacuated_estimated,
        households_displaced,
        households_displaced_estimated,
        rest_centre_opened_at,
        rest_centre_peak,
        acm_cladding_flag,
        govt_info_requests,
        lfb_incident_number,
        cost_gbp,
        debrief_completed_on,
        lessons_count,
        delivery_id,
        source_line
    from grouped
)

select * from final
