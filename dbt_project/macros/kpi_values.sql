{# Value of a cell from its counts, by the method of its KPI. Observations (median, mean, maximum)
   are values already. Columns: method, numerator, denominator, observed_value, per. #}
{% macro kpi_value() -%}
    case
        when method in ('count', 'amount') then numerator
        when method = 'rate' then per * numerator / nullif(denominator, 0)
        when method = 'share' then 100 * numerator / nullif(denominator, 0)
        when method = 'ratio' then numerator / nullif(denominator, 0)
        when method = 'change' then 100 * (numerator / nullif(denominator, 0) - 1)
        else observed_value
    end
{%- endmacro %}

{# One of the 95 % limits of a cell, end lower or upper: Byar's for counts and rates, Wilson's for
   shares, of the logarithm of the ratio for changes; none for amounts and observations. A share
   whose numerator is more than its denominator is of something else than trials and has none. #}
{% macro kpi_limit(end) -%}
    {%- set sign = '-' if end == 'lower' else '+' -%}
    {%- set byar = byar_lower('numerator') if end == 'lower' else byar_upper('numerator') -%}
    case
        when method = 'count' then {{ byar }}
        when method = 'rate' then per * ({{ byar }}) / nullif(denominator, 0)
        when
            method = 'share' and denominator > 0 and numerator >= 0 and numerator <= denominator
            then 100 * {{ wilson_limit('numerator', 'denominator', sign) }}
        when method = 'change' then 100 * ({{ change_limit('numerator', 'denominator', sign) }})
    end
{%- endmacro %}

{# Whether a list such as 'month,quarter' in a column holds a word. #}
{% macro is_listed(word, list) -%}
    position(',' || {{ word }} || ',' in ',' || {{ list }} || ',') > 0
{%- endmacro %}
