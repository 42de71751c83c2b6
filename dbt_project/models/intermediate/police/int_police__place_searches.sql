with searches as (
    select * from {{ ref('stg_police__stop_search') }}
    where is_current
),

outline as (
    select * from {{ ref('borough_outline') }}
),

outer_box as (
    select
        min(from_longitude) as west,
        max(from_longitude) as east,
        min(from_latitude) as south,
        max(from_latitude) as north
    from outline
),

-- Snap points are few, and only those in the outline's box can lie inside it.
near_points as (
    select distinct
        searches.longitude,
        searches.latitude
    from searches
    inner join outer_box
        on
            searches.longitude between outer_box.west and outer_box.east
            and searches.latitude between outer_box.south and outer_box.north
),

-- A point lies inside when a line from it to the east crosses the outline an odd number of times.
inner_points as (
    select
        near_points.longitude,
        near_points.latitude
    from near_points
    inner join outline
        on
            (near_points.latitude < outline.from_latitude)
            <> (near_points.latitude < outline.to_latitude)
            and near_points.longitude
            < (outline.to_longitude - outline.from_longitude)
            * (near_points.latitude - outline.from_latitude)
            / nullif(outline.to_latitude - outline.from_latitude, 0)
            + outline.from_longitude
    group by near_points.longitude, near_points.latitude
    having mod(count(*), 2) = 1
),

final as (
    select
        searches.delivery_id,
        searches.source_line,
        searches.series,
        searches.period_start,
        searches.search_type,
        searches.searched_at,
        searches.is_part_of_operation,
        searches.operation_name,
        searches.latitude,
        searches.longitude,
        searches.gender,
        searches.age_range,
        searches.self_defined_ethnicity,
        searches.officer_defined_ethnicity,
        searches.legislation,
        searches.object_of_search,
        searches.search_outcome,
        searches.is_outcome_linked,
        searches.is_more_than_outer_clothing,
        case
            when searches.longitude is null then 'unplaced'
            when inner_points.longitude is null then 'outside'
            else '{{ var("borough_code") }}'
        end as borough_code
    from searches
    left join inner_points
        on
            searches.longitude = inner_points.longitude
            and searches.latitude = inner_points.latitude
)

select * from final
