with counted as (
    select * from {{ ref('int_police__settle_mps_counts') }}
),

categories as (
    select * from {{ ref('mps_category') }}
),

wards as (
    select * from {{ ref('ward') }}
),

boroughs as (
    select * from {{ ref('london_borough') }}
),

placed as (
    select
        counted.*,
        boroughs.borough_code as reported_borough_code,
        coalesce(wards.ward_code, boroughs.borough_code) is not null as is_matched_area,
        coalesce(categories.major_category, counted.major_category) as conformed_major,
        coalesce(categories.minor_category, counted.minor_category) as conformed_minor,
        coalesce(categories.comparable_category, counted.minor_category) as comparable_category,
        coalesce(categories.in_crime_total, true) as in_crime_total,
        case
            when counted.area_level = 'borough' then null
            when wards.ward_code is not null then wards.ward_code
            when boroughs.borough_code <> '{{ var("borough_code") }}' then 'outside'
            else 'unplaced'
        end as ward_code,
        case
            when wards.ward_code is not null then '{{ var("borough_code") }}'
            when boroughs.borough_code = '{{ var("borough_code") }}' then boroughs.borough_code
            when boroughs.borough_code is not null then 'outside'
            else 'unplaced'
        end as borough_code
    from counted
    left join categories on counted.category_key = categories.category_key
    left join wards
        on counted.area_level = 'ward' and counted.reported_ward_code = wards.ward_code
    left join boroughs
        on lower(counted.reported_borough_name) = lower(boroughs.borough_name)
),

final as (
    select
        area_level,
        crime_month,
        case
            when crime_month < cast('2024-03-01' as date) then 'CRIS'
            else 'CONNECT'
        end as comparability_era,
        reported_ward_code,
        reported_area_name,
        reported_borough_name,
        reported_borough_code,
        is_matched_area,
        ward_code,
        borough_code,
        coalesce(ward_code, borough_code) as area_code,
        conformed_major as major_category,
        conformed_minor as minor_category,
        comparable_category,
        in_crime_total,
        cast(sum(offences) as bigint) as offences,
        is_partial_month,
        cast(count(*) as bigint) as source_row_count,
        delivery_id
    from placed
    group by
        area_level, crime_month, reported_ward_code, reported_area_name, reported_borough_name,
        reported_borough_code, is_matched_area, ward_code, borough_code, conformed_major,
        conformed_minor, comparable_category, in_crime_total, is_partial_month, delivery_id
)

select * from final
