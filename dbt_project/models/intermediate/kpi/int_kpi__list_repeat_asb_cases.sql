with cases as (
    select * from {{ ref('fct_asb_case') }}
    where ward_code <> 'outside' and lsoa21_code is not null
),

compared as (
    select
        event_date,
        ward_code,
        lsoa21_code,
        type_code,
        lag(event_date, 2) over (
            partition by lsoa21_code order by event_date, asb_case_ref
        ) as second_before,
        lag(event_date, 2) over (
            partition by lsoa21_code, type_code order by event_date, asb_case_ref
        ) as second_of_type_before
    from cases
),

-- The window of 28 days begins 27 days before the case. A third case of one kind is a third case.
final as (
    select
        event_date,
        ward_code,
        lsoa21_code,
        type_code,
        coalesce(second_of_type_before >= event_date - 27, false) as is_of_one_type
    from compared
    where second_before >= event_date - 27
)

select * from final
