with published_indicators as (
    select * from {{ ref('fct_published_indicator') }}
),

months as (
    select * from {{ ref('int_kpi__list_warehouse_months') }}
),

-- What is published of a span of years holds from the last of its years until the next one.
spans as (
    select
        indicator_code,
        value,
        {{ add_months('span_end + 1', -12) }} as holds_from,
        lead({{ add_months('span_end + 1', -12) }}) over (
            partition by indicator_code order by span_end
        ) as next_holds_from
    from published_indicators
    where reported_area_code = '{{ var("borough_code") }}'
),

final as (
    select
        spans.indicator_code,
        months.month_start,
        spans.value
    from spans
    inner join months
        on
            spans.holds_from <= months.month_start
            and (spans.next_holds_from is null or spans.next_holds_from > months.month_start)
)

select * from final
