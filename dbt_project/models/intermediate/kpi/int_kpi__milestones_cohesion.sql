with milestones as (
    select * from {{ ref('fct_milestone') }}
),

funding_lines as (
    select * from {{ ref('fct_funding_line') }}
),

rules as (
    select * from {{ ref('kpi_milestone_rule') }}
),

-- What is done is told by what was done, and anything else by where it stands.
reached as (
    select
        rules.kpi_id,
        milestones.title as item,
        case when milestones.status = 'DONE' then milestones.kind else milestones.status end
            as stated_text,
        milestones.done_on as stated_on,
        milestones.status,
        milestones.recorded_on as event_date
    from milestones
    inner join rules
        on
            milestones.programme = rules.programme
            and milestones.kind = rules.kind
),

-- Until when a plan, an order or a contract is in date.
reviews as (
    select
        rules.kpi_id,
        milestones.title || ': in date until' as item,
        'IN_DATE_UNTIL' as stated_text,
        milestones.next_review_on as stated_on,
        milestones.status,
        milestones.recorded_on as event_date
    from milestones
    inner join rules
        on
            milestones.programme = rules.programme
            and milestones.kind = rules.kind
    where milestones.status = 'DONE' and milestones.next_review_on is not null
),

-- A capital project is told by its stage, a bid by what became of it; the register gives no day of
-- either.
lines as (
    select
        rules.kpi_id,
        funding_lines.title as item,
        coalesce(funding_lines.stage, funding_lines.status) as stated_text,
        cast(null as date) as stated_on,
        funding_lines.status,
        funding_lines.recorded_on as event_date
    from funding_lines
    inner join rules
        on
            funding_lines.programme = rules.programme
            and funding_lines.kind = rules.kind
    where funding_lines.title is not null
),

told as (
    select * from reached
    union all
    select * from reviews
    union all
    select * from lines
),

-- What comes back under the same title, such as a yearly week, is told as it was last recorded.
numbered as (
    select
        *,
        row_number() over (
            partition by kpi_id, item order by event_date desc, stated_on desc, stated_text asc
        ) as recency
    from told
),

final as (
    select
        kpi_id,
        item,
        stated_text,
        stated_on,
        status,
        event_date
    from numbered
    where recency = 1
)

select * from final
