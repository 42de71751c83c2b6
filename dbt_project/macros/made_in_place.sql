{# On DuckDB a table or view is made under its own name, at once.

   dbt builds each beside the one that is there, renames both and drops the old one, so that readers
   of a live database never miss it. A candidate on DuckDB is a file that nobody reads, and all of it
   is built anew after a build that broke off, so here this would only cost time. PostgreSQL keeps
   dbt's own way. Grants and indexes, of which the project has none, are left out. #}

{% materialization table, adapter="duckdb" %}
    {{ return(make_in_place('table')) }}
{% endmaterialization %}

{% materialization view, adapter="duckdb" %}
    {{ return(make_in_place('view')) }}
{% endmaterialization %}

{# Makes the model, instead of what had its name. #}
{% macro make_in_place(kind) %}
    {% set existing = load_cached_relation(this) %}
    {% if existing is not none and existing.type != kind %}
        {% do adapter.drop_relation(existing) %}
    {% endif %}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main', auto_begin=False) %}
        {{ create_or_replace(kind) }}
    {% endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [this.incorporate(type=kind)]}) }}
{% endmacro %}

{# The statement that makes it. Under an enforced contract the table is made from the contract, and
   what the model gives must be its columns, of its types, and keep its constraints. #}
{% macro create_or_replace(kind) %}
    {% set enforced = config.get('contract').enforced %}
    {% if enforced %}
        {{ get_assert_columns_equivalent(sql) }}
    {% endif %}
    {% if enforced and kind == 'table' %}
        create or replace table {{ this }} {{ get_table_columns_and_constraints() }};
        insert into {{ this }} {{ get_column_names() }} ({{ get_select_subquery(sql) }});
    {% else %}
        create or replace {{ kind }} {{ this }} as ({{ sql }});
    {% endif %}
{% endmacro %}
