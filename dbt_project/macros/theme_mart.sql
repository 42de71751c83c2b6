{# The observations of one theme with names and definitions, as analysts and BI tools read them. #}
{% macro theme_mart(theme) -%}
with observations as (
    select * from {{ ref('kpi_observation') }}
),

kpis as (
    select * from {{ ref('dim_kpi') }}
),

areas as (
    select * from {{ ref('dim_area') }}
),

final as (
    select
        observations.kpi_id,
        observations.breakdown,
        kpis.name as kpi_name,
        kpis.definition,
        observations.period_kind,
        observations.period_start,
        observations.period_end,
        observations.area_code,
        observations.area_kind,
        areas.area_name,
        observations.numerator,
        observations.denominator,
        observations.value,
        observations.lower,
        observations.upper,
        observations.unit,
        kpis.direction,
        observations.status,
        observations.maturity,
        observations.as_of,
        kpis.note,
        observations.definition_version,
        observations.publication_id
    from observations
    inner join kpis
        on
            observations.kpi_id = kpis.kpi_id
            and observations.breakdown = kpis.breakdown
    inner join areas on observations.area_code = areas.area_code
    where kpis.theme = '{{ theme }}'
)

select * from final
{%- endmacro %}
