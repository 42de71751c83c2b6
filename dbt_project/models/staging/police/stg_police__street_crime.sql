with source as (
    select * from {{ source('police', 'street_crime') }}
),

final as (
    select
        delivery_id,
        cast(source_line as bigint) as source_line,
        period_start,
        series as police_force,
        crime_id,
        crime_month,
        crime_type,
        last_outcome,
        longitude,
        latitude,
        location,
        lsoa_code,
        lsoa_name
    from source
)

select * from final
