with actions as (
    select * from {{ ref('fct_enforcement_action') }}
    where status <> 'CANCELLED'
),

notices as (
    select * from {{ ref('fct_fixed_penalty_notice') }}
    where is_counted
),

order_versions as (
    select * from {{ ref('dim_pspo') }}
),

patrols as (
    select * from {{ ref('fct_patrol') }}
    where team in ('NET', 'PTF')
),

releases as (
    select * from {{ ref('fct_release') }}
),

days as (
    select * from {{ ref('dim_date') }}
),

-- Newest version of each order; one that left the register ended on its last day there.
orders as (
    select
        pspo_id,
        restriction_code,
        made_on,
        renewed_from_id,
        in_force_from,
        least(expires_on, coalesce(valid_to, expires_on)) as ended_on,
        expires_on
    from (
        select
            *,
            row_number() over (partition by pspo_id order by valid_from desc) as version_rank
        from order_versions
    ) as ranked
    where version_rank = 1
),

register as (
    select
        {{ month_start('min(period_start)') }} as first_month,
        {{ month_start('max(period_start)') }} as last_month
    from releases
    where feed = 'asb_pspo' and is_current
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

-- A month in which no order was in force is a zero.
orders_in_force as (
    select
        register_months.month_end,
        count(orders.pspo_id) as orders_in_force
    from register_months
    left join orders
        on register_months.month_end between orders.in_force_from and orders.ended_on
    group by register_months.month_end
),

-- An order is due by the day it expires, when that lies within the register's time; one that was
-- withdrawn before needs no renewal.
due_orders as (
    select
        orders.pspo_id,
        orders.expires_on,
        max(case when successors.made_on <= orders.expires_on then 1 else 0 end) as was_renewed
    from orders
    inner join register
        on
            orders.expires_on >= register.first_month
            and orders.expires_on <= {{ month_end('register.last_month') }}
    left join orders as successors on orders.pspo_id = successors.renewed_from_id
    where orders.ended_on = orders.expires_on
    group by orders.pspo_id, orders.expires_on
),

patrol_days as (
    select
        event_date,
        team,
        cast(sum(extract(epoch from (end_at - start_at))) as double precision) / 3600 as hours,
        sum(engagements) as engagements
    from patrols
    group by event_date, team
),

nox_notices as (
    select notices.*
    from notices
    inner join orders on notices.pspo_id = orders.pspo_id
    where orders.restriction_code = 'NOX'
),

sums as (
    select
        'K002' as kpi_id,
        'all' as breakdown,
        event_date,
        hours as numerator,
        cast(null as double precision) as denominator
    from patrol_days
    union all
    select
        'K002' as kpi_id,
        lower(team) as breakdown,
        event_date,
        hours as numerator,
        cast(null as double precision) as denominator
    from patrol_days
    union all
    select
        'K003' as kpi_id,
        'all' as breakdown,
        event_date,
        count(*) as numerator,
        cast(null as double precision) as denominator
    from actions
    where action_type = 'ASB_WARNING'
    group by event_date
    union all
    select
        'K005' as kpi_id,
        'all' as breakdown,
        event_date,
        count(*) as numerator,
        cast(null as double precision) as denominator
    from actions
    where action_type = 'REFERRAL_TX'
    group by event_date
    union all
    -- Referrals and engagements are of two feeds, so each has its own rows.
    select
        'K005' as kpi_id,
        'per_engagement' as breakdown,
        event_date,
        count(*) as numerator,
        0 as denominator
    from actions
    where action_type = 'REFERRAL_TX'
    group by event_date
    union all
    select
        'K005' as kpi_id,
        'per_engagement' as breakdown,
        event_date,
        0 as numerator,
        engagements as denominator
    from patrol_days
    union all
    select
        'K011' as kpi_id,
        'all' as breakdown,
        month_end as event_date,
        orders_in_force as numerator,
        cast(null as double precision) as denominator
    from orders_in_force
    union all
    select
        'K012' as kpi_id,
        'all' as breakdown,
        expires_on as event_date,
        was_renewed as numerator,
        1 as denominator
    from due_orders
    union all
    select
        'K013' as kpi_id,
        'all' as breakdown,
        event_date,
        count(*) as numerator,
        cast(null as double precision) as denominator
    from nox_notices
    group by event_date
    union all
    select
        'K015' as kpi_id,
        'all' as breakdown,
        event_date,
        sum(case when is_paid_within_28_days then 1 else 0 end) as numerator,
        count(*) as denominator
    from notices
    where is_settled_for_28_days
    group by event_date
    union all
    select
        'K015' as kpi_id,
        'within_90_days' as breakdown,
        event_date,
        sum(case when is_paid_within_90_days then 1 else 0 end) as numerator,
        count(*) as denominator
    from notices
    where is_settled_for_90_days
    group by event_date
    union all
    select
        'K016' as kpi_id,
        'all' as breakdown,
        event_date,
        sum(case when prosecuted_on is not null then 1 else 0 end) as numerator,
        count(*) as denominator
    from notices
    where was_unpaid_when_due
    group by event_date
    union all
    select
        'K017' as kpi_id,
        'all' as breakdown,
        event_date,
        sum(seizure_qty) as numerator,
        cast(null as double precision) as denominator
    from actions
    where seizure_item in ('NOX_BOX', 'NOX_CANISTER')
    group by event_date
    union all
    select
        'K017' as kpi_id,
        case seizure_item when 'NOX_BOX' then 'boxes' else 'canisters' end as breakdown,
        event_date,
        sum(seizure_qty) as numerator,
        cast(null as double precision) as denominator
    from actions
    where seizure_item in ('NOX_BOX', 'NOX_CANISTER')
    group by seizure_item, event_date
    union all
    select
        'K018' as kpi_id,
        'all' as breakdown,
        event_date,
        count(*) as numerator,
        cast(null as double precision) as denominator
    from nox_notices
    where support_offered
    group by event_date
    union all
    select
        'K018' as kpi_id,
        'support_accepted' as breakdown,
        event_date,
        sum(case when support_accepted then 1 else 0 end) as numerator,
        count(*) as denominator
    from nox_notices
    where support_offered
    group by event_date
    union all
    -- A person whose age was not noted is in neither count.
    select
        'K018' as kpi_id,
        'aged_over_24' as breakdown,
        event_date,
        sum(case when subject_age_band in ('U18', '18_24') then 0 else 1 end) as numerator,
        count(*) as denominator
    from nox_notices
    where subject_age_band <> 'UNKNOWN'
    group by event_date
),

observations as (
    select
        'K014' as kpi_id,
        'all' as breakdown,
        event_date,
        amount_gbp as observed
    from nox_notices
    union all
    select
        'K014' as kpi_id,
        'court_fine' as breakdown,
        prosecuted_on as event_date,
        court_fine_gbp as observed
    from nox_notices
    where prosecuted_on is not null and court_fine_gbp is not null
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
