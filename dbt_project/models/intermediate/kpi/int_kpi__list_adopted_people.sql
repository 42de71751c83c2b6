with nominals as (
    select * from {{ ref('dim_iom_nominal') }}
),

reoffences as (
    select * from {{ ref('fct_iom_reoffence') }}
),

-- The ministry's way: each person from the day of adoption, with every proven re-offence that
-- counts.
final as (
    select
        nominals.nominal_token,
        nominals.adopted_on,
        sum(case when reoffences.is_counted_proven then 1 else 0 end) as proven_reoffences
    from nominals
    left join reoffences on nominals.nominal_token = reoffences.nominal_token
    group by nominals.nominal_token, nominals.adopted_on
)

select * from final
