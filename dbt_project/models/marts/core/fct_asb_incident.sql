with records as (
    select * from {{ ref('int_police__place_records') }}
),

crime_types as (
    select * from {{ ref('dim_crime_type') }}
),

final as (
    select
        records.delivery_id || '-' || cast(records.source_line as text) as asb_incident_id,
        records.crime_month,
        records.police_force,
        {{ round_to('records.longitude') }} as longitude,
        {{ round_to('records.latitude') }} as latitude,
        records.location,
        records.lsoa_code,
        records.lsoa_vintage,
        records.ward_code,
        records.borough_code,
        records.area_code,
        records.delivery_id,
        records.source_line
    from records
    inner join crime_types on records.crime_type = crime_types.crime_type
    where not crime_types.in_crime_total
)

select * from final
