with events as (
    select * from {{ ref('stg_iom__reoffence') }}
),

nominals as (
    select * from {{ ref('dim_iom_nominal') }}
),

as_of as (
    select {{ month_end('max(period_start)') }} as as_of_on from events
),

current_events as (
    select * from events
    where is_current
),

final as (
    select
        current_events.event_token,
        current_events.nominal_token,
        current_events.offence_on,
        {{ month_start('current_events.offence_on') }} as offence_month,
        current_events.proven_on,
        current_events.disposal,
        current_events.ho_offence_class as offence_class,
        current_events.is_proven,
        nominals.adopted_on as index_on,
        coalesce(current_events.offence_on >= nominals.adopted_on, false) as is_after_index,
        -- The local proxy: an arrest or charge after adoption that did not come to nothing.
        coalesce(
            current_events.offence_on >= nominals.adopted_on
            and coalesce(current_events.disposal, '') not in ('NFA', 'ACQUITTED'),
            false
        ) as is_counted_proxy,
        -- The ministry's window: the offence within a year of the index, proof within six months
        -- more.
        coalesce(
            current_events.is_proven
            and current_events.offence_on >= nominals.adopted_on
            and current_events.offence_on < {{ add_months('nominals.adopted_on', 12) }}
            and current_events.proven_on < {{ add_months('nominals.adopted_on', 18) }},
            false
        ) as is_counted_proven,
        {{ add_months('nominals.adopted_on', 18) }} as matures_on,
        coalesce({{ add_months('nominals.adopted_on', 18) }} <= as_of.as_of_on, false) as is_mature,
        as_of.as_of_on,
        current_events.delivery_id,
        cast(current_events.source_line as bigint) as source_line
    from current_events
    cross join as_of
    left join nominals on current_events.nominal_token = nominals.nominal_token
)

select * from final
