with reads as (
    select
        *,
        {{ local_day('hit_at', 'timestamp') }} as event_date
    from {{ ref('stg_cctv__vehicle_hit') }}
    where is_current
),

numbered as (
    select
        *,
        row_number() over (
            partition by vrm_token, event_date order by hit_at, hit_ref
        ) as read_number
    from reads
),

days as (
    select
        vrm_token,
        event_date,
        max(hit_at) as last_read_at,
        count(*) as read_count,
        count(distinct camera_id) as camera_count,
        max(case when linked_serious_crime then 1 else 0 end) as serious_flag,
        max(case when stopped then 1 else 0 end) as stopped_flag,
        min(police_notified_at) as police_notified_at,
        max(arrest_count) as arrest_count
    from numbered
    group by vrm_token, event_date
),

final as (
    select
        numbered.hit_ref as first_hit_ref,
        numbered.event_date,
        numbered.hit_at as first_read_at,
        days.last_read_at,
        cast(days.read_count as bigint) as read_count,
        cast(days.camera_count as bigint) as camera_count,
        numbered.camera_id as first_camera_id,
        numbered.hotlist_source,
        numbered.hotlist_reason_code,
        days.serious_flag = 1 as linked_serious_crime,
        days.police_notified_at,
        days.stopped_flag = 1 as stopped,
        days.arrest_count,
        numbered.delivery_id,
        numbered.source_line
    from numbered
    inner join days
        on
            numbered.vrm_token = days.vrm_token
            and numbered.event_date = days.event_date
    where numbered.read_number = 1
)

select * from final
