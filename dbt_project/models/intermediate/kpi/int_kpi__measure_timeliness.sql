with revisions as (
    select * from {{ ref('fct_crime_revision') }}
),

list_months as (
    select * from {{ ref('int_kpi__list_months') }}
),

counts as (
    select
        'revised' as breakdown,
        crime_month as event_date,
        cast(crimes_added + crimes_removed + crimes_changed as double precision) as numerator,
        cast(row_count - asb_records + crimes_removed as double precision) as denominator
    from revisions
    union all
    select
        'complete' as breakdown,
        month_start as event_date,
        cast(least(reported_series, expected_series) as double precision) as numerator,
        cast(expected_series as double precision) as denominator
    from list_months
),

final as (
    select
        'S34' as kpi_id,
        breakdown,
        event_date,
        'unplaced' as ward_code,
        numerator,
        denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(null as double precision) as observed
    from counts
)

select * from final
