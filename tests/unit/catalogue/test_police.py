"""What counts for the standard indicators of police data."""

from __future__ import annotations

from tests.unit.catalogue.measured import measured

JUNE, WARD, OTHER = "2019-06-01", "E05009331", "E05009336"


def test_crimes_count_by_type_and_harm_group_and_anti_social_behaviour_apart() -> None:
    crime = {"crime_month": JUNE, "ward_code": WARD, "harm_group": "violent"}
    rows = measured(
        *("S01", "S02", "S03", "S04"),
        int_kpi__list_reported_crimes=[
            crime | {"slug": "robbery"},
            crime | {"slug": "public-order"},
            crime | {"slug": None},
            crime | {"harm_group": None, "slug": None},
        ],
        int_kpi__list_reported_asb=[{"crime_month": JUNE, "ward_code": OTHER}],
    )
    assert rows == [
        ("S01", "all", JUNE, WARD, 4.0, None),
        ("S02", "all", JUNE, OTHER, 1.0, None),
        ("S03", "group:violent", JUNE, WARD, 3.0, None),
        ("S03", "public-order", JUNE, WARD, 1.0, None),
        ("S03", "robbery", JUNE, WARD, 1.0, None),
        ("S04", "all", JUNE, WARD, 4.0, None),
        ("S04", "asb", JUNE, OTHER, 1.0, None),
    ]


def test_a_search_of_which_it_is_not_said_whether_something_was_found_is_in_no_find_rate() -> None:
    search = {"search_month": JUNE, "outcome_group": "arrest", "is_outcome_linked": True}
    rows = measured(
        "S21",
        int_kpi__list_reported_searches=[
            search,
            search | {"outcome_group": "no further action", "is_outcome_linked": False},
            search | {"is_outcome_linked": None},
            search | {"outcome_group": None, "is_outcome_linked": None},
        ],
    )
    assert rows == [
        ("S21", "all", JUNE, "unplaced", 4.0, None),
        ("S21", "arrest", JUNE, "unplaced", 2.0, 3.0),
        ("S21", "find", JUNE, "unplaced", 1.0, 2.0),
    ]


def test_calls_and_admissions_for_assault_are_counted_apart() -> None:
    rows = measured(
        "S29",
        int_kpi__list_returned_assaults=[
            {"event_date": "2019-06-05", "subcategory": "call for assault"},
            {"event_date": "2019-06-06", "subcategory": "admission for assault"},
        ],
    )
    assert rows == [
        ("S29", "all", JUNE, "unplaced", 1.0, None),
        ("S29", "hospital_admissions", JUNE, "unplaced", 1.0, None),
    ]
