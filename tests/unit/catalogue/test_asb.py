"""What counts for the KPIs of ASB cases and reviews, the panel, music events and ASB Week."""

from __future__ import annotations

from tests.unit.catalogue.measured import measured

JUNE, JULY, WARD, OTHER = "2021-06-01", "2021-07-01", "E05009317", "E05009318"
DAY = {"event_date": "2021-06-04"}


def test_an_event_that_ended_by_itself_was_reported_and_not_closed_down() -> None:
    rows = measured(
        *("K007", "K008"),
        fct_music_event=[
            DAY | {"closed_flag": True},
            DAY | {"closed_flag": False},
            {"event_date": "2021-07-05", "closed_flag": False},
        ],
    )
    assert rows == [
        ("K007", "all", JUNE, "unplaced", 1.0, None),
        ("K007", "all", JULY, "unplaced", 0.0, None),
        ("K008", "all", JUNE, "unplaced", 1.0, 2.0),
        ("K008", "all", JULY, "unplaced", 0.0, 1.0),
    ]


def test_a_case_that_the_panel_has_not_accepted_or_not_decided_supports_nobody() -> None:
    cases = [("ASB-1", True), ("ASB-1", True), ("ASB-2", False), ("ASB-3", None)]
    rows = measured(
        "K009",
        fct_asb_panel_case=[DAY | {"case_ref": ref, "accepted": said} for ref, said in cases],
    )
    assert rows == [("K009", "all", JUNE, "unplaced", "ASB-1", None)]


def test_awareness_week_touches_each_ward_once_of_all_wards() -> None:
    week = {"event_date": "2021-07-19", "programme": "ASB_WEEK"}
    rows = measured(
        "K010",
        fct_engagement_event=[
            week | {"ward_code": WARD},
            week | {"ward_code": WARD},
            week | {"ward_code": "unplaced"},
            week | {"ward_code": "outside"},
            week | {"ward_code": OTHER, "programme": "OUTREACH"},
        ],
        int_kpi__list_awareness_week_wards=[
            {"event_date": day, "ward_code": ward}
            for day in ("2021-07-19", "2021-07-20")
            for ward in (WARD, OTHER)
        ],
    )
    assert rows == [
        ("K010", "all", JULY, "unplaced", 4.0, None),
        ("K010", "wards_touched", JULY, "unplaced", WARD, None),
        ("K010", "wards_touched", JULY, "unplaced", None, WARD),
        ("K010", "wards_touched", JULY, "unplaced", None, OTHER),
    ]


def test_complaints_of_nitrous_oxide_are_cases_of_that_type_in_the_borough() -> None:
    rows = measured(
        "K019",
        fct_asb_case=[
            DAY | {"ward_code": WARD, "type_code": "NOX"},
            DAY | {"ward_code": "unplaced", "type_code": "NOX"},
            DAY | {"ward_code": WARD, "type_code": "NOISE"},
            DAY | {"ward_code": "outside", "type_code": "NOX"},
        ],
    )
    assert rows == [
        ("K019", "all", JUNE, WARD, 1.0, None),
        ("K019", "all", JUNE, "unplaced", 1.0, None),
    ]


def test_a_place_repeats_once_in_a_period_by_cases_of_any_kind_or_of_one() -> None:
    case = DAY | {"ward_code": WARD}
    rows = measured(
        *("K020", "S18"),
        int_kpi__list_repeat_asb_cases=[
            case | {"lsoa21_code": "any", "type_code": "NOX", "is_of_one_type": False},
            case | {"lsoa21_code": "any", "type_code": "NOX", "is_of_one_type": False},
            case | {"lsoa21_code": "nox", "type_code": "NOX", "is_of_one_type": True},
            case | {"lsoa21_code": "noise", "type_code": "NOISE", "is_of_one_type": True},
        ],
    )
    assert [(kpi, breakdown, place) for kpi, breakdown, _, _, place, _ in rows] == [
        ("K020", "all", "any"),
        ("K020", "all", "noise"),
        ("K020", "all", "nox"),
        ("K020", "nox", "nox"),
        ("S18", "all", "any"),
        ("S18", "all", "noise"),
        ("S18", "all", "nox"),
        ("S18", "of_one_type", "noise"),
        ("S18", "of_one_type", "nox"),
    ]


def test_a_request_below_the_threshold_is_no_review_and_an_undecided_one_in_no_share() -> None:
    rows = measured(
        "S27",
        fct_asb_case_review=[
            DAY | {"threshold_met": False, "outcome": "THRESHOLD_NOT_MET"},
            DAY | {"threshold_met": True, "outcome": "REVIEW_NO_RECOMMENDATIONS"},
            DAY | {"threshold_met": True, "outcome": "REVIEW_RECOMMENDATIONS"},
            DAY | {"threshold_met": None, "outcome": "WITHDRAWN"},
            DAY | {"threshold_met": None, "outcome": "PENDING"},
        ],
    )
    assert rows == [
        ("S27", "all", JUNE, "unplaced", 5.0, None),
        ("S27", "reviews", JUNE, "unplaced", 2.0, None),
        ("S27", "reviews_with_recommendations", JUNE, "unplaced", 1.0, None),
        ("S27", "threshold_met", JUNE, "unplaced", 2.0, 3.0),
        ("S27", "threshold_not_met", JUNE, "unplaced", 1.0, None),
    ]
