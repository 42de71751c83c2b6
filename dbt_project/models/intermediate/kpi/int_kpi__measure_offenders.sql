with cohort_months as (
    select * from {{ ref('fct_iom_cohort_month') }}
),

nominals as (
    select * from {{ ref('dim_iom_nominal') }}
),

reoffences as (
    select * from {{ ref('fct_iom_reoffence') }}
),

milestones as (
    select * from {{ ref('fct_milestone') }}
),

engaged_counts as (
    select * from {{ ref('int_linkage__count_engaged') }}
),

-- Who was managed on any day of a month.
managed_months as (
    select
        cohort_month,
        nominal_token,
        deselected_on
    from cohort_months
    where deselected_on is null or deselected_on >= cohort_month
),

-- The local proxy: re-arrests and re-charges of people who were of the cohort on the day.
cohort_offences as (
    select
        reoffences.event_token,
        reoffences.nominal_token,
        reoffences.offence_on,
        reoffences.offence_month
    from reoffences
    inner join managed_months
        on
            reoffences.nominal_token = managed_months.nominal_token
            and reoffences.offence_month = managed_months.cohort_month
    where
        reoffences.is_counted_proxy
        and reoffences.offence_on <= coalesce(managed_months.deselected_on, reoffences.offence_on)
),

-- Only counts leave the linkage, and none whose interval is too wide or whose links are too often
-- false.
engaged as (
    select
        month_start,
        case when variant = 'open_journey' then 'all' else variant end as breakdown,
        engaged_people,
        class_a_people,
        cohort_people
    from engaged_counts
    where is_publishable
),

-- The ministry's way: each person from the day of adoption, with every proven re-offence that
-- counts.
proven_by_nominal as (
    select
        nominals.nominal_token,
        nominals.adopted_on,
        sum(case when reoffences.is_counted_proven then 1 else 0 end) as proven_reoffences,
        max(case when reoffences.is_counted_proven then 1 else 0 end) as has_reoffended
    from nominals
    left join reoffences on nominals.nominal_token = reoffences.nominal_token
    group by nominals.nominal_token, nominals.adopted_on
),

-- Before the framework was rolled out is the twelve months that end with the month before.
baseline as (
    select {{ add_months(month_start('min(done_on)'), -1) }} as last_month
    from milestones
    where programme = 'IOM' and kind = 'ROLLED_OUT' and status = 'DONE'
),

register_start as (
    select min(cohort_month) as first_month from cohort_months
),

whole_windows as (
    select distinct
        cohort_months.cohort_month as last_month,
        {{ add_months('cohort_months.cohort_month', -11) }} as first_month
    from cohort_months
    inner join register_start
        on register_start.first_month <= {{ add_months('cohort_months.cohort_month', -11) }}
),

window_offenders as (
    select
        whole_windows.last_month,
        count(distinct cohort_offences.nominal_token) as offenders
    from whole_windows
    left join cohort_offences
        on
            cohort_offences.offence_month
            between whole_windows.first_month and whole_windows.last_month
    group by whole_windows.last_month
),

window_cohorts as (
    select
        whole_windows.last_month,
        count(distinct managed_months.nominal_token) as cohort
    from whole_windows
    inner join managed_months
        on
            managed_months.cohort_month
            between whole_windows.first_month and whole_windows.last_month
    group by whole_windows.last_month
),

-- Counts of people come rounded, so that a change says no more than the shares that are shown.
window_rates as (
    select
        window_cohorts.last_month,
        100.0
        * floor(window_offenders.offenders / 5.0 + 0.5)
        / floor(window_cohorts.cohort / 5.0 + 0.5) as reoffending_rate
    from window_cohorts
    inner join window_offenders on window_cohorts.last_month = window_offenders.last_month
    where window_offenders.offenders not between 1 and 4 and window_cohorts.cohort >= 20
),

reoffending_changes as (
    select
        window_rates.last_month,
        window_rates.reoffending_rate - rates_before.reoffending_rate as points_changed
    from window_rates
    cross join baseline
    inner join window_rates as rates_before on baseline.last_month = rates_before.last_month
    where window_rates.last_month > baseline.last_month
),

counts as (
    select
        'K060' as kpi_id,
        'all' as breakdown,
        cohort_month as event_date,
        'unplaced' as ward_code,
        1 as numerator,
        cast(null as integer) as denominator
    from cohort_months
    where is_managed
    union all
    select
        'K060' as kpi_id,
        lower(cohort_type) as breakdown,
        cohort_month as event_date,
        'unplaced' as ward_code,
        1 as numerator,
        null as denominator
    from cohort_months
    where is_managed
    union all
    select
        'K063' as kpi_id,
        'all' as breakdown,
        cohort_month as event_date,
        'unplaced' as ward_code,
        case when is_class_a then 1 else 0 end as numerator,
        1 as denominator
    from cohort_months
    where is_managed
    union all
    select
        'K064' as kpi_id,
        breakdown,
        month_start as event_date,
        'unplaced' as ward_code,
        engaged_people as numerator,
        class_a_people as denominator
    from engaged
    union all
    select
        'K065' as kpi_id,
        breakdown,
        month_start as event_date,
        'unplaced' as ward_code,
        engaged_people as numerator,
        cohort_people as denominator
    from engaged
    {%- for kpi_id, breakdown in [('K061', 'moj_style'), ('S25', 'binary')] %}
        union all
        select
            '{{ kpi_id }}' as kpi_id,
            '{{ breakdown }}' as breakdown,
            adopted_on as event_date,
            'unplaced' as ward_code,
            has_reoffended as numerator,
            1 as denominator
        from proven_by_nominal
    {%- endfor %}
    {%- for kpi_id, breakdown in [('K066', 'moj_style'), ('S25', 'frequency')] %}
        union all
        select
            '{{ kpi_id }}' as kpi_id,
            '{{ breakdown }}' as breakdown,
            adopted_on as event_date,
            'unplaced' as ward_code,
            proven_reoffences as numerator,
            has_reoffended as denominator
        from proven_by_nominal
    {%- endfor %}
    union all
    select
        'S25' as kpi_id,
        'per_offender' as breakdown,
        adopted_on as event_date,
        'unplaced' as ward_code,
        proven_reoffences as numerator,
        1 as denominator
    from proven_by_nominal
),

-- People and events that count once in a window, however many of its months they are in.
subjects as (
    select
        'K061' as kpi_id,
        'all' as breakdown,
        cohort_month as event_date,
        null as numerator_subject,
        nominal_token as denominator_subject
    from managed_months
    union all
    select
        'K061' as kpi_id,
        'all' as breakdown,
        offence_on as event_date,
        nominal_token as numerator_subject,
        null as denominator_subject
    from cohort_offences
    union all
    select
        'K066' as kpi_id,
        'all' as breakdown,
        offence_on as event_date,
        event_token as numerator_subject,
        nominal_token as denominator_subject
    from cohort_offences
),

final as (
    select
        kpi_id,
        breakdown,
        event_date,
        ward_code,
        cast(sum(numerator) as double precision) as numerator,
        cast(sum(denominator) as double precision) as denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(null as double precision) as observed
    from counts
    group by kpi_id, breakdown, event_date, ward_code
    union all
    select
        kpi_id,
        breakdown,
        event_date,
        'unplaced' as ward_code,
        cast(null as double precision) as numerator,
        cast(null as double precision) as denominator,
        cast(numerator_subject as text) as numerator_subject,
        cast(denominator_subject as text) as denominator_subject,
        cast(null as double precision) as observed
    from subjects
    union all
    select
        'K062' as kpi_id,
        'all' as breakdown,
        last_month as event_date,
        'unplaced' as ward_code,
        cast(null as double precision) as numerator,
        cast(null as double precision) as denominator,
        cast(null as text) as numerator_subject,
        cast(null as text) as denominator_subject,
        cast(points_changed as double precision) as observed
    from reoffending_changes
)

select * from final
