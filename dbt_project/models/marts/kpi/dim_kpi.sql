with catalogue as (
    select * from {{ ref('kpi_catalogue') }}
),

final as (
    select
        kpi_id,
        breakdown,
        theme,
        name,
        definition,
        numerator,
        denominator,
        unit,
        method,
        aggregation,
        main_period,
        periods,
        areas,
        since,
        change_of,
        change_of_breakdown,
        direction,
        priority,
        owner,
        coalesce(feeds, '') as feeds,
        fact_table,
        disclosure_class,
        matures_after_months,
        maturity_rule,
        comparability_breaks,
        definition_version,
        status,
        status_reason,
        note
    from catalogue
)

select * from final
