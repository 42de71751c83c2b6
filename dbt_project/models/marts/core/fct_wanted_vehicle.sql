with vehicles as (
    select * from {{ ref('int_cctv__collapse_vehicle_reads') }}
),

final as (
    select
        first_hit_ref,
        event_date,
        first_read_at,
        last_read_at,
        read_count,
        camera_count,
        first_camera_id,
        hotlist_source,
        hotlist_reason_code,
        linked_serious_crime,
        police_notified_at,
        stopped,
        arrest_count,
        delivery_id,
        source_line
    from vehicles
)

select * from final
