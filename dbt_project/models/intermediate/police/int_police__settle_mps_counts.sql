with ward_rows as (
    select
        'ward' as area_level,
        delivery_id,
        crime_month,
        release_rank,
        ward_code as reported_ward_code,
        ward_name as reported_area_name,
        borough_name as reported_borough_name,
        major_category,
        minor_category,
        category_key,
        offences
    from {{ ref('stg_mps__ward_crime') }}
),

borough_rows as (
    select
        'borough' as area_level,
        delivery_id,
        crime_month,
        release_rank,
        cast(null as text) as reported_ward_code,
        borough_name as reported_area_name,
        borough_name as reported_borough_name,
        major_category,
        minor_category,
        category_key,
        offences
    from {{ ref('stg_mps__borough_crime') }}
),

counted as (
    select * from ward_rows
    union all
    select * from borough_rows
),

month_totals as (
    select
        area_level,
        delivery_id,
        crime_month,
        min(release_rank) as release_rank,
        sum(offences) as month_offences
    from counted
    group by area_level, delivery_id, crime_month
),

-- The oldest month of a file that holds the most recent 24 months is often a stub.
judged as (
    select
        *,
        coalesce(
            month_offences
            < 0.2 * avg(month_offences) over (partition by area_level, delivery_id), true
        ) as is_partial_month
    from month_totals
),

ranked as (
    select
        *,
        row_number() over (
            partition by area_level, crime_month
            order by case when is_partial_month then 1 else 0 end, release_rank
        ) as choice
    from judged
),

final as (
    select
        counted.area_level,
        counted.delivery_id,
        counted.crime_month,
        counted.reported_ward_code,
        counted.reported_area_name,
        counted.reported_borough_name,
        counted.major_category,
        counted.minor_category,
        counted.category_key,
        counted.offences,
        ranked.is_partial_month
    from counted
    inner join ranked
        on
            counted.area_level = ranked.area_level
            and counted.delivery_id = ranked.delivery_id
            and counted.crime_month = ranked.crime_month
    where ranked.choice = 1
)

select * from final
