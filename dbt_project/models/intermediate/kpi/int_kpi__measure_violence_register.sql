with milestones as (
    select * from {{ ref('fct_milestone') }}
),

funding_lines as (
    select * from {{ ref('fct_funding_line') }}
),

days as (
    select * from {{ ref('dim_date') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

newest_release as (
    select max(period_start) as period_start from releases
),

months as (
    select days.month_start
    from days
    inner join newest_release
        on days.date_day = days.month_start and days.month_start <= newest_release.period_start
),

-- Money of each year counts for all its years; a grant is held from when it is written down or its
-- year begins, whichever is first, until its term is over.
awards as (
    select
        {{ month_start('recorded_on') }} as recorded_month,
        cast(left(financial_year, 4) || '-04-01' as date) as year_start,
        term_months,
        case
            when amount_basis = 'per_annum'
                then amount_gbp * coalesce(term_months, 12) / cast(12 as double precision)
            else amount_gbp
        end as amount_gbp
    from funding_lines
    where
        programme = 'MY_ENDS'
        and kind = 'award'
        and status in ('SUCCESSFUL', 'ACTIVE', 'COMPLETE')
        and financial_year is not null
),

snapshots as (
    select
        'K075' as kpi_id,
        'all' as breakdown,
        months.month_start as event_date,
        sum(awards.amount_gbp) as numerator
    from awards
    inner join months
        on
            least(awards.recorded_month, awards.year_start) <= months.month_start
            and (
                awards.term_months is null
                or {{ months_between('awards.year_start', 'months.month_start') }}
                < awards.term_months
            )
    group by months.month_start
    union all
    select
        'K083' as kpi_id,
        'champions' as breakdown,
        months.month_start as event_date,
        sum(milestones.figure) as numerator
    from milestones
    inner join months on {{ month_start('milestones.done_on') }} <= months.month_start
    where
        milestones.programme = 'WOMENS_SAFETY'
        and milestones.kind = 'SIGNED'
        and milestones.status = 'DONE'
    group by months.month_start
),

final as (
    select
        kpi_id,
        breakdown,
        event_date,
        'unplaced' as ward_code,
        cast(numerator as double precision) as numerator,
        cast(null as double precision) as denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(null as double precision) as observed
    from snapshots
)

select * from final
