with searches as (
    select * from {{ ref('stg_police__stop_search') }}
    where is_current
),

inner_points as (
    select * from {{ ref('int_police__find_inner_points') }}
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
