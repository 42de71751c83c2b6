with wards as (
    select * from {{ ref('ward') }}
),

lsoas as (
    select * from {{ ref('int_geography__conform_lsoas') }}
),

borough as (
    select
        '{{ var("borough_code") }}' as area_code,
        'borough' as area_kind,
        '{{ var("borough_name") }}' as area_name,
        cast(null as text) as lsoa_vintage,
        cast(null as text) as ward_code,
        cast(null as text) as ward_name,
        cast(null as text) as ward_name_2019,
        '{{ var("borough_code") }}' as borough_code,
        '{{ var("borough_name") }}' as borough_name,
        cast(sum(population_mid2020) as bigint) as population_mid2020,
        cast(null as integer) as imd2019_rank,
        cast(null as double precision) as longitude,
        cast(null as double precision) as latitude
    from wards
),

each_ward as (
    select
        ward_code as area_code,
        'ward' as area_kind,
        ward_name as area_name,
        cast(null as text) as lsoa_vintage,
        ward_code,
        ward_name,
        ward_name_2019,
        '{{ var("borough_code") }}' as borough_code,
        '{{ var("borough_name") }}' as borough_name,
        cast(population_mid2020 as bigint) as population_mid2020,
        cast(null as integer) as imd2019_rank,
        cast(null as double precision) as longitude,
        cast(null as double precision) as latitude
    from wards
),

each_lsoa as (
    select
        lsoas.lsoa_code as area_code,
        'lsoa' as area_kind,
        lsoas.lsoa_name as area_name,
        lsoas.lsoa_vintage,
        lsoas.ward_code,
        wards.ward_name,
        wards.ward_name_2019,
        '{{ var("borough_code") }}' as borough_code,
        '{{ var("borough_name") }}' as borough_name,
        cast(lsoas.population_mid2020 as bigint) as population_mid2020,
        lsoas.imd2019_rank,
        {{ round_to('lsoas.longitude') }} as longitude,
        {{ round_to('lsoas.latitude') }} as latitude
    from lsoas
    left join wards on lsoas.ward_code = wards.ward_code
),

special as (
    select
        'unplaced' as area_code,
        'special' as area_kind,
        'No location known' as area_name,
        cast(null as text) as lsoa_vintage,
        'unplaced' as ward_code,
        'No location known' as ward_name,
        cast(null as text) as ward_name_2019,
        'unplaced' as borough_code,
        'No location known' as borough_name,
        cast(null as bigint) as population_mid2020,
        cast(null as integer) as imd2019_rank,
        cast(null as double precision) as longitude,
        cast(null as double precision) as latitude
    union all
    select
        'outside' as area_code,
        'special' as area_kind,
        'Outside the borough' as area_name,
        cast(null as text) as lsoa_vintage,
        'outside' as ward_code,
        'Outside the borough' as ward_name,
        cast(null as text) as ward_name_2019,
        'outside' as borough_code,
        'Outside the borough' as borough_name,
        cast(null as bigint) as population_mid2020,
        cast(null as integer) as imd2019_rank,
        cast(null as double precision) as longitude,
        cast(null as double precision) as latitude
),

final as (
    select * from borough
    union all
    select * from each_ward
    union all
    select * from each_lsoa
    union all
    select * from special
)

select * from final
