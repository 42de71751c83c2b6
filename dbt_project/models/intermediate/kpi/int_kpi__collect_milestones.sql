{# Each theme's milestones; a new source is a line here. #}
{{ union_milestones([
    'int_kpi__milestones_cohesion',
    'int_kpi__milestones_neighbourhood',
]) }}
