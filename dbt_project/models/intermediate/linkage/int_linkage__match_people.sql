with nominals as (
    select * from {{ ref('int_linkage__list_nominals') }}
    where attributor_iom_token is not null
),

clients as (
    select * from {{ ref('int_linkage__list_clients') }}
),

-- A provider has one id for a client, so two ids of one provider are two people, or one who was
-- registered twice; either way the token does not say who is meant.
clients_of_provider as (
    select
        attributor_iom_token,
        attributor_token,
        agency_code,
        bool_or(is_dob_heaped) as is_dob_heaped,
        count(distinct client_token) as clients
    from clients
    group by attributor_iom_token, attributor_token, agency_code
),

treated_people as (
    select
        attributor_iom_token,
        attributor_token,
        bool_or(is_dob_heaped) as is_dob_heaped,
        max(clients) as clients_of_token
    from clients_of_provider
    group by attributor_iom_token, attributor_token
),

nominals_of_token as (
    select
        attributor_iom_token,
        count(*) as nominals_of_token
    from nominals
    group by attributor_iom_token
),

final as (
    select
        nominals.nominal_token,
        treated_people.attributor_token,
        'iom_treatment' as purpose,
        'initials, date of birth and sex' as matched_on,
        cast(nominals_of_token.nominals_of_token as integer) as nominals_of_token,
        cast(treated_people.clients_of_token as integer) as clients_of_token,
        treated_people.is_dob_heaped,
        case
            when
                nominals_of_token.nominals_of_token > 1 and treated_people.clients_of_token > 1
                then 'many to many'
            when nominals_of_token.nominals_of_token > 1 then 'many to one'
            when treated_people.clients_of_token > 1 then 'one to many'
            when treated_people.is_dob_heaped then 'held'
            else 'accepted'
        end as verdict
    from nominals
    inner join treated_people
        on nominals.attributor_iom_token = treated_people.attributor_iom_token
    inner join nominals_of_token
        on nominals.attributor_iom_token = nominals_of_token.attributor_iom_token
)

select * from final
