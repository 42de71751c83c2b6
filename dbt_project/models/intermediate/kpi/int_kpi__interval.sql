with engaged as (
    select * from {{ ref('int_linkage__count_engaged') }}
    where is_publishable
),

-- About the figure as it is shown: counts of people come rounded to five, and where rounding hides
-- the figure there is no interval.
rounded as (
    select
        month_start,
        case when variant = 'open_journey' then 'all' else variant end as breakdown,
        5 * floor(engaged_people / 5.0 + 0.5) as engaged_people,
        5 * floor(class_a_people / 5.0 + 0.5) as class_a_people,
        5 * floor(cohort_people / 5.0 + 0.5) as cohort_people,
        expected_false_links,
        expected_missed_links
    from engaged
    where engaged_people not between 1 and 4 and class_a_people >= 20
),

bounded as (
    select
        month_start,
        breakdown,
        class_a_people,
        cohort_people,
        greatest(engaged_people - expected_false_links, 0) as engaged_low,
        least(engaged_people + expected_missed_links, class_a_people) as engaged_high
    from rounded
),

final as (
    select
        'K064' as kpi_id,
        breakdown,
        month_start,
        {{ round_to('100 * engaged_low / class_a_people') }} as lower,
        {{ round_to('100 * engaged_high / class_a_people') }} as upper
    from bounded
    union all
    select
        'K065' as kpi_id,
        breakdown,
        month_start,
        {{ round_to('100 * engaged_low / cohort_people') }} as lower,
        {{ round_to('100 * engaged_high / cohort_people') }} as upper
    from bounded
)

select * from final
