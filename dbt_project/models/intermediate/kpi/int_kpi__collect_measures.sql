{# Each theme's measures; a new theme is a line here. #}
{{ union_measures([
    'int_kpi__measure_police',
    'int_kpi__measure_civil_protection',
]) }}
