with searches as (
    select * from {{ ref('fct_stop_search') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

list_months as (
    select * from {{ ref('int_kpi__list_months') }}
),

reported_deliveries as (
    select distinct delivery_id from releases
    where feed = 'police_stop_search' and is_current and is_reported
),

-- A search of a vehicle alone is of nobody, so no group has a share in it.
of_people as (
    select
        searches.search_month,
        searches.ethnic_group,
        searches.officer_defined_ethnicity,
        searches.outcome_group,
        searches.is_outcome_linked
    from searches
    inner join reported_deliveries on searches.delivery_id = reported_deliveries.delivery_id
    where
        searches.borough_code = '{{ var("borough_code") }}'
        and searches.search_type <> 'Vehicle search'
),

-- What the outcome was, or whether it was linked to the object of the search, must be known.
trials as (
    select
        search_month,
        'self-defined' as ethnicity_basis,
        coalesce(ethnic_group, 'Not stated') as ethnic_group,
        'arrest' as outcome,
        case when outcome_group = 'arrest' then 1 else 0 end as events
    from of_people
    where outcome_group is not null
    union all
    select
        search_month,
        'self-defined' as ethnicity_basis,
        coalesce(ethnic_group, 'Not stated') as ethnic_group,
        'find' as outcome,
        case when is_outcome_linked then 1 else 0 end as events
    from of_people
    where is_outcome_linked is not null
    union all
    select
        search_month,
        'officer-defined' as ethnicity_basis,
        coalesce(officer_defined_ethnicity, 'Not stated') as ethnic_group,
        'arrest' as outcome,
        case when outcome_group = 'arrest' then 1 else 0 end as events
    from of_people
    where outcome_group is not null
    union all
    select
        search_month,
        'officer-defined' as ethnicity_basis,
        coalesce(officer_defined_ethnicity, 'Not stated') as ethnic_group,
        'find' as outcome,
        case when is_outcome_linked then 1 else 0 end as events
    from of_people
    where is_outcome_linked is not null
),

monthly as (
    select
        search_month,
        ethnicity_basis,
        ethnic_group,
        outcome,
        count(*) as searches,
        sum(events) as outcomes
    from trials
    group by search_month, ethnicity_basis, ethnic_group, outcome
),

rolled_months as (
    select
        month_end as period_end,
        min(month_start) over last_12_months as period_start,
        sum(case when reported_series > 0 then 1 else 0 end) over last_12_months
            as reported_months
    from list_months
    where feed = 'police_stop_search'
    window last_12_months as (order by month_start rows between 11 preceding and current row)
),

windows as (
    select
        period_start,
        period_end
    from rolled_months
    where reported_months = 12
),

summed as (
    select
        monthly.ethnicity_basis,
        monthly.outcome,
        windows.period_start,
        windows.period_end,
        monthly.ethnic_group,
        cast(sum(monthly.searches) as bigint) as searches,
        cast(sum(monthly.outcomes) as bigint) as outcomes
    from windows
    inner join monthly on monthly.search_month between windows.period_start and windows.period_end
    group by
        monthly.ethnicity_basis, monthly.outcome, windows.period_start, windows.period_end,
        monthly.ethnic_group
),

final as (
    select
        ethnicity_basis,
        outcome,
        period_start,
        period_end,
        ethnic_group,
        searches,
        outcomes
    from summed
)

select * from final
