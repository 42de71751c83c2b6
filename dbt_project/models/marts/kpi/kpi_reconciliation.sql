{{ config(schema='restricted') }}

with figures as (
    select * from {{ ref('kpi_figure') }}
),

cells as (
    select * from {{ ref('kpi_cell') }}
),

observations as (
    select * from {{ ref('kpi_observation') }}
),

milestones as (
    select * from {{ ref('kpi_milestone') }}
),

given_figures as (
    select
        figures.*,
        case figures.measure
            when 'numerator' then cells.numerator
            when 'denominator' then cells.denominator
            else cells.value
        end as given_value,
        case figures.measure
            when 'numerator' then observations.numerator
            when 'denominator' then observations.denominator
            else observations.value
        end as shown_value,
        cast(null as text) as given_text,
        observations.status as shown_status
    from figures
    left join cells
        on
            figures.kpi_id = cells.kpi_id
            and figures.breakdown = cells.breakdown
            and figures.period_kind = cells.period_kind
            and figures.period_start = cells.period_start
            and figures.period_end = cells.period_end
            and cells.area_kind = 'borough'
    left join observations
        on
            cells.kpi_id = observations.kpi_id
            and cells.breakdown = observations.breakdown
            and cells.period_kind = observations.period_kind
            and cells.period_start = observations.period_start
            and cells.period_end = observations.period_end
            and cells.area_code = observations.area_code
    where figures.measure not in ('text', 'date')
),

-- A day may be said by its month alone.
given_milestones as (
    select
        figures.*,
        cast(null as double precision) as given_value,
        cast(null as double precision) as shown_value,
        case
            when figures.measure = 'date'
                then substr(
                    cast(milestones.stated_on as text), 1, length(figures.stated_text)
                )
            else milestones.stated_text
        end as given_text,
        milestones.status as shown_status
    from figures
    left join milestones
        on
            figures.kpi_id = milestones.kpi_id
            and figures.item = milestones.item
    where figures.measure in ('text', 'date')
),

given as (
    select * from given_figures
    union all
    select * from given_milestones
),

final as (
    select
        kpi_id,
        figure_no,
        breakdown,
        item,
        measure,
        stated_value,
        stated_text,
        qualifier,
        tolerance,
        period_kind,
        period_start,
        period_end,
        period_text,
        period_inferred,
        definition_status,
        quote,
        given_value,
        given_text,
        shown_value,
        shown_status,
        case
            when not is_reconciled then 'left_out'
            when given_value is null and given_text is null then 'not_given'
            when measure in ('text', 'date') and given_text = stated_text then 'holds'
            when measure in ('text', 'date') then 'differs'
            when qualifier in ('=', '~') and abs(given_value - stated_value) <= tolerance
                then 'holds'
            when qualifier = '>=' and given_value >= stated_value - tolerance then 'holds'
            when qualifier = '>' and given_value > stated_value then 'holds'
            when qualifier = '<=' and given_value <= stated_value + tolerance then 'holds'
            when qualifier = '<' and given_value < stated_value then 'holds'
            else 'differs'
        end as verdict,
        why_not
    from given
)

select * from final
