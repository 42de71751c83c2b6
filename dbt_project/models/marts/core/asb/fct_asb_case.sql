with reports as (
    select * from {{ ref('fct_asb_report') }}
),

cases as (
    select * from {{ ref('int_asb__group_reports') }}
),

final as (
    select
        reports.case_ref as asb_case_ref,
        cases.report_count,
        reports.opened_on,
        reports.closed_on,
        reports.source,
        reports.ho_category,
        reports.type_code,
        reports.vulnerability_flag as is_vulnerable,
        reports.status,
        reports.closure_code,
        reports.closure_satisfaction,
        reports.event_date,
        reports.lsoa21_code,
        reports.lsoa_vintage,
        reports.ward_code,
        reports.borough_code,
        reports.area_code,
        reports.delivery_id,
        reports.source_line
    from reports
    inner join cases on reports.case_ref = cases.case_ref
    where cases.report_number = 1
)

select * from final
