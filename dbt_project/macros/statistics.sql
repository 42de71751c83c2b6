{# Rounds to some decimal digits, halves up. Only multiplication, addition, floor and division
   are used, which every engine does alike; round() differs between them. #}
{% macro round_to(expression, digits=6) -%}
    floor(cast({{ expression }} as double precision) * 1e{{ digits }} + 0.5) / 1e{{ digits }}
{%- endmacro %}

{# Byar's 95 % limits of a count of events. #}
{% macro byar_lower(events) -%}
    case
        when {{ events }} = 0 then 0
        when {{ events }} > 0 then {{ events }} * power(
            1 - 1 / (9 * {{ events }}) - {{ var('z95') }} / (3 * sqrt({{ events }})), 3
        )
    end
{%- endmacro %}

{% macro byar_upper(events) -%}
    ({{ events }} + 1) * power(
        1 - 1 / (9 * ({{ events }} + 1)) + {{ var('z95') }} / (3 * sqrt({{ events }} + 1)), 3
    )
{%- endmacro %}

{# One of Wilson's 95 % limits of the proportion successes / trials, sign - or +; null without a
   trial. #}
{% macro wilson_limit(successes, trials, sign) -%}
    {%- set z2 = var('z95') * var('z95') -%}
    (
        {{ successes }} + {{ z2 }} / 2 {{ sign }} {{ var('z95') }} * sqrt(
            {{ successes }} * ({{ trials }} - {{ successes }}) / nullif({{ trials }}, 0)
            + {{ z2 }} / 4
        )
    ) / ({{ trials }} + {{ z2 }})
{%- endmacro %}

{# One of the 95 % limits of the relative change from one count to another, by the logarithm of
   their ratio, sign - or +; null when either count is 0. #}
{% macro change_limit(later, earlier, sign) -%}
    nullif({{ later }}, 0) / nullif({{ earlier }}, 0) * exp(
        {{ sign }} {{ var('z95') }}
        * sqrt(1 / nullif({{ later }}, 0) + 1 / nullif({{ earlier }}, 0))
    ) - 1
{%- endmacro %}
