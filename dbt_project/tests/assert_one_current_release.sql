-- A month of a series that had two current releases would be counted twice.
select
    feed,
    series,
    period_start
from {{ ref('fct_release') }}
where is_current
group by feed, series, period_start
having count(*) > 1
