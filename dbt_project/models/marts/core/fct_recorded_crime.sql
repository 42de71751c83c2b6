with records as (
    select * from {{ ref('int_police__place_records') }}
),

crime_types as (
    select * from {{ ref('dim_crime_type') }}
),

crimes as (
    select
        records.*,
        crime_types.harm_group
    from records
    left join crime_types on records.crime_type = crime_types.crime_type
    where coalesce(crime_types.in_crime_total, true)
),

-- Only rows whose crime ID stands more than once in their delivery need a closer look; they are
-- few, and comparing them alone spares a sort of every crime.
shared_ids as (
    select
        delivery_id,
        crime_id
    from crimes
    where crime_id is not null
    group by delivery_id, crime_id
    having count(*) > 1
),

sharing_rows as (
    select
        crimes.delivery_id,
        crimes.source_line,
        crimes.crime_id,
        row_number() over (
            partition by crimes.delivery_id, crimes.crime_id, crimes.lsoa_code, crimes.crime_type
            order by crimes.source_line
        ) as row_of_crime,
        count(*) over (
            partition by crimes.delivery_id, crimes.crime_id, crimes.lsoa_code, crimes.crime_type
        ) as source_row_count
    from crimes
    inner join shared_ids
        on
            crimes.delivery_id = shared_ids.delivery_id
            and crimes.crime_id = shared_ids.crime_id
),

crimes_of_shared_ids as (
    select
        delivery_id,
        source_line,
        row_of_crime,
        source_row_count,
        sum(case when row_of_crime = 1 then 1 else 0 end) over (
            partition by delivery_id, crime_id
        ) as crimes_of_id
    from sharing_rows
),

final as (
    select
        crimes.delivery_id || '-' || cast(crimes.source_line as text) as recorded_crime_id,
        crimes.crime_id,
        crimes.crime_month,
        crimes.police_force,
        crimes.crime_type,
        crimes.harm_group,
        crimes.last_outcome,
        {{ round_to('crimes.longitude') }} as longitude,
        {{ round_to('crimes.latitude') }} as latitude,
        crimes.location,
        crimes.lsoa_code,
        crimes.lsoa_vintage,
        crimes.ward_code,
        crimes.borough_code,
        crimes.area_code,
        cast(coalesce(crimes_of_shared_ids.source_row_count, 1) as bigint) as source_row_count,
        coalesce(crimes_of_shared_ids.crimes_of_id, 1) > 1 as is_crime_id_repeated,
        crimes.delivery_id,
        crimes.source_line
    from crimes
    left join crimes_of_shared_ids
        on
            crimes.delivery_id = crimes_of_shared_ids.delivery_id
            and crimes.source_line = crimes_of_shared_ids.source_line
    where coalesce(crimes_of_shared_ids.row_of_crime, 1) = 1
)

select * from final
