{# The theme's measures by subject, so that each stays short enough to read. #}
{{ union_measures([
    'int_kpi__measure_neighbourhood_asb',
    'int_kpi__measure_neighbourhood_enforcement',
    'int_kpi__measure_neighbourhood_cctv',
    'int_kpi__measure_neighbourhood_programme',
]) }}
