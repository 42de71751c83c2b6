with records as (
    select * from {{ ref('stg_police__street_crime') }}
),

-- What was only admitted is not whole, and no good release is held against it.
cells as (
    select * from {{ ref('stg_lake__delivery_period') }}
    where feed = 'police_street_crime' and (is_reported or release_rank = 1)
),

-- A crime as one release has it: rows with its ID, and what they say.
crimes as (
    select
        cells.series as police_force,
        cells.period_start as crime_month,
        cells.release_rank,
        records.crime_id,
        count(*) as row_count,
        min(
            coalesce(records.crime_type, '') || '|' || coalesce(records.lsoa_code, '')
            || '|' || coalesce(records.last_outcome, '')
        ) as first_wording,
        max(
            coalesce(records.crime_type, '') || '|' || coalesce(records.lsoa_code, '')
            || '|' || coalesce(records.last_outcome, '')
        ) as last_wording
    from records
    inner join cells
        on
            records.delivery_id = cells.delivery_id
            and records.police_force = cells.series
            and records.period_start = cells.period_start
    where records.crime_id is not null
    group by cells.series, cells.period_start, cells.release_rank, records.crime_id
),

-- Each release stands after the one before it and before the one after it.
sides as (
    select
        *,
        release_rank as compared_rank,
        1 as is_after
    from crimes
    union all
    select
        *,
        release_rank - 1 as compared_rank,
        0 as is_after
    from crimes
    where release_rank > 1
),

compared as (
    select
        police_force,
        crime_month,
        compared_rank,
        crime_id,
        max(is_after) as is_after,
        min(is_after) as is_only_after,
        case
            when
                min(row_count) <> max(row_count)
                or min(first_wording) <> max(first_wording)
                or min(last_wording) <> max(last_wording)
                then 1
            else 0
        end as is_changed
    from sides
    group by police_force, crime_month, compared_rank, crime_id
),

changes as (
    select
        police_force,
        crime_month,
        compared_rank,
        sum(case when is_only_after = 1 then 1 else 0 end) as crimes_added,
        sum(case when is_after = 0 then 1 else 0 end) as crimes_removed,
        sum(
            case when is_after = 1 and is_only_after = 0 then is_changed else 0 end
        ) as crimes_changed
    from compared
    group by police_force, crime_month, compared_rank
),

asb as (
    select
        records.police_force,
        records.period_start as crime_month,
        records.delivery_id,
        count(*) as asb_records
    from records
    inner join {{ ref('dim_crime_type') }} as crime_types
        on records.crime_type = crime_types.crime_type
    where not crime_types.in_crime_total
    group by records.police_force, records.period_start, records.delivery_id
),

releases as (
    select
        cells.*,
        coalesce(asb.asb_records, 0) as asb_records
    from cells
    left join asb
        on
            cells.delivery_id = asb.delivery_id
            and cells.series = asb.police_force
            and cells.period_start = asb.crime_month
),

final as (
    select
        newer.series as police_force,
        newer.period_start as crime_month,
        newer.delivery_id,
        older.delivery_id as previous_delivery_id,
        newer.release_on,
        newer.release_rank,
        newer.row_count,
        older.row_count as previous_row_count,
        cast(coalesce(changes.crimes_added, 0) as bigint) as crimes_added,
        cast(coalesce(changes.crimes_removed, 0) as bigint) as crimes_removed,
        cast(coalesce(changes.crimes_changed, 0) as bigint) as crimes_changed,
        cast(newer.asb_records as bigint) as asb_records,
        cast(older.asb_records as bigint) as previous_asb_records,
        {{ round_to(
            'cast(newer.row_count - older.row_count as double precision) / nullif(older.row_count, 0)'
        ) }} as revision_ratio
    from releases as newer
    inner join releases as older
        on
            newer.series = older.series
            and newer.period_start = older.period_start
            and newer.release_rank + 1 = older.release_rank
    left join changes
        on
            newer.series = changes.police_force
            and newer.period_start = changes.crime_month
            and newer.release_rank = changes.compared_rank
)

select * from final
