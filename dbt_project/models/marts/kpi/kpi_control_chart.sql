with observations as (
    select * from {{ ref('kpi_observation') }}
),

kpis as (
    select * from {{ ref('dim_kpi') }}
),

breaks as (
    select * from {{ ref('kpi_break') }}
),

decisions as (
    select * from {{ ref('spc_baseline') }}
),

-- What stands at a month's end is much the same as a month before, so that limits made of its
-- small moves would mean nothing; such figures have no chart.
months as (
    select
        observations.kpi_id,
        observations.breakdown,
        observations.area_code,
        observations.period_start,
        observations.period_end,
        observations.value,
        kpis.method,
        kpis.direction,
        min(observations.period_start) over (
            partition by observations.kpi_id, observations.breakdown, observations.area_code
        ) as first_month
    from observations
    inner join kpis
        on
            observations.kpi_id = kpis.kpi_id
            and observations.breakdown = kpis.breakdown
    where observations.period_kind = 'month' and kpis.aggregation <> 'latest'
),

-- A series starts anew where its definition broke, and where a decision set a new baseline.
restarts as (
    select
        kpi_id,
        breakdown,
        cast(null as text) as area_code,
        month as starts_on,
        cast(null as date) as baseline_end,
        reason
    from breaks
    union all
    select
        kpi_id,
        breakdown,
        area_code,
        {{ month_start('baseline_start') }} as starts_on,
        baseline_end,
        decision as reason
    from decisions
),

placed as (
    select
        months.*,
        greatest(months.first_month, coalesce(restarts.starts_on, months.first_month))
            as segment_start,
        case
            when restarts.starts_on >= months.first_month then restarts.reason
            else 'start of the series'
        end as segment_reason,
        restarts.baseline_end,
        row_number() over (
            partition by
                months.kpi_id, months.breakdown, months.area_code, months.period_start
            order by
                case when restarts.starts_on is null then 1 else 0 end,
                restarts.starts_on desc,
                case when restarts.area_code is null then 1 else 0 end
        ) as nearness
    from months
    left join restarts
        on
            months.kpi_id = restarts.kpi_id
            and months.breakdown = restarts.breakdown
            and months.area_code = coalesce(restarts.area_code, months.area_code)
            and months.period_start >= restarts.starts_on
),

numbered as (
    select
        kpi_id,
        breakdown,
        area_code,
        period_start,
        period_end,
        value,
        method,
        direction,
        segment_start,
        segment_reason,
        baseline_end,
        count(value) over (
            partition by kpi_id, breakdown, area_code, segment_start
        ) as points_in_segment,
        count(value) over (
            partition by kpi_id, breakdown, area_code, segment_start
            order by period_start
            rows between unbounded preceding and current row
        ) as point_number,
        abs(value - lag(value) over (
            partition by kpi_id, breakdown, area_code, segment_start order by period_start
        )) as moving_range
    from placed
    where nearness = 1
),

with_baseline as (
    select
        *,
        value is not null and case
            when baseline_end is null then point_number <= {{ var('spc_baseline_points') }}
            else period_end <= baseline_end
        end as is_baseline
    from numbered
),

averaged as (
    select
        *,
        sum(case when is_baseline then 1 else 0 end) over a_segment as baseline_points,
        avg(case when is_baseline then value end) over a_segment as mean_value,
        avg(case when is_baseline then moving_range end) over a_segment as mean_range
    from with_baseline
    window a_segment as (partition by kpi_id, breakdown, area_code, segment_start)
),

-- Limits are rounded before anything is compared with them, so that engines agree.
limited as (
    select
        *,
        case
            when baseline_points >= {{ var('spc_baseline_points') }} and mean_range is not null
                then {{ round_to('mean_value') }}
        end as centre,
        {{ round_to('mean_value - 2.66 * mean_range') }} as natural_lower,
        {{ round_to('mean_value + 2.66 * mean_range') }} as natural_upper,
        {{ round_to('mean_value - 1.33 * mean_range') }} as halfway_down,
        {{ round_to('mean_value + 1.33 * mean_range') }} as halfway_up,
        {{ round_to('3.268 * mean_range') }} as natural_range_limit
    from averaged
),

bounded as (
    select
        *,
        case
            when centre is null then null
            when method <> 'change' and natural_lower < 0 then 0
            else natural_lower
        end as lower_limit,
        case when centre is not null then natural_upper end as upper_limit,
        case when centre is not null then natural_range_limit end as range_limit,
        case when value > centre then 1 else 0 end as is_above,
        case when value < centre then 1 else 0 end as is_below,
        case when value > halfway_up then 1 else 0 end as is_near_upper,
        case when value < halfway_down then 1 else 0 end as is_near_lower,
        case when value > lag(value) over in_segment then 1 else 0 end as is_rise,
        case when value < lag(value) over in_segment then 1 else 0 end as is_fall
    from limited
    window in_segment as (
        partition by kpi_id, breakdown, area_code, segment_start order by period_start
    )
),

-- A month without a value ends every run.
runs as (
    select
        *,
        sum(is_above) over eight as above_of_8,
        sum(is_below) over eight as below_of_8,
        sum(is_near_upper) over four as near_upper_of_4,
        sum(is_near_lower) over four as near_lower_of_4,
        sum(is_rise) over five as rises_of_5,
        sum(is_fall) over five as falls_of_5
    from bounded
    window
        eight as (
            partition by kpi_id, breakdown, area_code, segment_start order by period_start
            rows between 7 preceding and current row
        ),
        four as (
            partition by kpi_id, breakdown, area_code, segment_start order by period_start
            rows between 3 preceding and current row
        ),
        five as (
            partition by kpi_id, breakdown, area_code, segment_start order by period_start
            rows between 4 preceding and current row
        )
),

judged as (
    select
        *,
        case
            when value is null then 'no_value'
            when centre is null then 'too_few_points'
            when value > upper_limit or value < lower_limit then 'outside'
            when above_of_8 = 8 or below_of_8 = 8 then 'shift'
            when
                (is_near_upper = 1 and near_upper_of_4 >= 3)
                or (is_near_lower = 1 and near_lower_of_4 >= 3)
                then 'near_limit'
            when rises_of_5 = 5 or falls_of_5 = 5 then 'trend'
            else 'none'
        end as signal
    from runs
),

described as (
    select
        *,
        case signal
            when 'outside' then value > upper_limit
            when 'shift' then above_of_8 = 8
            when 'near_limit' then is_near_upper = 1
            when 'trend' then rises_of_5 = 5
        end as is_upward
    from judged
),

final as (
    select
        kpi_id,
        breakdown,
        area_code,
        period_start,
        period_end,
        value,
        segment_start,
        segment_reason,
        points_in_segment,
        is_baseline,
        centre,
        lower_limit,
        upper_limit,
        {{ round_to('moving_range') }} as moving_range,
        range_limit,
        signal,
        case signal
            when 'no_value' then 'no value'
            when 'too_few_points'
                then 'fewer than {{ var("spc_baseline_points") }} points, no limits yet'
            when 'none' then 'no signal, within ordinary variation'
            when 'outside'
                then case
                    when is_upward then 'above the upper limit' else 'below the lower limit'
                end
            when 'shift'
                then case
                    when is_upward then 'eight in a row above the centre'
                    else 'eight in a row below the centre'
                end
            when 'near_limit'
                then case
                    when is_upward then 'three of four near the upper limit'
                    else 'three of four near the lower limit'
                end
            else case when is_upward then 'six in a row rising' else 'six in a row falling' end
        end || case
            when is_upward is null or direction not in ('higher', 'lower') then ''
            when is_upward = (direction = 'higher') then ': better'
            else ': worse'
        end as spc_status
    from described
)

select * from final
