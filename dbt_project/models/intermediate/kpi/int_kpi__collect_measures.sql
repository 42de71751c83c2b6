{# Each theme's measures; a new theme is a line here. #}
{{ union_measures([
    'int_kpi__measure_neighbourhood',
    'int_kpi__measure_public_realm',
    'int_kpi__measure_police',
    'int_kpi__measure_outcomes',
    'int_kpi__measure_places',
    'int_kpi__measure_timeliness',
    'int_kpi__measure_drivers',
    'int_kpi__measure_offenders',
    'int_kpi__measure_treatment',
    'int_kpi__measure_civil_protection',
    'int_kpi__measure_cohesion',
    'int_kpi__measure_violence',
]) }}
