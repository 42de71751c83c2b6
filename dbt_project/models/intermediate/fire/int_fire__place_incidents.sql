with incidents as (
    select * from {{ ref('stg_fire__lfb_incident') }}
),

cells as (
    select * from {{ ref('stg_lake__delivery_period') }}
),

wards as (
    select * from {{ ref('ward') }}
),

newest_releases as (
    select
        delivery_id,
        series,
        period_start
    from cells
    where feed = 'fire_lfb_incident' and release_rank = 1
),

located as (
    select
        incidents.*,
        cast(incidents.called_on as text) || ' ' || incidents.call_time as called_at_local,
        wards.ward_code as borough_ward_code,
        -- E00000000 is how the brigade writes "not geo-coded".
        case
            when coalesce(incidents.reported_borough_code, 'E00000000') = 'E00000000'
                then 'unplaced'
            when incidents.reported_borough_code = '{{ var("borough_code") }}'
                then '{{ var("borough_code") }}'
            else 'outside'
        end as borough_code
    from incidents
    inner join newest_releases
        on
            incidents.delivery_id = newest_releases.delivery_id
            and incidents.fire_brigade = newest_releases.series
            and incidents.period_start = newest_releases.period_start
    left join wards on incidents.reported_ward_code = wards.ward_code
),

final as (
    select
        delivery_id,
        source_line,
        incident_number,
        incident_group,
        stop_code,
        special_service_type,
        property_category,
        property_type,
        {{ local_to_utc("cast(called_at_local as timestamp)") }} as called_at,
        called_on,
        period_start as call_month,
        case
            when borough_code = '{{ var("borough_code") }}'
                then coalesce(borough_ward_code, 'unplaced')
            else borough_code
        end as ward_code,
        borough_code,
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
        notional_cost_gbp
    from located
)

select * from final
