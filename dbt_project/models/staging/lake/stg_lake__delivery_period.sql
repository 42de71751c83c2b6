with source as (
    select * from {{ source('lake', 'delivery_period') }}
),

final as (
    select
        feed,
        delivery_id,
        series,
        period_start,
        cast(row_count as bigint) as row_count,
        cast(previous_row_count as bigint) as previous_row_count,
        release_on,
        cast(release_rank as integer) as release_rank,
        cast(delivery_order as integer) as delivery_order,
        delivered_on,
        is_reported
    from source
)

select * from final
