with search_counts as (
    select * from {{ ref('int_kpi__count_search_outcomes') }}
),

small_cells as (
    select
        *,
        searches < 5 or outcomes between 1 and 4 or searches - outcomes between 1 and 4 as is_small
    from search_counts
),

-- One hidden group could be worked out from the borough's total, so the next smallest goes with it.
ordered as (
    select
        *,
        sum(case when is_small then 1 else 0 end) over a_table as small_groups,
        row_number() over (
            partition by ethnicity_basis, outcome, period_end
            order by case when is_small then 1 else 0 end, outcomes, ethnic_group
        ) as next_smallest
    from small_cells
    window a_table as (partition by ethnicity_basis, outcome, period_end)
),

hidden as (
    select
        *,
        is_small or (small_groups = 1 and next_smallest = 1) as is_suppressed
    from ordered
),

shown as (
    select
        ethnicity_basis,
        outcome,
        period_start,
        period_end,
        ethnic_group,
        is_suppressed,
        cast(case when not is_suppressed then searches end as double precision) as searches,
        cast(case when not is_suppressed then outcomes end as double precision) as outcomes
    from hidden
),

compared as (
    select
        shown.*,
        white.searches as white_searches,
        white.outcomes as white_outcomes
    from shown
    left join shown as white
        on
            shown.ethnicity_basis = white.ethnicity_basis
            and shown.outcome = white.outcome
            and shown.period_end = white.period_end
            and white.ethnic_group = 'White'
            and shown.ethnic_group <> 'White'
),

final as (
    select
        ethnicity_basis,
        outcome,
        period_start,
        period_end,
        ethnic_group,
        cast(searches as bigint) as searches,
        cast(outcomes as bigint) as outcomes,
        {{ round_to('100 * outcomes / searches') }} as outcome_rate,
        {{ round_to(
            '(outcomes / searches) / (nullif(white_outcomes, 0) / white_searches)'
        ) }} as rate_ratio,
        {{ round_to(risk_ratio_limit(
            'outcomes', 'searches', 'white_outcomes', 'white_searches', '-'
        )) }} as ratio_lower,
        {{ round_to(risk_ratio_limit(
            'outcomes', 'searches', 'white_outcomes', 'white_searches', '+'
        )) }} as ratio_upper,
        is_suppressed
    from compared
)

select * from final
