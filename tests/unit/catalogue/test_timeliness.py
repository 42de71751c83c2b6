"""What counts for the standard indicator of how complete and how stable the deliveries are."""

from __future__ import annotations

from tests.unit.catalogue.measured import measured

JUNE = "2019-06-01"


def test_a_series_that_was_not_due_makes_up_for_none_that_is_missing() -> None:
    rows = measured(
        "S34",
        int_kpi__list_months=[
            {"month_start": JUNE, "expected_series": 3, "reported_series": 2},
            {"month_start": JUNE, "expected_series": 1, "reported_series": 2},
        ],
    )
    assert rows == [("S34", "complete", JUNE, "unplaced", 3.0, 4.0)]


def test_revised_crimes_are_those_of_a_later_release_and_those_that_it_took_away() -> None:
    revision = {"crime_month": JUNE, "row_count": 100, "asb_records": 10}
    changes = {"crimes_added": 2, "crimes_removed": 1, "crimes_changed": 7}
    assert measured("S34", fct_crime_revision=[revision | changes]) == [
        ("S34", "revised", JUNE, "unplaced", 10.0, 91.0)
    ]
