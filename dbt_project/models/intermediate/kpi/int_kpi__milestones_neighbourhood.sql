with milestones as (
    select * from {{ ref('fct_milestone') }}
),

order_versions as (
    select * from {{ ref('dim_pspo') }}
),

funding_lines as (
    select * from {{ ref('fct_funding_line') }}
),

-- The newest order of each restriction and area, as the register has it now.
orders as (
    select
        *,
        restriction_code || ', ' || area as order_name
    from (
        select
            *,
            row_number() over (
                partition by restriction_code, area
                order by in_force_from desc, valid_from desc, pspo_id desc
            ) as order_rank
        from order_versions
    ) as ranked
    where order_rank = 1
),

final as (
    select
        cast('K011' as text) as kpi_id,
        cast(order_name || ': in force' as text) as item,
        cast('IN_FORCE' as text) as stated_text,
        in_force_from as stated_on,
        cast(case when is_current then 'IN_REGISTER' else 'WITHDRAWN' end as text) as status,
        valid_from as event_date
    from orders
    union all
    select
        cast('K011' as text) as kpi_id,
        cast(order_name || ': expires' as text) as item,
        cast('EXPIRES' as text) as stated_text,
        expires_on as stated_on,
        cast(case when is_current then 'IN_REGISTER' else 'WITHDRAWN' end as text) as status,
        valid_from as event_date
    from orders
    union all
    select
        cast(
            case programme
                when 'NEIGHBOURHOOD_MANAGEMENT' then 'K001'
                when 'NET' then 'K002'
                when 'ASB_AWARENESS_WEEK' then 'K010'
                when 'PSPO' then 'K012'
            end as text
        ) as kpi_id,
        cast(title as text) as item,
        cast(kind as text) as stated_text,
        done_on as stated_on,
        cast(status as text) as status,
        recorded_on as event_date
    from milestones
    where programme in ('NEIGHBOURHOOD_MANAGEMENT', 'NET', 'ASB_AWARENESS_WEEK', 'PSPO')
    union all
    select
        cast('K027' as text) as kpi_id,
        cast(title as text) as item,
        cast(stage as text) as stated_text,
        recorded_on as stated_on,
        cast(status as text) as status,
        recorded_on as event_date
    from funding_lines
    where programme = 'CCTV_UPGRADE' and kind = 'budget' and stage is not null
)

select * from final
