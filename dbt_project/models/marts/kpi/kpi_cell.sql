{{ config(schema='restricted', tags=['kpi_stage']) }}

with catalogue as (
    select * from {{ ref('kpi_catalogue') }}
),

areas as (
    select * from {{ ref('dim_area') }}
),

populations as (
    select * from {{ ref('dim_population') }}
),

series_months as (
    select * from {{ ref('int_kpi__list_series_months') }}
),

periods as (
    select * from {{ ref('int_kpi__list_periods') }}
),

sums as (
    select * from {{ ref('int_kpi__sum_periods') }}
),

months as (
    select * from {{ ref('int_kpi__list_months') }}
),

kpi_areas as (
    select
        area_code,
        area_kind,
        population_mid2020
    from areas
    where area_kind in ('borough', 'ward')
),

workday as (
    select
        reported_area_code as area_code,
        workday_population,
        row_number() over (partition by reported_area_code order by mid_year desc) as recency
    from populations
    where workday_population is not null
),

-- What holds until the next one reaches as far as the others do, or stands alone.
warehouse_end as (
    select
        coalesce(
            max(case when not holds_until_next then month_start end), max(month_start)
        ) as month_start,
        coalesce(
            max(case when not holds_until_next then month_end end), max(month_end)
        ) as month_end
    from months
),

maturing as (
    select
        periods.*,
        cast(
            {{ month_start('periods.period_end') }}
            + catalogue.matures_after_months * interval '1 month' as date
        ) as matures_from
    from periods
    inner join catalogue
        on
            periods.kpi_id = catalogue.kpi_id
            and periods.breakdown = catalogue.breakdown
),

framed as (
    select
        periods.kpi_id,
        periods.breakdown,
        catalogue.method,
        catalogue.per,
        catalogue.disclosure_class,
        catalogue.definition_version,
        catalogue.unit,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        kpi_areas.area_code,
        kpi_areas.area_kind,
        sums.numerator,
        case
            when catalogue.method = 'rate' and catalogue.denominator_kind = 'workday'
                then workday.workday_population
            when catalogue.method = 'rate' then kpi_areas.population_mid2020
            else sums.denominator
        end as denominator,
        sums.observed_value,
        case
            when
                periods.reported_series > 0
                and {{ month_start('periods.as_of') }} < periods.matures_from
                then 'not_mature'
            when periods.reported_series = 0 and periods.ruled_out_series > 0 then 'not_reported'
            when periods.reported_series = 0 then 'missing'
            -- A share of what stands at the end of a month is there, or was not taken.
            when
                catalogue.aggregation = 'latest'
                and catalogue.method = 'share'
                and sums.kpi_id is null
                then 'not_reported'
            when periods.most_missing > 0 or periods.partly_ruled_out_series > 0 then 'partial'
            else 'reported'
        end as status,
        case
            when periods.reported_series = 0 then 'not stated'
            when {{ month_start('periods.as_of') }} < periods.matures_from then 'not mature'
            when periods.provisional_releases > 0 then 'provisional'
            when periods.unstated_releases > 0 then 'not stated'
            else 'settled'
        end as maturity,
        -- Feeds that have reported nothing reach as far as what was looked at.
        coalesce(periods.as_of, warehouse_end.month_end) as as_of
    from maturing as periods
    cross join warehouse_end
    inner join catalogue
        on
            periods.kpi_id = catalogue.kpi_id
            and periods.breakdown = catalogue.breakdown
    inner join kpi_areas on {{ is_listed('kpi_areas.area_kind', 'catalogue.areas') }}
    left join workday
        on
            kpi_areas.area_code = workday.area_code
            and workday.recency = 1
    left join sums
        on
            periods.kpi_id = sums.kpi_id
            and periods.breakdown = sums.breakdown
            and periods.period_kind = sums.period_kind
            and periods.period_start = sums.period_start
            and periods.period_end = sums.period_end
            and kpi_areas.area_code = sums.area_code
),

-- Nothing counted in a reported period is a true zero; elsewhere it is unknown.
counted as (
    select
        kpi_id,
        breakdown,
        method,
        per,
        disclosure_class,
        definition_version,
        unit,
        period_kind,
        period_start,
        period_end,
        area_code,
        area_kind,
        case when status in ('reported', 'partial') then coalesce(numerator, 0) end as numerator,
        case
            when status not in ('reported', 'partial') then null
            when method in ('share', 'ratio') then coalesce(denominator, 0)
            else denominator
        end as denominator,
        case when status in ('reported', 'partial') then observed_value end as observed_value,
        status,
        maturity,
        as_of
    from framed
),

heard as (
    select distinct
        kpi_id,
        breakdown
    from periods
),

started as (
    select distinct
        kpi_id,
        breakdown
    from series_months
    where reported_series > 0 or ruled_out_series = 0
),

-- A KPI without a whole period yet: its feeds have sent nothing that counts, or not long enough.
unheard as (
    select
        catalogue.kpi_id,
        catalogue.breakdown,
        catalogue.method,
        catalogue.per,
        catalogue.disclosure_class,
        catalogue.definition_version,
        catalogue.unit,
        catalogue.main_period as period_kind,
        warehouse_end.month_start as period_start,
        warehouse_end.month_end as period_end,
        kpi_areas.area_code,
        kpi_areas.area_kind,
        cast(null as double precision) as numerator,
        cast(null as double precision) as denominator,
        cast(null as double precision) as observed_value,
        case when started.kpi_id is null then 'not_reported' else 'not_mature' end as status,
        case when started.kpi_id is null then 'not stated' else 'not mature' end as maturity,
        warehouse_end.month_end as as_of
    from catalogue
    cross join warehouse_end
    inner join kpi_areas on kpi_areas.area_kind = 'borough'
    left join heard
        on
            catalogue.kpi_id = heard.kpi_id
            and catalogue.breakdown = heard.breakdown
    left join started
        on
            catalogue.kpi_id = started.kpi_id
            and catalogue.breakdown = started.breakdown
    where
        catalogue.status = 'computed'
        and catalogue.method not in ('change', 'milestone')
        and heard.kpi_id is null
),

base_cells as (
    select * from counted
    union all
    select * from unheard
),

{{ kpi_changes('base_cells') }},

cells as (
    select * from base_cells
    union all
    select * from change_cells
),

final as (
    select
        kpi_id,
        breakdown,
        period_kind,
        period_start,
        period_end,
        area_code,
        area_kind,
        method,
        cast(per as integer) as per,
        unit,
        disclosure_class,
        definition_version,
        numerator,
        cast(denominator as double precision) as denominator,
        observed_value,
        {{ round_to(kpi_value()) }} as value,
        maturity,
        status,
        as_of
    from cells
)

select * from final
