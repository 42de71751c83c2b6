with incidents as (
    select * from {{ ref('fct_hate_incident') }}
),

strands as (
    select * from {{ ref('hate_strand') }}
),

-- A strand that a record says twice is matched once.
matched as (
    select
        incidents.*,
        strands.strand,
        strands.strand_kind
    from incidents
    inner join strands
        on strpos('|' || incidents.strands || '|', '|' || strands.strand || '|') > 0
),

final as (
    select
        hate_ref,
        strand,
        strand_kind,
        reported_on,
        event_date,
        is_crime,
        ward_code,
        borough_code,
        area_code,
        cast(1 as double precision) / count(*) over (partition by hate_ref) as incident_share,
        delivery_id,
        source_line
    from matched
)

select * from final
