-- A table, so that PostgreSQL knows its size when searches are joined to it.
{{ config(materialized='table', post_hook="{{ refresh_statistics(this) }}") }}

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
)

select * from inner_points
