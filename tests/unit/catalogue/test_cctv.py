"""What counts for the KPIs of the CCTV control room."""

from __future__ import annotations

from tests.unit.catalogue.measured import measured

APRIL, MAY, WARD = "2021-04-01", "2021-05-01", "E05009317"
DAY = {"event_date": "2021-04-03"}


def test_an_incident_with_two_arrests_is_one_that_led_to_an_arrest() -> None:
    incident = {"event_date": "2021-04-30", "ward_code": WARD, "detection_mode": "POLICE_REQ"}
    rows = measured(
        *("K021", "K022", "K023", "K030"),
        fct_cctv_incident=[
            incident | {"is_criminal": True, "arrest_count": 2, "detection_mode": "OPERATOR"},
            incident | {"is_criminal": True, "arrest_count": 0},
            incident | {"is_criminal": True, "arrest_count": 1},
            incident | {"is_criminal": False, "arrest_count": 1, "detection_mode": "OPERATOR"},
        ],
    )
    assert rows == [
        ("K021", "all", APRIL, WARD, 3.0, None),
        ("K022", "all", APRIL, "unplaced", 3.0, None),
        ("K023", "all", APRIL, "unplaced", 2.0, 3.0),
        ("K023", "arrests_per_incident", APRIL, "unplaced", 3.0, 3.0),
        ("K030", "all", APRIL, WARD, 2.0, 4.0),
    ]


def test_what_a_camera_saw_was_in_the_borough_whatever_ward_was_written() -> None:
    incident = {"event_date": "2021-05-01", "ward_code": "outside", "is_criminal": True}
    assert measured("K021", "K030", fct_cctv_incident=[incident]) == [
        ("K021", "all", MAY, "unplaced", 1.0, None),
        ("K030", "all", MAY, "unplaced", 0.0, 1.0),
    ]


def test_a_wanted_vehicle_counts_when_it_is_linked_to_serious_crime() -> None:
    rows = measured(
        *("K024", "K025", "K026"),
        fct_wanted_vehicle=[
            DAY | {"linked_serious_crime": True, "arrest_count": 2},
            DAY | {"linked_serious_crime": True, "arrest_count": 0},
            DAY | {"linked_serious_crime": False, "arrest_count": 1},
        ],
    )
    assert rows == [
        ("K024", "all", APRIL, "unplaced", 2.0, None),
        ("K025", "all", APRIL, "unplaced", 2.0, None),
        ("K026", "all", APRIL, "unplaced", 1.0, 2.0),
        ("K026", "arrests_per_vehicle", APRIL, "unplaced", 2.0, 2.0),
    ]


def test_planned_work_is_no_time_to_be_up_in_and_a_degraded_camera_is_not_up() -> None:
    states = [
        ("2021-04-03", "UP", 1400),
        ("2021-04-03", "PLANNED", 40),
        ("2021-04-04", "UP", 1000),
        ("2021-04-04", "DEGRADED", 200),
        ("2021-04-04", "DOWN", 240),
        ("2021-05-04", "PLANNED", 1440),
    ]
    rows = measured(
        "K028",
        fct_camera_status=[
            {"event_date": day, "state": state, "interval_minutes": minutes}
            for day, state, minutes in states
        ],
    )
    assert rows == [
        ("K028", "all", APRIL, "unplaced", 2400.0, 2840.0),
        ("K028", "all", MAY, "unplaced", 0.0, 0.0),
    ]


def test_evidence_is_in_time_when_it_is_exported_by_the_minute_due() -> None:
    request = DAY | {"within_retention": True, "due_at": "2021-04-10 09:00:00"}
    rows = measured(
        "K029",
        fct_evidence_request=[
            request | {"exported_at": "2021-04-10 09:00:00"},
            request | {"exported_at": "2021-04-10 09:00:01"},
            request,
            request | {"within_retention": False},
        ],
    )
    assert rows == [
        ("K029", "all", APRIL, "unplaced", 1.0, 4.0),
        ("K029", "packages", APRIL, "unplaced", 2.0, None),
        ("K029", "too_late", APRIL, "unplaced", 1.0, 4.0),
    ]
