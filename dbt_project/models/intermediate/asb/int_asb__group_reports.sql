with reports as (
    select * from {{ ref('stg_asb__case') }}
    where is_current
),

-- Without a complainant nobody can tell one person's calls from another's: such a report is a
-- case of its own.
keyed as (
    select
        case_ref,
        opened_on,
        type_code,
        coalesce(complainant_token, case_ref) as caller,
        coalesce(lsoa21_code, ward_code, 'unplaced') as place
    from reports
),

compared as (
    select
        *,
        lag(opened_on) over (
            partition by caller, type_code, place order by opened_on, case_ref
        ) as previous_opened_on
    from keyed
),

-- A night has two dates, so calls of one day and of the next are of one case.
numbered as (
    select
        *,
        sum(case when previous_opened_on >= opened_on - 1 then 0 else 1 end) over (
            partition by caller, type_code, place order by opened_on, case_ref
            rows between unbounded preceding and current row
        ) as case_number
    from compared
),

final as (
    select
        case_ref,
        first_value(case_ref) over (
            partition by caller, type_code, place, case_number order by opened_on, case_ref
        ) as asb_case_ref,
        cast(row_number() over (
            partition by caller, type_code, place, case_number order by opened_on, case_ref
        ) as bigint) as report_number,
        cast(count(*) over (
            partition by caller, type_code, place, case_number
        ) as bigint) as report_count
    from numbered
)

select * from final
