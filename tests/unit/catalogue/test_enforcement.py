"""What counts for the KPIs of patrols, enforcement actions, penalties and protection orders."""

from __future__ import annotations

from tests.unit.catalogue.measured import measured

APRIL, MAY, JUNE = "2021-04-01", "2021-05-01", "2021-06-01"
DAY = {"event_date": "2021-06-24"}


def test_patrol_hours_are_those_of_two_teams_and_last_until_the_patrol_ends() -> None:
    patrols = [
        ("NET", "2021-06-24 22:30", "2021-06-25 01:00"),
        ("NET", "2021-06-24 10:00", "2021-06-24 11:00"),
        ("PTF", "2021-06-24 10:00", "2021-06-24 11:45"),
        ("THEO", "2021-06-24 10:00", "2021-06-24 20:00"),
    ]
    rows = measured(
        "K002",
        fct_patrol=[
            DAY | {"team": team, "start_at": start, "end_at": end} for team, start, end in patrols
        ],
    )
    assert rows == [
        ("K002", "all", JUNE, "unplaced", 5.25, None),
        ("K002", "net", JUNE, "unplaced", 3.5, None),
        ("K002", "ptf", JUNE, "unplaced", 1.75, None),
    ]


def test_an_action_that_was_cancelled_counts_nowhere_and_a_verbal_warning_is_none() -> None:
    actions = [
        ("ASB_WARNING", "ISSUED"),
        ("ASB_WARNING", "CANCELLED"),
        ("VERBAL_WARN", "ISSUED"),
        ("REFERRAL_TX", "ISSUED"),
        ("REFERRAL_TX", "CANCELLED"),
    ]
    rows = measured(
        *("K003", "K005"),
        fct_enforcement_action=[
            DAY | {"action_type": kind, "status": status} for kind, status in actions
        ],
        fct_patrol=[
            DAY | {"team": "NET", "engagements": 5},
            DAY | {"team": "PTF", "engagements": 3},
            DAY | {"team": "THEO", "engagements": 90},
        ],
    )
    assert rows == [
        ("K003", "all", JUNE, "unplaced", 1.0, None),
        ("K005", "all", JUNE, "unplaced", 1.0, None),
        ("K005", "per_engagement", JUNE, "unplaced", 0.0, 8.0),
        ("K005", "per_engagement", JUNE, "unplaced", 1.0, 0.0),
    ]


def test_of_seizures_nitrous_oxide_counts_by_quantity() -> None:
    seizures = [
        ("NOX_BOX", 2, "ISSUED"),
        ("NOX_CANISTER", 30, "ISSUED"),
        ("NOX_BOX", 7, "CANCELLED"),
        ("ALCOHOL", 6, "ISSUED"),
    ]
    rows = measured(
        "K017",
        fct_enforcement_action=[
            DAY | {"seizure_item": item, "seizure_qty": quantity, "status": status}
            for item, quantity, status in seizures
        ],
    )
    assert rows == [
        ("K017", "all", JUNE, "unplaced", 32.0, None),
        ("K017", "boxes", JUNE, "unplaced", 2.0, None),
        ("K017", "canisters", JUNE, "unplaced", 30.0, None),
    ]


def test_a_month_of_the_register_without_an_order_is_a_zero() -> None:
    rows = measured(
        "K011",
        int_kpi__list_orders_in_force=[
            {"month_end": "2021-04-30", "pspo_id": "DRINKING"},
            {"month_end": "2021-04-30", "pspo_id": "NOX"},
            {"month_end": "2021-05-31"},
        ],
    )
    assert rows == [
        ("K011", "all", APRIL, "unplaced", 2.0, None),
        ("K011", "all", MAY, "unplaced", 0.0, None),
    ]


def test_orders_due_are_of_the_month_in_which_they_expired() -> None:
    rows = measured(
        "K012",
        int_kpi__list_due_orders=[
            {"expires_on": "2021-05-30", "was_renewed": True},
            {"expires_on": "2021-05-31", "was_renewed": False},
        ],
    )
    assert rows == [("K012", "all", MAY, "unplaced", 1.0, 2.0)]


def test_a_penalty_is_of_nitrous_oxide_by_its_order_and_a_fine_needs_a_prosecution() -> None:
    nox = DAY | {"pspo_id": "NOX", "is_counted": True, "amount_gbp": 100}
    fined = {"prosecuted_on": "2021-09-01", "court_fine_gbp": 440}
    rows = measured(
        *("K013", "K014"),
        fct_fixed_penalty_notice=[
            nox | fined,
            nox | {"amount_gbp": 60, "court_fine_gbp": 999},
            nox | {"amount_gbp": 70, "prosecuted_on": "2021-09-01"},
            nox | fined | {"is_counted": False, "amount_gbp": 500},
            nox | fined | {"pspo_id": "DRINKING", "amount_gbp": 500},
            nox | {"pspo_id": None, "amount_gbp": 80},
        ],
        int_kpi__list_protection_orders=[
            {"pspo_id": "NOX", "restriction_code": "NOX"},
            {"pspo_id": "DRINKING", "restriction_code": "DRINKING"},
        ],
    )
    assert rows == [
        ("K013", "all", "2021-06-24", "unplaced", 3.0, None),
        ("K014", "all", "2021-06-24", "unplaced", 100.0),
        ("K014", "all", "2021-06-24", "unplaced", 60.0),
        ("K014", "all", "2021-06-24", "unplaced", 70.0),
        ("K014", "court_fine", "2021-09-01", "unplaced", 440.0),
    ]


def test_people_over_24_are_told_of_those_whose_age_was_noted() -> None:
    notice = DAY | {"pspo_id": "NOX", "is_counted": True}
    offered = {"support_offered": True}
    rows = measured(
        "K018",
        fct_fixed_penalty_notice=[
            notice | offered | {"subject_age_band": "18_24", "support_accepted": True},
            notice | offered | {"subject_age_band": "25_34", "support_accepted": False},
            notice | {"subject_age_band": "UNKNOWN", "support_offered": False},
            notice | offered | {"subject_age_band": "50_PLUS", "is_counted": False},
        ],
        int_kpi__list_protection_orders=[{"pspo_id": "NOX", "restriction_code": "NOX"}],
    )
    assert rows == [
        ("K018", "aged_over_24", "2021-06-24", "unplaced", 1.0, 2.0),
        ("K018", "all", "2021-06-24", "unplaced", 2.0, None),
        ("K018", "support_accepted", "2021-06-24", "unplaced", 1.0, 2.0),
    ]


def test_a_penalty_waits_for_its_28_or_90_days_and_one_that_does_not_count_is_in_no_share() -> None:
    late = DAY | {
        "is_counted": True,
        "is_paid_within_28_days": False,
        "is_paid_within_90_days": True,
        "is_settled_for_28_days": True,
        "is_settled_for_90_days": True,
    }
    in_time = late | {"is_paid_within_28_days": True}
    rows = measured(
        "K015",
        fct_fixed_penalty_notice=[
            late,
            in_time,
            in_time | {"is_settled_for_90_days": False},
            in_time | {"is_settled_for_28_days": False, "is_settled_for_90_days": False},
            late | {"is_paid_within_90_days": False},
            in_time | {"is_counted": False},
        ],
    )
    assert rows == [
        ("K015", "all", JUNE, "unplaced", 2.0, 4.0),
        ("K015", "within_90_days", JUNE, "unplaced", 2.0, 3.0),
    ]


def test_of_penalties_not_paid_when_due_those_prosecuted_count_and_mistakes_do_not() -> None:
    notice = DAY | {"is_counted": True, "was_unpaid_when_due": True}
    prosecuted = notice | {"prosecuted_on": "2021-10-01"}
    rows = measured(
        "K016",
        fct_fixed_penalty_notice=[
            notice,
            prosecuted,
            prosecuted | {"was_unpaid_when_due": False},
            prosecuted | {"is_counted": False},
        ],
    )
    assert rows == [("K016", "all", JUNE, "unplaced", 1.0, 2.0)]
