with kpis as (
    select * from {{ ref('dim_kpi') }}
),

areas as (
    select * from {{ ref('dim_area') }}
),

months as (
    select * from {{ ref('int_kpi__fill_months') }}
),

windows as (
    select * from {{ ref('int_kpi__roll_windows') }}
),

changes as (
    select * from {{ ref('int_kpi__compare_windows') }}
),

periods as (
    select
        kpi_id,
        breakdown,
        area_code,
        'month' as period_kind,
        month_start as period_start,
        month_end as period_end,
        numerator,
        denominator,
        expected_series,
        reported_series,
        provisional_releases,
        unstated_releases,
        as_of
    from months
    union all
    select
        kpi_id,
        breakdown,
        area_code,
        'rolling_12_months' as period_kind,
        period_start,
        period_end,
        numerator,
        denominator,
        expected_series,
        reported_series,
        provisional_releases,
        unstated_releases,
        as_of
    from windows
    union all
    select
        kpi_id,
        breakdown,
        area_code,
        'rolling_12_months' as period_kind,
        period_start,
        period_end,
        numerator,
        denominator,
        expected_series,
        reported_series,
        provisional_releases,
        unstated_releases,
        as_of
    from changes
),

counted as (
    select
        periods.kpi_id,
        periods.breakdown,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        periods.area_code,
        areas.area_kind,
        kpis.method,
        cast(periods.numerator as double precision) as numerator,
        cast(
            case
                when kpis.method = 'rate' then areas.population_mid2020
                else periods.denominator
            end
            as double precision
        ) as denominator,
        kpis.unit,
        case
            when periods.provisional_releases > 0 then 'provisional'
            when periods.unstated_releases > 0 or periods.reported_series = 0 then 'not stated'
            else 'settled'
        end as maturity,
        case
            when periods.reported_series = 0 then 'not_reported'
            when periods.reported_series < periods.expected_series then 'partial'
            else 'reported'
        end as status,
        periods.as_of,
        kpis.definition_version
    from periods
    inner join kpis
        on
            periods.kpi_id = kpis.kpi_id
            and periods.breakdown = kpis.breakdown
    inner join areas on periods.area_code = areas.area_code
),

valued as (
    select
        *,
        case method
            when 'rate' then 1000 * numerator / denominator
            when 'count' then numerator
            when 'share' then 100 * numerator / nullif(denominator, 0)
            when 'change' then 100 * (nullif(numerator, 0) / nullif(denominator, 0) - 1)
        end as value,
        case method
            when 'rate' then 1000 * ({{ byar_lower('numerator') }}) / denominator
            when 'count' then {{ byar_lower('numerator') }}
            when 'share' then 100 * {{ wilson_limit('numerator', 'denominator', '-') }}
            when 'change' then 100 * ({{ change_limit('numerator', 'denominator', '-') }})
        end as lower,
        case method
            when 'rate' then 1000 * {{ byar_upper('numerator') }} / denominator
            when 'count' then {{ byar_upper('numerator') }}
            when 'share' then 100 * {{ wilson_limit('numerator', 'denominator', '+') }}
            when 'change' then 100 * ({{ change_limit('numerator', 'denominator', '+') }})
        end as upper
    from counted
),

final as (
    select
        kpi_id,
        breakdown,
        period_kind,
        period_start,
        period_end,
        area_code,
        area_kind,
        numerator,
        denominator,
        {{ round_to('value') }} as value,
        {{ round_to('lower') }} as lower,
        {{ round_to('upper') }} as upper,
        unit,
        maturity,
        status,
        as_of,
        definition_version,
        cast({{ env_var('CSP_PUBLICATION_ID', '0') }} as integer) as publication_id
    from valued
)

select * from final
