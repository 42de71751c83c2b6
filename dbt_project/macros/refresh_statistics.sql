{# Lets the planner know a table that was just filled; PostgreSQL would otherwise guess its size
   until its own statistics come round. #}
{% macro refresh_statistics(relation) -%}
    {{ return(adapter.dispatch('refresh_statistics', 'community_safety')(relation)) }}
{%- endmacro %}

{% macro default__refresh_statistics(relation) -%}
{%- endmacro %}

{% macro postgres__refresh_statistics(relation) -%}
    analyze {{ relation }}
{%- endmacro %}

{# Keeps the planner from walking through one relation for each row of another. PostgreSQL takes
   joins by several columns that belong together (KPI, breakdown, period, area) for joins that find
   one row, and would; it is set for the model's own transaction. #}
{% macro prefer_hash_joins() -%}
    {{ return(adapter.dispatch('prefer_hash_joins', 'community_safety')()) }}
{%- endmacro %}

{% macro default__prefer_hash_joins() -%}
{%- endmacro %}

{% macro postgres__prefer_hash_joins() -%}
    set local enable_nestloop = off
{%- endmacro %}
