with source as (
    select * from {{ source('fire', 'lfb_incident') }}
),

final as (
    select
        delivery_id,
        cast(source_line as bigint) as source_line,
        period_start,
        series as fire_brigade,
        incident_number,
        incident_group,
        stop_code,
        special_service_type,
        property_category,
        property_type,
        call_date as called_on,
        call_time,
        ward_code as reported_ward_code,
        borough_code as reported_borough_code,
        postcode_district,
        easting_rounded,
        northing_rounded,
        station_ground,
        first_pump_seconds,
        second_pump_seconds,
        first_pump_station,
        pumps_attending,
        notional_cost_gbp
    from source
)

select * from final
