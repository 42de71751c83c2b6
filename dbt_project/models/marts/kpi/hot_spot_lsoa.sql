with hot_spots as (
    select * from {{ ref('int_kpi__follow_hot_spots') }}
),

areas as (
    select * from {{ ref('dim_area') }}
),

final as (
    select
        hot_spots.event_kind,
        hot_spots.period_start,
        hot_spots.period_end,
        hot_spots.lsoa_code,
        areas.area_name as lsoa_name,
        areas.ward_code,
        hot_spots.events,
        hot_spots.population,
        hot_spots.rate,
        hot_spots.neighbours,
        hot_spots.z_score,
        hot_spots.p_value,
        hot_spots.q_value,
        hot_spots.spot,
        hot_spots.months_hot,
        hot_spots.is_persistent,
        hot_spots.share_of_events,
        hot_spots.is_in_top_5_percent,
        hot_spots.is_in_top_20_percent
    from hot_spots
    inner join areas
        on
            hot_spots.lsoa_code = areas.area_code
            and areas.area_kind = 'lsoa'
)

select * from final
