with incidents as (
    select * from {{ ref('int_fire__place_incidents') }}
),

counted as (
    select
        *,
        row_number() over (
            partition by delivery_id, call_month, incident_number order by source_line
        ) as row_of_incident,
        count(*) over (
            partition by delivery_id, call_month, incident_number
        ) as source_row_count
    from incidents
),

final as (
    select
        incident_number,
        incident_group,
        stop_code,
        special_service_type,
        property_category,
        property_type,
        called_at,
        called_on,
        call_month,
        ward_code,
        borough_code,
        ward_code as area_code,
        reported_ward_code,
        reported_borough_code,
        postcode_district,
        easting_rounded,
        northing_rounded,
        station_ground,
        first_pump_seconds,
        second_pump_seconds,
        first_pump_station,
        pumps_attending,
        {{ round_to('notional_cost_gbp') }} as notional_cost_gbp,
        delivery_id,
        source_line,
        cast(source_row_count as bigint) as source_row_count
    from counted
    where row_of_incident = 1
)

select * from final
