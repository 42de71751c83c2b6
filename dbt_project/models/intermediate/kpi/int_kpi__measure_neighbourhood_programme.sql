with line_versions as (
    select * from {{ ref('stg_programme__funding_line') }}
),

indicators as (
    select * from {{ ref('fct_published_indicator') }}
),

areas as (
    select * from {{ ref('dim_area') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

days as (
    select * from {{ ref('dim_date') }}
),

versions as (
    select
        *,
        case
            when amount_basis = 'per_annum' then amount_gbp * coalesce(term_months, 12) / 12.0
            else amount_gbp
        end as whole_amount_gbp
    from line_versions
),

register as (
    select
        {{ month_start('min(period_start)') }} as first_month,
        {{ month_start('max(period_start)') }} as last_month
    from releases
    where feed = 'programme_funding_line' and is_current
),

register_months as (
    select
        days.month_start,
        days.month_end
    from register
    inner join days
        on
            days.date_day = days.month_start
            and days.date_day between register.first_month and register.last_month
),

-- The register as it stood at the end of each month: of each line the newest version by then, as
-- it was sent last.
ranked_lines as (
    select
        register_months.month_end,
        versions.*,
        row_number() over (
            partition by register_months.month_end, versions.line_id
            order by
                versions.record_version desc,
                versions.delivery_order desc,
                versions.source_line desc
        ) as version_rank
    from register_months
    inner join versions on register_months.month_end >= versions.recorded_on
),

lines as (
    select * from ranked_lines
    where version_rank = 1 and status <> 'CANCELLED'
),

wards as (
    select count(*) as ward_count
    from areas
    where area_kind = 'ward'
),

coverage as (
    select
        register_months.month_end,
        coalesce(max(lines.wards_live), 0) as wards_live,
        max(wards.ward_count) as ward_count
    from register_months
    cross join wards
    left join lines
        on
            register_months.month_end = lines.month_end
            and lines.programme = 'NEIGHBOURHOOD_MANAGEMENT'
            and lines.kind = 'wards_live'
    group by register_months.month_end
),

upgrade as (
    select
        month_end,
        sum(case when kind = 'budget' then whole_amount_gbp end) as budget_gbp,
        sum(case when kind = 'spend' then whole_amount_gbp else 0 end) as spend_gbp,
        sum(case when kind = 'budget' and unit = 'cameras' then units_planned end)
            as cameras_planned,
        sum(case when kind = 'budget' and unit = 'cameras' then units_delivered end)
            as cameras_replaced
    from lines
    where programme = 'CCTV_UPGRADE' and kind in ('budget', 'spend')
    group by month_end
),

sums as (
    select
        'K001' as kpi_id,
        'all' as breakdown,
        month_end as event_date,
        wards_live as numerator,
        ward_count as denominator
    from coverage
    union all
    select
        'K027' as kpi_id,
        'all' as breakdown,
        month_end as event_date,
        spend_gbp as numerator,
        budget_gbp as denominator
    from upgrade
    union all
    select
        'K027' as kpi_id,
        'cameras' as breakdown,
        month_end as event_date,
        cameras_replaced as numerator,
        cameras_planned as denominator
    from upgrade
    union all
    select
        'K027' as kpi_id,
        'budget' as breakdown,
        month_end as event_date,
        budget_gbp as numerator,
        cast(null as double precision) as denominator
    from upgrade
    union all
    select
        'K027' as kpi_id,
        'spend' as breakdown,
        month_end as event_date,
        spend_gbp as numerator,
        cast(null as double precision) as denominator
    from upgrade
),

observations as (
    select
        'S30' as kpi_id,
        'all' as breakdown,
        span_end as event_date,
        value as observed
    from indicators
    where
        indicator_code = 'FEELS_SAFE'
        and reported_area_code = '{{ var("borough_code") }}'
),

final as (
    select
        kpi_id,
        breakdown,
        event_date,
        'unplaced' as ward_code,
        cast(numerator as double precision) as numerator,
        cast(denominator as double precision) as denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(null as double precision) as observed
    from sums
    union all
    select
        kpi_id,
        breakdown,
        event_date,
        'unplaced' as ward_code,
        cast(null as double precision) as numerator,
        cast(null as double precision) as denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(observed as double precision) as observed
    from observations
)

select * from final
