-- The wards can miss events whose ward is unknown, so they add up to the borough at most.
with observations as (
    select * from {{ ref('kpi_observation') }}
),

totals as (
    select
        kpi_id,
        breakdown,
        period_kind,
        period_start,
        sum(case when area_kind = 'ward' then numerator end) as in_wards,
        sum(case when area_kind = 'borough' then numerator end) as in_borough
    from observations
    group by kpi_id, breakdown, period_kind, period_start
)

select * from totals
where in_wards > in_borough
