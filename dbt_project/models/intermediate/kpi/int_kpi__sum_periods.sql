{{ config(materialized='table', post_hook='{{ refresh_statistics(this) }}') }}

with periods as (
    select * from {{ ref('int_kpi__list_periods') }}
),

placed as (
    select * from {{ ref('int_kpi__place_measures') }}
),

catalogue as (
    select * from {{ ref('kpi_catalogue') }}
),

windowed as (
    select
        periods.kpi_id,
        periods.breakdown,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        placed.area_code,
        placed.numerator,
        placed.denominator,
        placed.numerator_subject,
        placed.denominator_subject,
        placed.observed
    from periods
    inner join placed
        on
            periods.kpi_id = placed.kpi_id
            and periods.breakdown = placed.breakdown
            and placed.month_start between periods.first_month and periods.last_month
    where periods.period_kind <> 'since_start' or placed.is_since_start
),

counted as (
    select
        kpi_id,
        breakdown,
        period_kind,
        period_start,
        period_end,
        area_code,
        sum(numerator) as summed_numerator,
        sum(denominator) as summed_denominator,
        count(distinct numerator_subject) as distinct_numerator,
        count(distinct denominator_subject) as distinct_denominator,
        count(observed) as observations,
        percentile_cont(0.5) within group (order by observed) as median_observed,
        avg(observed) as mean_observed,
        max(observed) as greatest_observed
    from windowed
    group by kpi_id, breakdown, period_kind, period_start, period_end, area_code
),

-- The last bits of a sum hang on the order of adding, which is the engine's own.
final as (
    select
        counted.kpi_id,
        counted.breakdown,
        counted.period_kind,
        counted.period_start,
        counted.period_end,
        counted.area_code,
        cast(
            case
                when catalogue.method in ('median', 'mean', 'maximum') then counted.observations
                when catalogue.aggregation = 'distinct' then counted.distinct_numerator
                else {{ round_to('counted.summed_numerator') }}
            end as double precision
        ) as numerator,
        cast(
            case
                when catalogue.aggregation = 'distinct' then nullif(counted.distinct_denominator, 0)
                else {{ round_to('counted.summed_denominator') }}
            end as double precision
        ) as denominator,
        cast(
            case catalogue.method
                when 'median' then counted.median_observed
                when 'mean' then counted.mean_observed
                when 'maximum' then counted.greatest_observed
            end as double precision
        ) as observed_value
    from counted
    inner join catalogue
        on
            counted.kpi_id = catalogue.kpi_id
            and counted.breakdown = catalogue.breakdown
)

select * from final
