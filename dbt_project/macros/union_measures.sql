{# The rows of several measure models as one relation. #}
{% macro union_measures(models) -%}
{% for model in models %}
select
    kpi_id,
    breakdown,
    event_date,
    ward_code,
    numerator,
    denominator,
    numerator_subject,
    denominator_subject,
    observed
from {{ ref(model) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
{%- endmacro %}

{# The rows of several milestone models as one relation. #}
{% macro union_milestones(models) -%}
{% for model in models %}
select
    kpi_id,
    item,
    stated_text,
    stated_on,
    status,
    event_date
from {{ ref(model) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
{%- endmacro %}
