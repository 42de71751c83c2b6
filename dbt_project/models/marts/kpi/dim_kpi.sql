with catalogue as (
    select * from {{ ref('kpi_catalogue') }}
),

final as (
    select
        kpi_id,
        breakdown,
        name,
        definition,
        numerator,
        denominator,
        unit,
        method,
        direction,
        priority,
        owner,
        feeds,
        fact_table,
        maturity_rule,
        comparability_breaks,
        disclosure_class,
        definition_version,
        status,
        status_reason
    from catalogue
)

select * from final
