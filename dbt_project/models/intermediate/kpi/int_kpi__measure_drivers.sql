{# Metrics of the ADDER return and the breakdowns that they are; a new one is a line here. #}
{%- set adder_breakdowns = [
    ('K047', 'arrests', 'ARREST'),
    ('K047', 'seizures', 'SEIZURE'),
    ('K047', 'cash_seized', 'CASH_SEIZED_GBP'),
    ('K047', 'trafficking_charges', 'CHARGE_TRAFFICKING'),
    ('K047', 'weapon_charges', 'CHARGE_WEAPON'),
    ('K052', 'monitoring', 'DRD'),
    ('K053', 'justice_referrals', 'CJS_REFERRAL'),
    ('K055', 'all', 'OCG_DISRUPT'),
    ('K055', 'high_harm_arrests', 'ARREST_HIGH_HARM'),
    ('K057', 'possession_disposals', 'OOCD_POSSESSION'),
    ('K058', 'all', 'TX_NUMBERS'),
    ('K059', 'all', 'NALOXONE_KITS'),
    ('S32', 'disruptions', 'OCG_DISRUPT'),
    ('S32', 'trafficking_charges', 'CHARGE_TRAFFICKING'),
    ('S32', 'seizures', 'SEIZURE'),
    ('S32', 'drug_deaths', 'DRD'),
] -%}
{# Published figures and the breakdowns that they are. #}
{%- set published_breakdowns = [
    ('K052', 'all', 'DRUG_DEATHS_3Y'),
    ('K054', 'all', 'OCU_RATE'),
    ('S25', 'published_binary', 'PROVEN_REOFFENDING_BINARY'),
    ('S25', 'published_frequency', 'PROVEN_REOFFENDING_FREQUENCY'),
] -%}

with adder_returns as (
    select * from {{ ref('fct_adder_return') }}
),

published_indicators as (
    select * from {{ ref('fct_published_indicator') }}
),

funding_lines as (
    select * from {{ ref('fct_funding_line') }}
),

recorded_crimes as (
    select * from {{ ref('fct_recorded_crime') }}
),

crime_outcomes as (
    select * from {{ ref('fct_crime_outcome') }}
),

releases as (
    select * from {{ ref('fct_release') }}
),

days as (
    select * from {{ ref('dim_date') }}
),

months as (
    select
        month_start,
        month_end
    from days
    where date_day = month_start
),

-- Rows of a month that a person ruled not reported stay in the facts and out of the figures.
reported_releases as (
    select * from releases
    where is_current and is_reported
),

warehouse_end as (
    select max({{ month_start('period_start') }}) as last_month
    from releases
    where is_current
),

adder_values as (
    select
        metric_code,
        metric_month,
        metric_value
    from adder_returns
    where is_current and return_area_code = '{{ var("borough_code") }}'
),

-- What is published of a span of years holds from the last of its years until the next one.
published_spans as (
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

published_months as (
    select
        published_spans.indicator_code,
        published_spans.value,
        months.month_start
    from published_spans
    inner join months
        on
            published_spans.holds_from <= months.month_start
            and months.month_start < coalesce(
                published_spans.next_holds_from, cast('9999-12-31' as date)
            )
    inner join warehouse_end on months.month_start <= warehouse_end.last_month
),

dated_lines as (
    select
        programme,
        kind,
        recipient,
        amount_gbp,
        amount_basis,
        term_months,
        cast(left(financial_year, 4) || '-04-01' as date) as starts_on
    from funding_lines
    where financial_year is not null and amount_gbp is not null
),

-- An award stands from its first financial year to the end of its term, a year when none is said.
award_months as (
    select
        dated_lines.recipient,
        dated_lines.amount_basis,
        months.month_start,
        sum(dated_lines.amount_gbp) as amount_gbp,
        max(dated_lines.term_months) / 12.0 as term_years
    from dated_lines
    inner join months
        on
            dated_lines.starts_on <= months.month_start
            and {{ months_between('dated_lines.starts_on', 'months.month_start') }}
            < coalesce(dated_lines.term_months, 12)
    inner join warehouse_end on months.month_start <= warehouse_end.last_month
    where dated_lines.programme = 'ADDER' and dated_lines.kind = 'award'
    group by dated_lines.recipient, dated_lines.amount_basis, months.month_start
),

drug_related_crimes as (
    select
        recorded_crimes.crime_month,
        recorded_crimes.ward_code,
        recorded_crimes.harm_group,
        count(*) as crimes
    from recorded_crimes
    inner join reported_releases
        on
            reported_releases.feed = 'police_street_crime'
            and recorded_crimes.delivery_id = reported_releases.delivery_id
            and recorded_crimes.police_force = reported_releases.series
            and recorded_crimes.crime_month = reported_releases.period_start
    where
        recorded_crimes.borough_code = '{{ var("borough_code") }}'
        and recorded_crimes.harm_group in ('drugs', 'acquisitive')
    group by
        recorded_crimes.crime_month,
        recorded_crimes.ward_code,
        recorded_crimes.harm_group
),

drug_crimes as (
    select distinct crime_id
    from recorded_crimes
    where harm_group = 'drugs' and borough_code = '{{ var("borough_code") }}'
),

-- The first disposal of a crime counts; what a court made of a charge later is the same one.
ranked_disposals as (
    select
        crime_outcomes.crime_id,
        crime_outcomes.outcome_month,
        crime_outcomes.outcome_group,
        row_number() over (
            partition by crime_outcomes.crime_id
            order by crime_outcomes.outcome_month, crime_outcomes.outcome_number
        ) as disposal_number
    from crime_outcomes
    inner join drug_crimes on crime_outcomes.crime_id = drug_crimes.crime_id
    inner join reported_releases
        on
            reported_releases.feed = 'police_outcome'
            and crime_outcomes.delivery_id = reported_releases.delivery_id
            and crime_outcomes.police_force = reported_releases.series
            and crime_outcomes.outcome_month = reported_releases.period_start
    where crime_outcomes.outcome_group in ('charged', 'out of court')
),

drug_disposals as (
    select
        outcome_month,
        count(*) as disposals,
        sum(case when outcome_group = 'out of court' then 1 else 0 end) as out_of_court
    from ranked_disposals
    where disposal_number = 1
    group by outcome_month
),

counts as (
    {%- for kpi_id, breakdown, metric_code in adder_breakdowns %}
        select
            '{{ kpi_id }}' as kpi_id,
            '{{ breakdown }}' as breakdown,
            metric_month as event_date,
            'unplaced' as ward_code,
            metric_value as numerator,
            cast(null as double precision) as denominator
        from adder_values
        where metric_code = '{{ metric_code }}'
        union all
    {%- endfor %}
    {%- for kpi_id, breakdown, indicator_code in published_breakdowns %}
        select
            '{{ kpi_id }}' as kpi_id,
            '{{ breakdown }}' as breakdown,
            month_start as event_date,
            'unplaced' as ward_code,
            value as numerator,
            null as denominator
        from published_months
        where indicator_code = '{{ indicator_code }}'
        union all
    {%- endfor %}
    select
        'K048' as kpi_id,
        'all' as breakdown,
        starts_on as event_date,
        'unplaced' as ward_code,
        amount_gbp as numerator,
        null as denominator
    from dated_lines
    where programme = 'TREATMENT' and kind = 'budget'
    union all
    select
        'K050' as kpi_id,
        amount_basis as breakdown,
        month_start as event_date,
        'unplaced' as ward_code,
        amount_gbp as numerator,
        null as denominator
    from award_months
    where recipient = 'COUNCIL'
    union all
    select
        'K050' as kpi_id,
        amount_basis || '_years' as breakdown,
        month_start as event_date,
        'unplaced' as ward_code,
        term_years as numerator,
        null as denominator
    from award_months
    where recipient = 'COUNCIL' and term_years is not null
    union all
    select
        'K051' as kpi_id,
        'all' as breakdown,
        month_start as event_date,
        'unplaced' as ward_code,
        amount_gbp as numerator,
        null as denominator
    from award_months
    where recipient = 'CE_BCU'
    union all
    select
        'K053' as kpi_id,
        'all' as breakdown,
        crime_month as event_date,
        ward_code,
        crimes as numerator,
        null as denominator
    from drug_related_crimes
    union all
    select
        'K053' as kpi_id,
        harm_group as breakdown,
        crime_month as event_date,
        ward_code,
        crimes as numerator,
        null as denominator
    from drug_related_crimes
    union all
    select
        'K057' as kpi_id,
        'all' as breakdown,
        outcome_month as event_date,
        'unplaced' as ward_code,
        out_of_court as numerator,
        disposals as denominator
    from drug_disposals
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
)

select * from final
