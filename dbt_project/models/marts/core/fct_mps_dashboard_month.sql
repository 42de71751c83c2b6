with counted as (
    select * from {{ ref('stg_mps__crime_dashboard') }}
    where is_current
),

wards as (
    select * from {{ ref('ward') }}
),

boroughs as (
    select * from {{ ref('london_borough') }}
),

-- Total notifiable offences are of these groups; other accepted crime, knife crime, hate crime and
-- domestic abuse stand beside them.
notifiable_groups as (
    select distinct upper(major_category) as offence_group
    from {{ ref('mps_category') }}
    where in_crime_total
),

placed as (
    select
        counted.*,
        case when counted.area_type = 'Borough' then 'borough' else 'ward' end as area_level,
        notifiable_groups.offence_group is not null as is_in_notifiable_total,
        case
            when counted.area_type = 'Borough' then null
            when wards.ward_code is not null then wards.ward_code
            when counted.reported_area_code like 'E05%' then 'outside'
            else 'unplaced'
        end as ward_code,
        case
            when wards.ward_code is not null then '{{ var("borough_code") }}'
            when counted.reported_area_code = '{{ var("borough_code") }}'
                then '{{ var("borough_code") }}'
            when boroughs.borough_code is not null or counted.reported_area_code like 'E05%'
                then 'outside'
            else 'unplaced'
        end as borough_code
    from counted
    left join wards on counted.reported_area_code = wards.ward_code
    left join boroughs on counted.reported_area_code = boroughs.borough_code
    left join notifiable_groups
        on upper(counted.offence_group) = notifiable_groups.offence_group
),

final as (
    select
        area_level,
        crime_month,
        case
            when crime_month < cast('2024-03-01' as date) then 'CRIS'
            else 'CONNECT'
        end as comparability_era,
        borough_team as reported_team,
        area_name as reported_area_name,
        reported_area_code,
        ward_code,
        borough_code,
        coalesce(ward_code, borough_code) as area_code,
        offence_group,
        offence_subgroup,
        measure,
        is_in_notifiable_total,
        cast(sum(events) as bigint) as events,
        max(refreshed_on) as refreshed_on,
        cast(count(*) as bigint) as source_row_count,
        delivery_id
    from placed
    group by
        area_level, crime_month, borough_team, area_name, reported_area_code, ward_code,
        borough_code, offence_group, offence_subgroup, measure, is_in_notifiable_total, delivery_id
)

select * from final
