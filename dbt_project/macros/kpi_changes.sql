{# CTEs that end in change_cells: each KPI that compares, against the same period a year earlier.

   The counts come from the relation itself, so that a change of published counts shows no more
   than they do. A change needs both periods; when either is not fully reported, so is the change.
   Relation: columns of base_cells in kpi_cell. #}
{% macro kpi_changes(relation) -%}
later_and_earlier as (
    select
        catalogue.kpi_id,
        catalogue.breakdown,
        catalogue.method,
        catalogue.per,
        catalogue.disclosure_class,
        catalogue.definition_version,
        catalogue.unit,
        later.period_kind,
        later.period_start,
        later.period_end,
        later.area_code,
        later.area_kind,
        later.numerator,
        earlier.numerator as denominator,
        later.status,
        earlier.status as earlier_status,
        case
            when 'provisional' in (later.maturity, earlier.maturity) then 'provisional'
            when 'not mature' in (later.maturity, earlier.maturity) then 'not mature'
            when 'not stated' in (later.maturity, earlier.maturity) then 'not stated'
            else 'settled'
        end as maturity,
        later.as_of
    from catalogue
    inner join {{ relation }} as later
        on
            catalogue.change_of = later.kpi_id
            and catalogue.change_of_breakdown = later.breakdown
            and {{ is_listed('later.period_kind', 'catalogue.periods') }}
            and {{ is_listed('later.area_kind', 'catalogue.areas') }}
    inner join {{ relation }} as earlier
        on
            later.kpi_id = earlier.kpi_id
            and later.breakdown = earlier.breakdown
            and later.period_kind = earlier.period_kind
            and later.area_code = earlier.area_code
            and earlier.period_start = {{ add_months('later.period_start', -12) }}
    where catalogue.method = 'change' and catalogue.status = 'computed'
),

compared_cells as (
    select
        kpi_id,
        breakdown,
        method,
        per,
        disclosure_class,
        definition_version,
        unit,
        period_kind,
        period_start,
        period_end,
        area_code,
        area_kind,
        case when denominator is not null then numerator end as numerator,
        case when numerator is not null then denominator end as denominator,
        cast(null as double precision) as observed_value,
        case
            when 'not_reported' in (status, earlier_status) then 'not_reported'
            when 'missing' in (status, earlier_status) then 'missing'
            when 'not_mature' in (status, earlier_status) then 'not_mature'
            when 'suppressed' in (status, earlier_status) then 'suppressed'
            when 'partial' in (status, earlier_status) then 'partial'
            else 'reported'
        end as status,
        maturity,
        as_of
    from later_and_earlier
),

compared as (
    select distinct
        kpi_id,
        breakdown
    from compared_cells
),

newest as (
    select
        kpi_id,
        breakdown,
        area_code,
        area_kind,
        max(period_start) as period_start,
        max(period_end) as period_end,
        max(as_of) as as_of,
        max(case when status <> 'not_reported' then 1 else 0 end) as is_heard
    from {{ relation }}
    where area_kind = 'borough'
    group by kpi_id, breakdown, area_code, area_kind
),

-- Without two periods to compare there is nothing to say yet, or nothing was ever reported.
change_cells as (
    select * from compared_cells
    union all
    select
        catalogue.kpi_id,
        catalogue.breakdown,
        catalogue.method,
        catalogue.per,
        catalogue.disclosure_class,
        catalogue.definition_version,
        catalogue.unit,
        catalogue.main_period as period_kind,
        newest.period_start,
        newest.period_end,
        newest.area_code,
        newest.area_kind,
        cast(null as double precision) as numerator,
        cast(null as double precision) as denominator,
        cast(null as double precision) as observed_value,
        case when newest.is_heard = 1 then 'not_mature' else 'not_reported' end as status,
        case when newest.is_heard = 1 then 'not mature' else 'not stated' end as maturity,
        newest.as_of
    from catalogue
    inner join newest
        on
            catalogue.change_of = newest.kpi_id
            and catalogue.change_of_breakdown = newest.breakdown
    left join compared
        on
            catalogue.kpi_id = compared.kpi_id
            and catalogue.breakdown = compared.breakdown
    where
        catalogue.method = 'change'
        and catalogue.status = 'computed'
        and compared.kpi_id is null
)
{%- endmacro %}
