"""What counts for the KPIs of civil protection."""

from __future__ import annotations

from tests.unit.catalogue.measured import measured

MAY, JUNE, OCTOBER, YEAR_2017 = "2021-05-01", "2021-06-01", "2021-10-01", "2017-01-01"
WARD = "E05009318"
INCIDENT = {
    "event_date": "2021-05-07",
    "ward_code": WARD,
    "borough_code": "E09000030",
    "had_council_response": True,
    "incident_type": "FIRE_RESIDENTIAL",
    "declared_level": "MAJOR",
    "response_minutes": 30,
    "acm_cladding": True,
    "rest_centre_opened": True,
    "households_displaced": 40,
    "people_evacuated": None,
    "govt_info_requests": 9,
}
UNPLACED = INCIDENT | {
    "ward_code": "unplaced",
    "borough_code": "unplaced",
    "incident_type": "UXO",
    "declared_level": "MINOR",
    "response_minutes": 50,
    "acm_cladding": False,
    "rest_centre_opened": False,
    "households_displaced": None,
    "people_evacuated": 12,
    "govt_info_requests": 0,
}
INCIDENTS = [
    INCIDENT,
    UNPLACED,
    INCIDENT | {"had_council_response": False},
    INCIDENT | {"ward_code": "outside", "borough_code": "outside"},
]


def test_a_shift_is_filled_by_its_first_person_and_an_empty_one_stays_below_the_line() -> None:
    shift = {"event_date": "2021-10-01", "role": "GOLD", "filled": True, "backup_filled": False}
    rows = measured(
        "K089",
        fct_cadre_shift=[
            shift,
            shift | {"filled": False},
            shift | {"role": "LALO", "backup_filled": True},
        ],
    )
    assert rows == [
        ("K089", "all", OCTOBER, "unplaced", 2.0, 3.0),
        ("K089", "backup", OCTOBER, "unplaced", 1.0, 3.0),
        ("K089", "role:gold", OCTOBER, "unplaced", 1.0, 2.0),
        ("K089", "role:lalo", OCTOBER, "unplaced", 1.0, 1.0),
    ]


def test_an_incident_is_one_that_the_council_answered_in_the_borough() -> None:
    assert measured("K090", fct_civil_incident=INCIDENTS) == [
        ("K090", "all", MAY, WARD, 1.0, None),
        ("K090", "all", MAY, "unplaced", 1.0, None),
    ]
    assert measured("K091", fct_civil_incident=INCIDENTS) == [
        ("K091", "acm_cladding", MAY, "unplaced", 1.0, None),
        ("K091", "level:major", MAY, "unplaced", 1.0, None),
        ("K091", "level:minor", MAY, "unplaced", 1.0, None),
        ("K091", "type:fire_residential", MAY, "unplaced", 1.0, None),
        ("K091", "type:uxo", MAY, "unplaced", 1.0, None),
    ]


def test_a_number_that_is_not_known_adds_nothing() -> None:
    assert measured("K092", fct_civil_incident=INCIDENTS) == [
        ("K092", "households_displaced", MAY, "unplaced", 40.0, None),
        ("K092", "people_evacuated", MAY, "unplaced", 12.0, None),
        ("K092", "rest_centres", MAY, "unplaced", 1.0, None),
    ]
    assert measured("K093", fct_civil_incident=INCIDENTS) == [
        ("K093", "all", MAY, "unplaced", 9.0, None)
    ]


def test_minutes_to_the_response_stay_one_by_one() -> None:
    assert measured("K094", fct_civil_incident=INCIDENTS) == [
        ("K094", "all", MAY, "unplaced", 30.0),
        ("K094", "all", MAY, "unplaced", 50.0),
    ]


def test_an_event_without_a_count_is_an_event_and_no_part_of_attendances_for_each() -> None:
    events = [
        {"event_date": "2021-05-06", "attendee_count": 14, "attendee_unique_count": 13},
        {"event_date": "2021-05-06"},
    ]
    assert measured("K095", "K096", fct_civil_training=events) == [
        ("K095", "all", MAY, "unplaced", 2.0, None),
        ("K096", "all", MAY, "unplaced", 14.0, None),
        ("K096", "per_event", MAY, "unplaced", 14.0, 1.0),
        ("K096", "unique_at_event", MAY, "unplaced", 13.0, None),
    ]


def test_exercises_are_counted_by_type_and_scope_and_their_staff_added_up() -> None:
    exercise = {"event_date": "2021-06-10", "exercise_type": "CYBER", "scope": "BOROUGH"}
    rows = measured(
        "K097",
        "K098",
        fct_civil_exercise=[
            exercise | {"staff_attending": 9},
            exercise | {"exercise_type": "LIVE", "scope": "PAN_LONDON", "staff_attending": 12},
            exercise | {"exercise_type": "LIVE"},
        ],
    )
    assert rows == [
        ("K097", "all", JUNE, "unplaced", 3.0, None),
        ("K097", "cyber", JUNE, "unplaced", 1.0, None),
        ("K097", "pan_london", JUNE, "unplaced", 1.0, None),
        ("K098", "all", JUNE, "unplaced", 21.0, None),
        ("K098", "per_exercise", JUNE, "unplaced", 21.0, 2.0),
    ]


def test_a_plan_is_in_date_on_the_day_its_review_is_due_and_not_without_a_day() -> None:
    plan = {"month_end": "2021-10-31"}
    rows = measured(
        "K099",
        "K100",
        int_kpi__list_active_plans=[
            plan | {"review_due_on": "2021-10-31"},
            plan | {"review_due_on": "2021-10-30"},
            plan,
        ],
    )
    assert rows == [
        ("K099", "all", OCTOBER, "unplaced", 3.0, None),
        ("K100", "all", OCTOBER, "unplaced", 1.0, 3.0),
    ]


def test_deliberate_fires_are_those_returned_as_deliberate() -> None:
    fire = {
        "category": "fire",
        "subcategory": "deliberate primary fire, vehicle",
        "event_date": "2021-05-01",
        "ward_code": WARD,
        "borough_code": "E09000030",
    }
    secondary = {"subcategory": "deliberate secondary fire"}
    returned = [
        fire,
        fire | {"subcategory": "deliberate primary fire, not vehicle"},
        fire | secondary | {"ward_code": "unplaced", "borough_code": "unplaced"},
        fire | secondary | {"ward_code": "outside", "borough_code": "outside"},
        fire | {"subcategory": "malicious false alarm"},
        fire | {"category": "crime", "subcategory": "criminal damage"},
    ]
    assert measured("K102", fct_section17a_incident=returned) == [
        ("K102", "all", MAY, WARD, 2.0, None),
        ("K102", "all", MAY, "unplaced", 1.0, None),
        ("K102", "primary", MAY, WARD, 2.0, None),
        ("K102", "secondary", MAY, "unplaced", 1.0, None),
    ]
    assert measured("S28", fct_section17a_incident=returned) == [
        ("S28", "deliberate_fire", MAY, WARD, 2.0, None),
        ("S28", "deliberate_fire", MAY, "unplaced", 1.0, None),
    ]


def test_six_minutes_are_in_time_and_unknown_times_are_left_out() -> None:
    fire = {"call_month": YEAR_2017, "ward_code": WARD, "slug": "fire"}
    rows = measured(
        "S28",
        int_kpi__list_reported_fires=[
            fire | {"first_pump_seconds": 360},
            fire | {"first_pump_seconds": 361},
            fire | {"ward_code": "unplaced", "slug": "false_alarm"},
        ],
    )
    assert rows == [
        ("S28", "false_alarm", YEAR_2017, "unplaced", 1.0, None),
        ("S28", "fire", YEAR_2017, WARD, 2.0, None),
        ("S28", "first_pump_within_6_min", YEAR_2017, WARD, 1.0, 2.0),
        ("S28", "first_pump_within_6_min", YEAR_2017, "unplaced", 0.0, 0.0),
    ]
