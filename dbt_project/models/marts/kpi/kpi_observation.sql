with catalogue as (
    select * from {{ ref('kpi_catalogue') }}
),

cells as (
    select * from {{ ref('kpi_cell') }}
),

decisions as (
    select * from {{ source('disclosure', 'disclosure_decision') }}
),

intervals as (
    select * from {{ ref('int_kpi__interval') }}
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

valued as (
    select
        *,
        {{ round_to(kpi_value()) }} as value,
        {{ round_to(kpi_limit('lower')) }} as chance_lower,
        {{ round_to(kpi_limit('upper')) }} as chance_upper,
        {{ month_start('period_end') }} as last_month
    from published
),

-- Where more than chance makes a figure uncertain, its own interval stands in place of chance's.
final as (
    select
        valued.kpi_id,
        valued.breakdown,
        valued.period_kind,
        valued.period_start,
        valued.period_end,
        valued.area_code,
        valued.area_kind,
        valued.numerator,
        valued.denominator,
        valued.value,
        case
            when valued.value is null then null
            when intervals.kpi_id is null then valued.chance_lower
            when valued.value between intervals.lower and intervals.upper then intervals.lower
        end as lower,
        case
            when valued.value is null then null
            when intervals.kpi_id is null then valued.chance_upper
            when valued.value between intervals.lower and intervals.upper then intervals.upper
        end as upper,
        valued.unit,
        valued.maturity,
        valued.status,
        valued.status = 'suppressed' as is_suppressed,
        valued.as_of,
        valued.definition_version,
        cast({{ env_var('CSP_PUBLICATION_ID', '0') }} as integer) as publication_id
    from valued
    left join intervals
        on
            valued.kpi_id = intervals.kpi_id
            and valued.breakdown = intervals.breakdown
            and valued.last_month = intervals.month_start
)

select * from final
