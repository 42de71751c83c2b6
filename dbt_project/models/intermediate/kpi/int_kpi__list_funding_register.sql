with versions as (
    select * from {{ ref('stg_programme__funding_line') }}
),

register_months as (
    select * from {{ ref('int_kpi__list_register_months') }}
    where feed = 'programme_funding_line'
),

-- Of each line the newest version by the month's end, as it was sent last.
ranked as (
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

final as (
    select
        month_end,
        line_id,
        programme,
        kind,
        case
            when amount_basis = 'per_annum' then amount_gbp * coalesce(term_months, 12) / 12.0
            else amount_gbp
        end as whole_amount_gbp,
        wards_live,
        unit,
        units_planned,
        units_delivered
    from ranked
    where version_rank = 1 and status <> 'CANCELLED'
)

select * from final
