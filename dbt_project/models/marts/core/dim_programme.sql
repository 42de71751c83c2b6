with programmes as (
    select * from {{ ref('programme') }}
),

organisations as (
    select * from {{ ref('organisation') }}
),

final as (
    select
        programmes.programme_code,
        programmes.programme_name,
        programmes.priority,
        programmes.lead_organisation,
        organisations.organisation_name as lead_organisation_name
    from programmes
    inner join organisations
        on programmes.lead_organisation = organisations.organisation_code
)

select * from final
