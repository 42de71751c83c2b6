with lsoas as (
    select * from {{ ref('lsoa') }}
),

-- A code that both vintages know stands for one area: the facts of 2011 come first, because the
-- populations of the wards are sums over LSOAs of 2011.
ranked as (
    select
        *,
        row_number() over (
            partition by lsoa_code order by lsoa_vintage
        ) as vintage_rank,
        count(*) over (partition by lsoa_code) as vintages
    from lsoas
),

final as (
    select
        lsoa_code,
        lsoa_name,
        case when vintages > 1 then 'both' else lsoa_vintage end as lsoa_vintage,
        ward_code,
        population_mid2020,
        imd2019_rank,
        longitude,
        latitude
    from ranked
    where vintage_rank = 1
)

select * from final
