"""What counts for the KPIs of the funding and programme register, and of published estimates."""

from __future__ import annotations

from tests.unit.catalogue.measured import measured

APRIL, MAY = "2021-04-01", "2021-05-01"
LAST_DAYS = ("2021-04-30", "2021-05-31")


def test_coverage_is_the_wards_live_of_the_wards_of_the_borough() -> None:
    coverage = {"month_end": "2021-05-31", "wards_live": 1, "ward_count": 20}
    assert measured("K001", int_kpi__list_service_coverage=[coverage]) == [
        ("K001", "all", MAY, "unplaced", 1.0, 20.0)
    ]


def test_spend_and_cameras_are_of_the_budget_lines_of_the_upgrade_alone() -> None:
    april, may = ({"month_end": day, "programme": "CCTV_UPGRADE"} for day in LAST_DAYS)
    budget = {"kind": "budget", "whole_amount_gbp": 1000, "unit": "cameras", "units_planned": 10}
    spend = {"kind": "spend", "whole_amount_gbp": 200}
    rows = measured(
        "K027",
        int_kpi__list_funding_register=[
            april | budget | {"units_delivered": 0},
            may | budget | {"units_delivered": 4},
            may | spend,
            may | spend | {"whole_amount_gbp": 50},
            may | spend | {"kind": "award"},
            may | spend | {"programme": "OTHER"},
        ],
    )
    assert rows == [
        ("K027", "all", APRIL, "unplaced", 0.0, 1000.0),
        ("K027", "all", MAY, "unplaced", 250.0, 1000.0),
        ("K027", "budget", APRIL, "unplaced", 1000.0, None),
        ("K027", "budget", MAY, "unplaced", 1000.0, None),
        ("K027", "cameras", APRIL, "unplaced", 0.0, 10.0),
        ("K027", "cameras", MAY, "unplaced", 4.0, 10.0),
        ("K027", "spend", APRIL, "unplaced", 0.0, None),
        ("K027", "spend", MAY, "unplaced", 250.0, None),
    ]


def test_residents_feel_safe_by_the_estimate_of_the_borough_alone() -> None:
    estimates = [("FEELS_SAFE", "E09000030", 72), ("FEELS_SAFE", "E09000012", 60)]
    rows = measured(
        "S30",
        fct_published_indicator=[
            {
                "indicator_code": code,
                "reported_area_code": area,
                "span_end": "2020-12-31",
                "value": value,
            }
            for code, area, value in [*estimates, ("OCU_RATE", "E09000030", 11)]
        ],
    )
    assert rows == [("S30", "all", "2020-12-01", "unplaced", 72.0)]
