"""What counts for the standard indicators of what became of recorded crimes."""

from __future__ import annotations

from tests.unit.catalogue.measured import measured

JUNE, NOVEMBER, WARD = "2019-06-01", "2019-11-01", "E05009331"
CRIME = {"crime_month": JUNE, "ward_code": WARD}


def test_crimes_are_counted_by_how_they_stood_after_some_months() -> None:
    after_six = CRIME | {"months": 6, "is_charged": False, "is_positive": False}
    rows = measured(
        *("S05", "S06", "S07", "S08", "S09"),
        int_kpi__list_matured_crimes=[
            after_six | {"months": 3, "standing_group": "no suspect"},
            after_six | {"is_charged": True, "is_positive": True, "standing_group": "charged"},
            after_six | {"is_positive": True, "standing_group": "out of court"},
            after_six | {"standing_group": "evidential"},
            after_six | {"standing_group": "diversion"},
            after_six,
        ],
    )
    assert rows == [
        (kpi, breakdown, JUNE, WARD, counted, of)
        for kpi, after_three, after_six_months in (
            ("S05", 0.0, 1.0),
            ("S06", 0.0, 2.0),
            ("S07", 1.0, 0.0),
            ("S08", 0.0, 1.0),
            ("S09", 0.0, 1.0),
        )
        for breakdown, counted, of in (
            ("within_3_months", after_three, 1.0),
            ("within_6_months", after_six_months, 5.0),
        )
    ]


def test_a_flow_is_of_the_month_of_the_outcome_and_out_of_the_crimes_of_the_month() -> None:
    outcome = {"outcome_month": NOVEMBER, "ward_code": WARD}
    rows = measured(
        *("S05", "S06"),
        int_kpi__follow_crimes=[CRIME, CRIME, CRIME | {"ward_code": "unplaced"}],
        int_kpi__list_positive_outcomes=[
            outcome | {"is_first_charge": True, "is_first_positive": True},
            outcome | {"is_first_charge": True, "is_first_positive": False},
            outcome | {"is_first_charge": False, "is_first_positive": False},
        ],
    )
    assert rows == [
        ("S05", "flow", JUNE, WARD, 0.0, 2.0),
        ("S05", "flow", JUNE, "unplaced", 0.0, 1.0),
        ("S05", "flow", NOVEMBER, WARD, 2.0, 0.0),
        ("S06", "flow", JUNE, WARD, 0.0, 2.0),
        ("S06", "flow", JUNE, "unplaced", 0.0, 1.0),
        ("S06", "flow", NOVEMBER, WARD, 1.0, 0.0),
    ]


def test_months_to_an_outcome_are_observed_of_crimes_that_had_one() -> None:
    rows = measured(
        "S10",
        int_kpi__follow_crimes=[
            CRIME | {"months_to_outcome": 2, "months_to_charge": 5},
            CRIME | {"months_to_outcome": 0},
            CRIME,
        ],
    )
    assert rows == [
        ("S10", "all", JUNE, "unplaced", 0.0),
        ("S10", "all", JUNE, "unplaced", 2.0),
        ("S10", "charged", JUNE, "unplaced", 5.0),
    ]
