{{ config(materialized='table', post_hook='{{ refresh_statistics(this) }}') }}

with measures as (
    select * from {{ ref('int_kpi__collect_measures') }}
),

catalogue as (
    select * from {{ ref('kpi_catalogue') }}
),

dated as (
    select
        measures.*,
        {{ month_start('measures.event_date') }} as month_start,
        coalesce(measures.event_date >= catalogue.since, true) as is_since_start,
        {{ is_listed("'ward'", 'catalogue.areas') }} as is_by_ward
    from measures
    inner join catalogue
        on
            measures.kpi_id = catalogue.kpi_id
            and measures.breakdown = catalogue.breakdown
),

-- An event in the borough whose ward is unknown counts for the borough alone.
placed as (
    select
        kpi_id,
        breakdown,
        month_start,
        '{{ var("borough_code") }}' as area_code,
        is_since_start,
        numerator,
        denominator,
        numerator_subject,
        denominator_subject,
        observed
    from dated
    union all
    select
        kpi_id,
        breakdown,
        month_start,
        ward_code as area_code,
        is_since_start,
        numerator,
        denominator,
        numerator_subject,
        denominator_subject,
        observed
    from dated
    where is_by_ward and ward_code <> 'unplaced'
),

-- Counts are added up; observations stay one by one.
final as (
    select
        kpi_id,
        breakdown,
        month_start,
        area_code,
        is_since_start,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        numerator_subject,
        denominator_subject,
        observed
    from placed
    where observed is null
    group by
        kpi_id,
        breakdown,
        month_start,
        area_code,
        is_since_start,
        numerator_subject,
        denominator_subject,
        observed
    union all
    select
        kpi_id,
        breakdown,
        month_start,
        area_code,
        is_since_start,
        cast(null as double precision) as numerator,
        cast(null as double precision) as denominator,
        numerator_subject,
        denominator_subject,
        observed
    from placed
    where observed is not null
)

select * from final
