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

{# Probability that a standard normal value is at least as far from 0 as z, on either side: the
   complementary error function of |z| / sqrt(2) by the rational Chebyshev fit of Press et al.,
   Numerical Recipes, section 6.2 (erfcc), whose relative error is below 1.2e-7 everywhere. |z| is
   cut at 30 (p = 1e-197), as PostgreSQL refuses exponentials that underflow. #}
{% macro normal_two_sided_p(z) -%}
    {%- set x -%}(case when abs({{ z }}) > 30 then 30 else abs({{ z }}) end / 1.4142135623730951){%- endset -%}
    {%- set t -%}(1 / (1 + 0.5 * {{ x }})){%- endset -%}
    {%- set terms = [
        1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
        -0.82215223, 0.17087277
    ] -%}
    {{ t }} * exp(
        -{{ x }} * {{ x }} - 1.26551223
        {%- for term in terms %}
        + {{ t }} * ({{ term }}
        {%- endfor %}
        {%- for term in terms %}){% endfor %}
    )
{%- endmacro %}

{# One of the 95 % limits of the ratio of two proportions, events / trials against those of a
   reference, by the logarithm of the ratio (Katz et al. 1978), sign - or +; null when either has
   no events. #}
{% macro risk_ratio_limit(events, trials, reference_events, reference_trials, sign) -%}
    (nullif({{ events }}, 0) / {{ trials }})
    / (nullif({{ reference_events }}, 0) / {{ reference_trials }})
    * exp(
        {{ sign }} {{ var('z95') }} * sqrt(
            1 / nullif({{ events }}, 0) - 1 / {{ trials }}
            + 1 / nullif({{ reference_events }}, 0) - 1 / {{ reference_trials }}
        )
    )
{%- endmacro %}

{# How many of n areas make up at least some whole per cent of them: 8 of 144 for 5 %. #}
{% macro areas_in_percent(n, percent) -%}
    ceil({{ n }} * {{ percent }} / 100.0)
{%- endmacro %}
