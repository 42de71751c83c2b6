with cells as (
    select * from {{ ref('stg_lake__delivery_period') }}
),

compared as (
    select
        *,
        cast(row_count - previous_row_count as double precision) as row_change
    from cells
),

final as (
    select
        feed,
        delivery_id,
        series,
        period_start,
        row_count,
        previous_row_count,
        {{ round_to('row_change / nullif(previous_row_count, 0)') }} as revision_ratio,
        release_on,
        release_rank,
        release_rank = 1 as is_current,
        is_reported
    from compared
)

select * from final
