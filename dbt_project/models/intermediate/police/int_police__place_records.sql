with records as (
    select * from {{ ref('stg_police__street_crime') }}
),

cells as (
    select * from {{ ref('stg_lake__delivery_period') }}
),

lsoas as (
    select * from {{ ref('int_geography__conform_lsoas') }}
),

newest_releases as (
    select
        delivery_id,
        series,
        period_start
    from cells
    where feed = 'police_street_crime' and release_rank = 1
),

final as (
    select
        records.delivery_id,
        records.source_line,
        records.police_force,
        records.crime_id,
        records.crime_month,
        records.crime_type,
        records.last_outcome,
        records.longitude,
        records.latitude,
        records.location,
        records.lsoa_code,
        lsoas.lsoa_vintage,
        case
            when records.lsoa_code is null then 'unplaced'
            else coalesce(lsoas.ward_code, 'outside')
        end as ward_code,
        case
            when records.lsoa_code is null then 'unplaced'
            when lsoas.lsoa_code is null then 'outside'
            else '{{ var("borough_code") }}'
        end as borough_code,
        case
            when records.lsoa_code is null then 'unplaced'
            else coalesce(lsoas.lsoa_code, 'outside')
        end as area_code
    from records
    inner join newest_releases
        on
            records.delivery_id = newest_releases.delivery_id
            and records.police_force = newest_releases.series
            and records.period_start = newest_releases.period_start
    left join lsoas on records.lsoa_code = lsoas.lsoa_code
)

select * from final
