with statements as (
    select * from {{ ref('kpi_statement') }}
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
        is_reconciled,
        why_not
    from statements
)

select * from final
