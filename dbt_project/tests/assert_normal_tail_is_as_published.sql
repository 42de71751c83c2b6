-- Two-sided tail probabilities of the standard normal distribution as every table of it gives them;
-- the approximation must be within a few of ten million of each.
with published as (
    select
        0.0 as z,
        1.0 as p
    union all
    select
        -1.959963985 as z,
        0.05 as p
    union all
    select
        2.575829304 as z,
        0.01 as p
    union all
    select
        3.290526731 as z,
        0.001 as p
    union all
    select
        4.417173413 as z,
        0.00001 as p
    union all
    select
        6.109410205 as z,
        0.000000001 as p
),

computed as (
    select
        z,
        cast(p as double precision) as p,
        {{ normal_two_sided_p("cast(z as double precision)") }} as approximated
    from published
),

far_away as (
    select {{ normal_two_sided_p("cast(400 as double precision)") }} as approximated
)

select
    z,
    p,
    approximated
from computed
where abs(approximated / p - 1) > 2e-7
union all
select
    400 as z,
    0 as p,
    approximated
from far_away
where not (approximated > 0 and approximated < 1e-190)
