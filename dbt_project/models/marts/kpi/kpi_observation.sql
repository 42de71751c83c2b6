with catalogue as (
    select * from {{ ref('kpi_catalogue') }}
),

cells as (
    select * from {{ ref('kpi_cell') }}
),

decisions as (
    select * from {{ source('disclosure', 'disclosure_decision') }}
),

-- Counts of people are shown as disclosure control decided; without a decision they stay hidden.
controlled as (
    select
        cells.kpi_id,
        cells.breakdown,
        cells.method,
        cells.per,
        cells.disclosure_class,
        cells.definition_version,
        cells.unit,
        cells.period_kind,
        cells.period_start,
        cells.period_end,
        cells.area_code,
        cells.area_kind,
        cells.status,
        cells.maturity,
        cells.as_of,
        cells.disclosure_class = 'person' and cells.numerator is not null as is_controlled,
        cells.numerator,
        cells.denominator,
        cells.observed_value,
        decisions.shown_numerator,
        decisions.shown_denominator,
        coalesce(decisions.is_suppressed, true) as is_hidden
    from cells
    left join decisions
        on
            cells.kpi_id = decisions.kpi_id
            and cells.breakdown = decisions.breakdown
            and cells.period_kind = decisions.period_kind
            and cells.period_start = decisions.period_start
            and cells.period_end = decisions.period_end
            and cells.area_code = decisions.area_code
    where cells.method <> 'change'
),

shown as (
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
        case
            when not is_controlled then numerator
            when not is_hidden then shown_numerator
        end as numerator,
        case
            when not is_controlled or method = 'rate' then denominator
            when not is_hidden then shown_denominator
        end as denominator,
        case when not is_controlled then observed_value end as observed_value,
        case when is_controlled and is_hidden then 'suppressed' else status end as status,
        maturity,
        as_of
    from controlled
),

{{ kpi_changes('shown') }},

published as (
    select * from shown
    union all
    select * from change_cells
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
        {{ round_to(kpi_value()) }} as value,
        {{ round_to(kpi_limit('lower')) }} as lower,
        {{ round_to(kpi_limit('upper')) }} as upper,
        unit,
        maturity,
        status,
        status = 'suppressed' as is_suppressed,
        as_of,
        definition_version,
        cast({{ env_var('CSP_PUBLICATION_ID', '0') }} as integer) as publication_id
    from published
)

select * from final
