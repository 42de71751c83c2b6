with adder_returns as (
    select * from {{ ref('fct_adder_return') }}
),

-- A return is restated; only its newest version counts, and of its areas the borough.
final as (
    select
        metric_code,
        metric_month,
        metric_value
    from adder_returns
    where is_current and return_area_code = '{{ var("borough_code") }}'
)

select * from final
