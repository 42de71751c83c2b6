{# A query of every day from first_day to last_day, both included, in a column date_day. #}
{% macro day_series(first_day, last_day) -%}
    {{ return(adapter.dispatch('day_series', 'community_safety')(first_day, last_day)) }}
{%- endmacro %}

{% macro default__day_series(first_day, last_day) -%}
    select cast(days.instant as date) as date_day
    from generate_series(
        cast('{{ first_day }}' as timestamp),
        cast('{{ last_day }}' as timestamp),
        interval '1 day'
    ) as days(instant)
{%- endmacro %}

{% macro duckdb__day_series(first_day, last_day) -%}
    select cast(unnest(generate_series(
        cast('{{ first_day }}' as timestamp),
        cast('{{ last_day }}' as timestamp),
        interval '1 day'
    )) as date) as date_day
{%- endmacro %}

{# First day of the month of a date. #}
{% macro month_start(day) -%}
    cast(date_trunc('month', cast({{ day }} as timestamp)) as date)
{%- endmacro %}

{# A date some whole months later, or earlier when months is negative. #}
{% macro add_months(day, months) -%}
    cast(cast({{ day }} as timestamp) + interval '{{ months }} months' as date)
{%- endmacro %}

{# Last day of the month that starts on a given first day. #}
{% macro month_end(first_day) -%}
    cast(cast({{ first_day }} as timestamp) + interval '1 month' - interval '1 day' as date)
{%- endmacro %}

{# A wall-clock timestamp of a zone as a timestamp in UTC. A time that the clock shows twice in
   autumn is read as winter time. #}
{% macro local_to_utc(local_timestamp, zone='Europe/London') -%}
    ({{ local_timestamp }} at time zone '{{ zone }}') at time zone 'UTC'
{%- endmacro %}

{# Whole months from one first day of a month to another. #}
{% macro months_between(earlier, later) -%}
    cast(
        (extract(year from {{ later }}) - extract(year from {{ earlier }})) * 12
        + extract(month from {{ later }}) - extract(month from {{ earlier }}) as integer
    )
{%- endmacro %}

{# First day of the financial year (from 1 April) of a first day of a month. #}
{% macro financial_year_start(first_day) -%}
    {{ add_months(
        "date_trunc('year', " ~ add_months(first_day, -3) ~ ")", 3
    ) }}
{%- endmacro %}
