{# What the models made from contracts call; a contract says columns, key, version and area. #}

{# Every row of the deliveries that may be read, placed among releases and versions, with a flag
   for those that count now. What a person admitted never hides what is good: its rows are left out
   where a good delivery has the period (where a delivery holds a period whole), the record, or any
   snapshot of the register. #}
{% macro staged_rows(source_name, entity, feed, columns, current, key, version, whole) -%}
with source as (
    select * from {{ source(source_name, entity) }}
),

cells as (
    select
        delivery_id,
        series,
        period_start,
        release_rank,
        delivery_order,
        delivered_on,
        {% if current == 'snapshot' -%}
        coalesce(
            max(case when is_reported then period_start end) over (partition by series),
            max(period_start) over (partition by series)
        ) as newest_period_start,
        max(case when is_reported then 1 else 0 end) over (partition by series)
        as is_any_reported,
        {% endif -%}
        is_reported
    from {{ ref('stg_lake__delivery_period') }}
    where feed = '{{ feed }}'
),

placed as (
    select
        source.*,
        cells.release_rank,
        cells.delivery_order,
        cells.delivered_on,
        {% if current == 'snapshot' -%}
        cells.newest_period_start,
        cells.is_any_reported,
        {% elif current == 'record' -%}
        max(case when cells.is_reported then 1 else 0 end) over (
            partition by {% for name in key %}source.{{ name }}{{ ', ' if not loop.last }}{% endfor %}
        ) as is_any_reported,
        {% endif -%}
        cells.is_reported
    from source
    inner join cells
        on
            source.delivery_id = cells.delivery_id
            and source.series = cells.series
            and source.period_start = cells.period_start
),

eligible as (
    select * from placed
    where
        is_reported
        {%- if current == 'release' %}
        or release_rank = 1
        {%- else %}
        or (is_any_reported = 0{{ ' and release_rank = 1' if whole }})
        {%- endif %}
),

final as (
    select
        delivery_id,
        cast(source_line as bigint) as source_line,
        series,
        period_start,
        release_rank,
        delivery_order,
        delivered_on,
        {% if current == 'record' -%}
        row_number() over (
            partition by {{ key | join(', ') }}
            order by {{ version ~ ' desc, ' if version }}delivery_order desc, source_line desc
        ) = 1
        {%- elif current == 'snapshot' -%}
        release_rank = 1 and period_start = newest_period_start
        {%- else -%}
        release_rank = 1
        {%- endif %} as is_current
        {%- for name in columns %},
        {{ name }}
        {%- endfor %}
    from eligible
)

select * from final
{%- endmacro %}

{# The local day of a date, or of a timestamp in UTC. #}
{% macro local_day(expression, type) -%}
    {%- if type == 'timestamp' -%}
        cast(({{ expression }} at time zone 'UTC') at time zone 'Europe/London' as date)
    {%- else -%}
        {{ expression }}
    {%- endif -%}
{%- endmacro %}

{# Ward, borough and finest area of rows that name a ward, an LSOA of either vintage, or both. An
   area that does not resolve is `outside`, one that was not given is `unplaced`, so that totals
   reconcile. Gives the select list; joins are by `area_joins`. #}
{% macro area_columns(ward, lsoa, finest) -%}
    {%- set given -%}
        {%- if ward and lsoa -%}coalesce(records.{{ lsoa }}, records.{{ ward }})
        {%- else -%}records.{{ lsoa or ward }}{%- endif -%}
    {%- endset -%}
    {%- set placed -%}
        {%- if lsoa and ward -%}coalesce(lsoas.ward_code, wards.ward_code)
        {%- elif lsoa -%}lsoas.ward_code{%- else -%}wards.ward_code{%- endif -%}
    {%- endset -%}
    {%- set elsewhere = "case when " ~ given ~ " is null then 'unplaced' else 'outside' end" -%}
    {%- if lsoa and finest == 'lsoa' %}
        lsoas.lsoa_vintage,
    {%- endif %}
    {%- if finest != 'borough' %}
        coalesce({{ placed }}, {{ elsewhere }}) as ward_code,
    {%- endif %}
        case
            when {{ placed }} is not null then '{{ var("borough_code") }}'
            else {{ elsewhere }}
        end as borough_code,
    {%- if lsoa and finest == 'lsoa' %}
        coalesce(lsoas.lsoa_code, {{ placed }}, {{ elsewhere }}) as area_code,
    {%- elif finest != 'borough' %}
        coalesce({{ placed }}, {{ elsewhere }}) as area_code,
    {%- else %}
        case
            when {{ placed }} is not null then '{{ var("borough_code") }}'
            else {{ elsewhere }}
        end as area_code,
    {%- endif %}
{%- endmacro %}

{% macro area_joins(ward, lsoa) -%}
    {%- if lsoa %}
    left join {{ ref('int_geography__conform_lsoas') }} as lsoas
        on records.{{ lsoa }} = lsoas.lsoa_code
    {%- endif %}
    {%- if ward %}
    left join {{ ref('ward') }} as wards on records.{{ ward }} = wards.ward_code
    {%- endif %}
{%- endmacro %}

{# The rows that count now, or every version with its validity, in the columns that analysts read.
   `columns` maps each column of the staging view to its name in the core table. #}
{% macro core_rows(
    staging, columns, key, version, current, event_date, event_type, ward, lsoa, finest, history
) -%}
with staged as (
    select * from {{ ref(staging) }}
),

{% if history and current == 'snapshot' -%}
{{ versions_of_snapshots(columns, key) }},
{%- elif history -%}
{{ versions_of_records(key, version) }},
{%- else -%}
records as (
    select * from staged
    where is_current
),
{%- endif %}

final as (
    select
        {%- for name, as_name in columns.items() %}
        records.{{ name }}{{ ' as ' ~ as_name if name != as_name }},
        {%- endfor %}
        {%- if event_date %}
        {{ local_day('records.' ~ event_date, event_type) }} as event_date,
        {%- endif %}
        {%- if ward or lsoa %}
        {{- area_columns(ward, lsoa, finest) }}
        {%- elif finest == 'borough' %}
        '{{ var("borough_code") }}' as borough_code,
        {%- endif %}
        {%- if history %}
        records.valid_from,
        records.valid_to,
        records.is_newest as is_current,
        {%- endif %}
        records.delivery_id,
        records.source_line
    from records
    {{- area_joins(ward, lsoa) }}
)

select * from final
{%- endmacro %}

{# Versions of the rows of a register: snapshots in a row that say the same are one version, from
   the first of them to the day before something changed. A row that leaves the register and comes
   back begins a new version. #}
{% macro versions_of_snapshots(columns, key) -%}
newest_rows as (
    select * from staged
    where release_rank = 1
),

snapshot_dates as (
    select distinct
        series,
        period_start
    from newest_rows
),

snapshots as (
    select
        series,
        period_start,
        row_number() over (partition by series order by period_start) as snapshot_number,
        lead(period_start) over (partition by series order by period_start) as next_snapshot
    from snapshot_dates
),

compared as (
    select
        newest_rows.*,
        snapshots.next_snapshot,
        case
            when
                lag(snapshots.snapshot_number) over by_key = snapshots.snapshot_number - 1
                {%- for name in columns if name not in key %}
                and newest_rows.{{ name }} is not distinct from lag(newest_rows.{{ name }}) over by_key
                {%- endfor %}
                then 0
            else 1
        end as is_change
    from newest_rows
    inner join snapshots
        on newest_rows.series = snapshots.series and newest_rows.period_start = snapshots.period_start
    window by_key as (
        partition by
            newest_rows.series{% for name in key %}, newest_rows.{{ name }}{% endfor %}
        order by newest_rows.period_start
    )
),

numbered as (
    select
        *,
        sum(is_change) over (
            partition by series{% for name in key %}, {{ name }}{% endfor %} order by period_start
        ) as version_number
    from compared
),

spanned as (
    select
        *,
        min(period_start) over by_version as valid_from,
        last_value(next_snapshot) over (
            by_version order by period_start
            rows between unbounded preceding and unbounded following
        ) as next_version,
        row_number() over (by_version order by period_start desc) as row_of_version
    from numbered
    window by_version as (
        partition by series{% for name in key %}, {{ name }}{% endfor %}, version_number
    )
),

records as (
    select
        *,
        cast(next_version - interval '1 day' as date) as valid_to,
        next_version is null as is_newest
    from spanned
    where row_of_version = 1
)
{%- endmacro %}

{# Versions of records that are sent again when they change: each counts from the day it was
   delivered to the day before the next. #}
{% macro versions_of_records(key, version) -%}
each_version as (
    select
        *,
        row_number() over (
            partition by {{ key | join(', ') }}{{ ', ' ~ version if version else ', delivered_on' }}
            order by delivery_order desc, source_line desc
        ) as row_of_version
    from staged
),

records as (
    select
        *,
        delivered_on as valid_from,
        cast(
            lead(delivered_on) over (
                partition by {{ key | join(', ') }}
                order by {{ version ~ ', ' if version }}delivered_on
            ) - interval '1 day' as date
        ) as valid_to,
        is_current as is_newest
    from each_version
    where row_of_version = 1
)
{%- endmacro %}
