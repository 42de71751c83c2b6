with searches as (
    select * from {{ ref('int_police__place_searches') }}
),

forces as (
    select * from {{ ref('police_force') }}
),

ethnicities as (
    select * from {{ ref('self_defined_ethnicity') }}
),

outcomes as (
    select * from {{ ref('stop_search_outcome') }}
),

-- The file has no number of a record: everything that a row says names it, together with its place
-- among rows that say the same.
hashed as (
    select
        *,
        md5(
            coalesce(series, '') || '|'
            || coalesce(search_type, '') || '|'
            || coalesce(cast(searched_at as text), '') || '|'
            || coalesce(cast(is_part_of_operation as text), '') || '|'
            || coalesce(operation_name, '') || '|'
            || coalesce(cast(cast(latitude as numeric(9, 6)) as text), '') || '|'
            || coalesce(cast(cast(longitude as numeric(9, 6)) as text), '') || '|'
            || coalesce(gender, '') || '|'
            || coalesce(age_range, '') || '|'
            || coalesce(self_defined_ethnicity, '') || '|'
            || coalesce(officer_defined_ethnicity, '') || '|'
            || coalesce(legislation, '') || '|'
            || coalesce(object_of_search, '') || '|'
            || coalesce(search_outcome, '') || '|'
            || coalesce(cast(is_outcome_linked as text), '') || '|'
            || coalesce(cast(is_more_than_outer_clothing as text), '')
        ) as row_hash
    from searches
),

numbered as (
    select
        *,
        row_number() over (partition by row_hash order by source_line) as row_of_hash
    from hashed
),

localised as (
    select
        *,
        {{ local_day('searched_at', 'timestamp') }} as searched_on
    from numbered
),

final as (
    select
        localised.row_hash || '-' || cast(localised.row_of_hash as text) as stop_search_id,
        coalesce(forces.police_force, localised.series) as police_force,
        localised.searched_at,
        localised.searched_on,
        localised.period_start as search_month,
        localised.search_type,
        localised.is_part_of_operation,
        localised.gender,
        localised.age_range,
        localised.self_defined_ethnicity,
        ethnicities.ethnic_group,
        localised.officer_defined_ethnicity,
        localised.legislation,
        localised.object_of_search,
        localised.search_outcome,
        outcomes.outcome_group,
        localised.is_outcome_linked,
        localised.is_more_than_outer_clothing,
        {{ round_to('localised.longitude') }} as longitude,
        {{ round_to('localised.latitude') }} as latitude,
        localised.borough_code,
        localised.borough_code as area_code,
        localised.delivery_id,
        localised.source_line
    from localised
    left join forces on localised.series = forces.force_slug
    left join ethnicities
        on localised.self_defined_ethnicity = ethnicities.self_defined_ethnicity
    left join outcomes on localised.search_outcome = outcomes.search_outcome
)

select * from final
