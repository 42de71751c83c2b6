"""What counts for the KPIs of hate crime, community tension and extremism."""

from __future__ import annotations

from tests.unit.catalogue.measured import measured

WARD = "E05009336"
APRIL, MAY, JUNE, JULY = "2021-04-01", "2021-05-01", "2021-06-01", "2021-07-01"
SEPTEMBER, OCTOBER = "2021-09-01", "2021-10-01"


def test_an_event_counts_wherever_it_was_held_and_only_a_ward_of_the_borough_is_named() -> None:
    week = {"programme": "HATE_CRIME_WEEK", "event_date": "2021-10-09"}
    places = (WARD, "outside", "unplaced")
    rows = measured("K031", fct_engagement_event=[week | {"ward_code": ward} for ward in places])
    assert rows == [
        ("K031", "all", OCTOBER, WARD, 1.0, None),
        ("K031", "all", OCTOBER, "unplaced", 2.0, None),
    ]


def test_ambassadors_are_attendances_and_an_event_where_nobody_counted_adds_none() -> None:
    training = {"programme": "LMC_AMBASSADORS", "event_date": "2021-09-16", "ward_code": WARD}
    rows = measured(
        "K032",
        fct_engagement_event=[
            training | {"attendees": 8},
            training,
            training | {"programme": "OUTREACH", "attendees": 30},
        ],
    )
    assert rows == [("K032", "all", SEPTEMBER, "unplaced", 8.0, None)]


def test_outreach_is_told_by_title_where_the_catalogue_names_it() -> None:
    event = {"programme": "OUTREACH", "event_date": "2021-07-14", "ward_code": "outside"}
    conference = event | {"title": "Young Peoples Rise & Shine Conference"}
    rows = measured(
        "K033",
        fct_engagement_event=[
            conference,
            conference | {"programme": "ASB_WEEK"},
            event | {"title": "IDAHOBIT"},
            event | {"title": "Litter Day"},
            event | {"title": "Pledge", "programme": "NO_PLACE_FOR_HATE"},
        ],
    )
    assert rows == [
        ("K033", "all", JULY, "unplaced", 3.0, None),
        ("K033", "event:idahobit", JULY, "unplaced", 1.0, None),
        ("K033", "event:young_peoples_rise_and_shine_conference", JULY, "unplaced", 1.0, None),
        ("K033", "no_place_for_hate", JULY, "unplaced", 1.0, None),
    ]


def test_prevent_training_is_of_frontline_staff_and_support_is_of_schools() -> None:
    attendees = {"FRONTLINE": 31, "SCHOOL_STAFF": 7, "PUPIL": 25, "PARENT": 40, "COMMUNITY": 50}
    schools = ("SCHOOL_STAFF", "PUPIL")
    rows = measured(
        *("K034", "K035"),
        fct_prevent_session=[
            {"event_date": "2021-06-10", "audience": audience, "attendees": number}
            for audience, number in attendees.items()
        ],
        audience=[{"audience": name, "is_school": name in schools} for name in attendees],
    )
    assert rows == [
        ("K034", "all", JUNE, "unplaced", 31.0, None),
        ("K035", "all", JUNE, "unplaced", 32.0, None),
        ("K035", "pupil", JUNE, "unplaced", 25.0, None),
        ("K035", "school_staff", JUNE, "unplaced", 7.0, None),
    ]


def test_a_project_counts_in_its_term_and_one_with_two_events_in_a_month_is_one() -> None:
    line = {"programme": "PREVENT", "kind": "project", "month_start": APRIL, "is_in_term": True}
    event = {"programme": "PREVENT_PROJECT", "project_id": "PRJ-1"}
    rows = measured(
        "K036",
        int_kpi__list_funding_months=[
            line | {"line_id": "active", "status": "ACTIVE"},
            line | {"line_id": "complete", "status": "COMPLETE"},
            line | {"line_id": "cancelled", "status": "CANCELLED"},
            line | {"line_id": "planned", "status": "PLANNED"},
            line | {"line_id": "over", "status": "COMPLETE", "is_in_term": False},
            line | {"line_id": "bid", "status": "ACTIVE", "kind": "bid"},
        ],
        fct_engagement_event=[
            event | {"event_date": "2021-04-10"},
            event | {"event_date": "2021-04-28"},
            event | {"event_date": "2021-04-28", "project_id": None},
        ],
    )
    assert rows == [
        ("K036", "all", APRIL, "unplaced", "active", None),
        ("K036", "all", APRIL, "unplaced", "complete", None),
        ("K036", "with_activity", APRIL, "unplaced", "PRJ-1", None),
    ]


def test_a_bid_is_in_progress_from_the_writing_down_until_its_year_begins() -> None:
    bid = {"programme": "PREVENT", "kind": "bid", "status": "PLANNED", "month_start": MAY}
    in_progress = bid | {"is_recorded": True, "is_begun": False}
    rows = measured(
        "K037",
        int_kpi__list_funding_months=[
            in_progress,
            in_progress | {"status": "SUBMITTED"},
            in_progress | {"status": "SUCCESSFUL"},
            bid | {"is_recorded": True, "is_begun": True},
            bid | {"is_recorded": False, "is_begun": True},
        ],
    )
    assert rows == [("K037", "all", MAY, "unplaced", 2.0, None)]


def test_a_protected_site_counts_from_its_year_or_its_writing_down_unless_called_off() -> None:
    site = {"programme": "PROTECTIVE_SECURITY", "kind": "project", "month_start": MAY}
    rows = measured(
        "K042",
        int_kpi__list_funding_months=[
            site | {"status": "ACTIVE", "is_recorded": True, "is_begun": False},
            site | {"status": "COMPLETE", "is_recorded": False, "is_begun": True},
            site | {"status": "CANCELLED", "is_recorded": True, "is_begun": True},
            site | {"status": "ACTIVE", "kind": "bid", "is_recorded": True, "is_begun": True},
        ],
    )
    assert rows == [("K042", "all", MAY, "unplaced", 2.0, None)]


def test_an_issue_counts_when_raised_and_is_timed_when_closed() -> None:
    issue = {"category": "PROTEST", "raised_on": "2021-05-14"}
    rows = measured("K038", "K039", fct_tension_issue=[issue | {"closed_on": "2021-06-13"}, issue])
    assert rows == [
        ("K038", "all", MAY, "unplaced", 2.0, None),
        ("K038", "closed", JUNE, "unplaced", 1.0, None),
        ("K038", "protest", MAY, "unplaced", 2.0, None),
        ("K039", "all", JUNE, "unplaced", 30.0),
    ]


def test_a_security_report_is_in_time_to_the_28th_day_and_vehicle_mitigation_has_none() -> None:
    received = {"event_date": "2021-06-01", "referral_received_on": "2021-06-01"}
    worship = {"grant_scheme": "PLACES_OF_WORSHIP"}
    rows = measured(
        *("K040", "K041", "K043"),
        fct_protective_security_referral=[
            received | {"service": "DOCO", "report_on": "2021-06-29"} | worship,
            received | {"service": "DOCO", "report_on": "2021-06-30", "grant_scheme": "OTHER"},
            received | {"service": "CTSA"},
            received | {"service": "HVM", "report_on": "2021-06-02"},
        ],
    )
    assert rows == [
        ("K040", "all", JUNE, "unplaced", 4.0, None),
        ("K040", "ctsa", JUNE, "unplaced", 1.0, None),
        ("K040", "doco", JUNE, "unplaced", 2.0, None),
        ("K040", "hvm", JUNE, "unplaced", 1.0, None),
        ("K041", "all", JUNE, "unplaced", 1.0, 3.0),
        ("K043", "all", JUNE, "unplaced", 1.0, None),
    ]


def test_a_hate_incident_counts_once_for_each_strand_and_once_in_all() -> None:
    here = {"event_date": "2021-05-04", "borough_code": "E09000030", "ward_code": WARD}
    unknown = here | {"borough_code": "unplaced", "ward_code": "unplaced"}
    elsewhere = here | {"borough_code": "outside", "ward_code": "outside"}
    rows = measured(
        *("K046", "S22"),
        fct_hate_incident=[
            here | {"is_crime": True},
            unknown | {"is_crime": False},
            elsewhere | {"is_crime": True},
        ],
        fct_hate_incident_strand=[
            here | {"strand": "RACE"},
            here | {"strand": "RELIGION"},
            unknown | {"strand": "RACE"},
            elsewhere | {"strand": "DISABILITY"},
        ],
        int_kpi__list_knowable_hate_incidents=[
            {"event_date": "2021-05-04", "is_repeat": is_repeat} for is_repeat in (True, False)
        ],
    )
    assert rows == [
        ("K046", "all", MAY, WARD, 1.0, None),
        ("K046", "all", MAY, "unplaced", 1.0, None),
        ("K046", "crime_rate", MAY, WARD, 1.0, None),
        ("K046", "crime_rate", MAY, "unplaced", 0.0, None),
        ("K046", "crimes", MAY, WARD, 1.0, None),
        ("K046", "crimes", MAY, "unplaced", 0.0, None),
        ("S22", "all", MAY, "unplaced", 2.0, None),
        ("S22", "race", MAY, "unplaced", 2.0, None),
        ("S22", "religion", MAY, "unplaced", 1.0, None),
        ("S22", "repeat_victim", MAY, "unplaced", 1.0, 2.0),
    ]


def test_antisemitic_offences_lie_within_faith_and_other_places_and_groups_do_not_count() -> None:
    offences = {
        "area_level": "borough",
        "borough_code": "E09000030",
        "crime_month": MAY,
        "offence_group": "HATE CRIME",
        "measure": "Offences",
    }
    outcomes = offences | {"measure": "Positive Outcomes"}
    racist, faith = "RACIST HATE CRIME", "FAITH HATE CRIME"
    antisemitic = "ANTI-SEMITIC HATE CRIME"
    rows = measured(
        *("K046", "S22"),
        fct_mps_dashboard_month=[
            offences | {"offence_subgroup": racist, "events": 50},
            outcomes | {"offence_subgroup": racist, "events": 4},
            offences | {"offence_subgroup": faith, "events": 10},
            offences | {"offence_subgroup": antisemitic, "events": 6},
            outcomes | {"offence_subgroup": antisemitic, "events": 2},
            offences | {"offence_subgroup": racist, "events": 70, "borough_code": "outside"},
            offences | {"offence_subgroup": racist, "events": 5, "area_level": "ward"},
            offences | {"offence_group": "ROBBERY", "offence_subgroup": "ROBBERY", "events": 9},
        ],
    )
    assert rows == [
        ("K046", "positive_outcome", MAY, "unplaced", 4.0, 60.0),
        ("S22", "police:antisemitic", MAY, "unplaced", 6.0, None),
        ("S22", "police:faith", MAY, "unplaced", 10.0, None),
        ("S22", "police:racist", MAY, "unplaced", 50.0, None),
        ("S22", "police_positive:antisemitic", MAY, "unplaced", 2.0, 6.0),
        ("S22", "police_positive:faith", MAY, "unplaced", 0.0, 10.0),
        ("S22", "police_positive:racist", MAY, "unplaced", 4.0, 50.0),
    ]


def test_what_the_sender_hid_is_counted_and_not_guessed_and_a_nought_is_not_hidden() -> None:
    totals = ((12, 6, 0), (None, 0, 0), (0, None, 0))
    columns = ("referrals", "channel_discussed", "channel_adopted")
    rows = measured(
        "S33",
        fct_prevent_referral=[
            {"event_date": APRIL} | dict(zip(columns, total, strict=True)) for total in totals
        ],
    )
    assert rows == [
        ("S33", "adopted", APRIL, "unplaced", 0.0, None),
        ("S33", "all", APRIL, "unplaced", 12.0, None),
        ("S33", "discussed", APRIL, "unplaced", 6.0, None),
        ("S33", "hidden_cells", APRIL, "unplaced", 1.0, None),
    ]
