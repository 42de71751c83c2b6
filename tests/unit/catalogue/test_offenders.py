"""What counts for the KPIs of the offender cohort and its treatment."""

from __future__ import annotations

from tests.unit.catalogue.measured import measured

SEPTEMBER, OCTOBER = "2021-09-01", "2021-10-01"


def test_size_and_class_a_share_are_of_those_still_managed_when_the_month_ends() -> None:
    person = {"cohort_month": OCTOBER, "is_managed": True}
    rows = measured(
        *("K060", "K063"),
        fct_iom_cohort_month=[
            person | {"cohort_type": "FIXED", "is_class_a": True},
            person | {"cohort_type": "FREE", "is_class_a": False},
            person | {"cohort_type": "FREE", "is_class_a": True, "is_managed": False},
        ],
    )
    assert rows == [
        ("K060", "all", OCTOBER, "unplaced", 2.0, None),
        ("K060", "fixed", OCTOBER, "unplaced", 1.0, None),
        ("K060", "free", OCTOBER, "unplaced", 1.0, None),
        ("K063", "all", OCTOBER, "unplaced", 1.0, 2.0),
    ]


def test_the_proxy_counts_people_once_and_events_each_time() -> None:
    rows = measured(
        *("K061", "K066"),
        int_kpi__list_managed_months=[
            {"nominal_token": token, "cohort_month": OCTOBER} for token in "AB"
        ],
        int_kpi__list_cohort_offences=[
            {"event_token": event, "nominal_token": "A", "offence_on": day}
            for event, day in (("e1", "2021-10-02"), ("e2", "2021-10-03"))
        ],
    )
    assert rows == [
        ("K061", "all", OCTOBER, "unplaced", "A", None),
        ("K061", "all", OCTOBER, "unplaced", None, "A"),
        ("K061", "all", OCTOBER, "unplaced", None, "B"),
        ("K066", "all", OCTOBER, "unplaced", "e1", "A"),
        ("K066", "all", OCTOBER, "unplaced", "e2", "A"),
    ]


def test_proven_reoffending_is_told_by_person_by_reoffender_and_by_offence() -> None:
    rows = measured(
        *("K061", "K066", "S25"),
        int_kpi__list_adopted_people=[
            {"adopted_on": "2019-05-14", "proven_reoffences": number} for number in (2, 0, 0)
        ],
    )
    assert rows == [
        (kpi, breakdown, "2019-05-01", "unplaced", numerator, denominator)
        for kpi, breakdown, numerator, denominator in (
            ("K061", "moj_style", 1.0, 3.0),
            ("K066", "moj_style", 2.0, 1.0),
            ("S25", "binary", 1.0, 3.0),
            ("S25", "frequency", 2.0, 1.0),
            ("S25", "per_offender", 2.0, 3.0),
        )
    ]


def test_the_change_since_the_framework_is_observed_in_points() -> None:
    changes = [{"last_month": OCTOBER, "points_changed": -25}]
    assert measured("K062", int_kpi__list_reoffending_changes=changes) == [
        ("K062", "all", OCTOBER, "unplaced", -25.0)
    ]


def test_engaged_people_are_of_the_class_a_users_and_of_all_and_only_where_they_may_be_shown() -> (
    None
):
    engaged = {"cohort_people": 100, "is_publishable": True}
    rows = measured(
        *("K064", "K065"),
        int_linkage__count_engaged=[
            engaged
            | {"variant": "open_journey", "month_start": OCTOBER}
            | {"class_a_people": 70, "engaged_people": 50},
            engaged
            | {"variant": "effective_treatment", "month_start": OCTOBER}
            | {"class_a_people": 70, "engaged_people": 40, "is_publishable": False},
            engaged
            | {"variant": "effective_treatment", "month_start": SEPTEMBER}
            | {"class_a_people": 60, "engaged_people": 45},
        ],
    )
    assert rows == [
        ("K064", "all", OCTOBER, "unplaced", 50.0, 70.0),
        ("K064", "effective_treatment", SEPTEMBER, "unplaced", 45.0, 60.0),
        ("K065", "all", OCTOBER, "unplaced", 50.0, 100.0),
        ("K065", "effective_treatment", SEPTEMBER, "unplaced", 45.0, 100.0),
    ]
