"""What counts for the KPIs of violence, exploitation, and violence against women and girls."""

from __future__ import annotations

from tests.unit.catalogue.measured import measured

FEBRUARY, MAY, JUNE = "2021-02-01", "2021-05-01", "2021-06-01"
DAY = {"event_date": "2021-06-24"}


def test_an_action_counts_when_due_and_one_called_off_or_without_a_day_never() -> None:
    action = {"programme": "VV_ACTION_PLAN", "kind": "ACTION", "due_on": "2021-06-30"}
    done = action | {"status": "DONE", "done_on": "2021-06-30"}
    rows = measured(
        "K069",
        fct_milestone=[
            done,
            done | {"done_on": "2021-07-01"},
            action | {"status": "SLIPPED"},
            action | {"status": "CANCELLED"},
            action | {"status": "PLANNED", "due_on": None},
            done | {"programme": "CSP_PLAN"},
        ],
    )
    assert rows == [
        ("K069", "all", JUNE, "unplaced", 2.0, 3.0),
        ("K069", "on_time", JUNE, "unplaced", 1.0, 3.0),
    ]


def test_training_in_exploitation_counts_by_session_and_attendances_where_somebody_counted() -> (
    None
):
    training = DAY | {"programme": "EXPLOITATION_TRAINING"}
    rows = measured(
        "K071",
        fct_engagement_event=[
            training | {"attendees": 12},
            training,
            DAY | {"programme": "OUTREACH", "attendees": 40},
        ],
    )
    assert rows == [
        ("K071", "all", JUNE, "unplaced", 2.0, None),
        ("K071", "attendees", JUNE, "unplaced", 12.0, None),
    ]


def test_a_patrol_that_was_no_sweep_adds_neither_a_sweep_nor_its_finds() -> None:
    rows = measured(
        "K074",
        fct_patrol=[
            DAY | {"sweep_flag": True, "weapons_found": 2},
            DAY | {"sweep_flag": True, "weapons_found": 0},
            DAY | {"sweep_flag": False, "weapons_found": 1},
        ],
    )
    assert rows == [
        ("K074", "all", JUNE, "unplaced", 2.0, None),
        ("K074", "weapons_found", JUNE, "unplaced", 2.0, None),
        ("K074", "weapons_per_sweep", JUNE, "unplaced", 2.0, 2.0),
    ]


def test_a_grant_counts_whole_until_its_term_is_over() -> None:
    award = {"programme": "MY_ENDS", "kind": "award", "status": "ACTIVE", "month_start": MAY}
    standing = award | {"is_begun": True, "is_in_term": True}
    rows = measured(
        "K075",
        int_kpi__list_funding_months=[
            standing | {"amount_gbp": 100, "amount_basis": "per_annum", "term_months": 24},
            standing | {"amount_gbp": 5, "amount_basis": "per_annum"},
            award | {"amount_gbp": 30, "amount_basis": "total", "is_begun": False},
            award | {"amount_gbp": 40, "term_months": 12, "is_begun": False, "is_in_term": False},
            award | {"amount_gbp": 7, "term_months": 1, "is_begun": True, "is_in_term": False},
            standing | {"amount_gbp": 50, "status": "CANCELLED"},
            standing | {"amount_gbp": 60, "kind": "spend"},
            standing | {"amount_gbp": 60, "programme": "PREVENT"},
        ],
    )
    assert rows == [("K075", "all", MAY, "unplaced", 275.0, None)]


def test_champions_are_those_named_at_the_signing() -> None:
    signing = {"programme": "WOMENS_SAFETY", "kind": "SIGNED", "month_start": MAY, "figure": 3}
    rows = measured("K083", int_kpi__list_done_milestones=[signing, signing | {"kind": "LAUNCHED"}])
    assert rows == [("K083", "champions", MAY, "unplaced", 3.0, None)]


def test_support_is_taken_up_when_somebody_engaged_and_all_services_make_the_demand() -> None:
    rows = measured(
        "K076",
        "K088",
        fct_vawg_referral=[
            DAY | {"service": "SOLACE_IDVA", "engaged_on": "2021-06-27"},
            DAY | {"service": "SOLACE_ADVOCACY"},
            DAY | {"service": "REFUGE", "engaged_on": "2021-06-27"},
        ],
    )
    assert rows == [
        ("K076", "all", JUNE, "unplaced", 2.0, None),
        ("K076", "engaged", JUNE, "unplaced", 1.0, 2.0),
        ("K088", "all", JUNE, "unplaced", 3.0, None),
    ]


def test_a_home_with_two_works_in_a_month_is_one_home_and_two_works() -> None:
    works = [
        {"home_token": "h", "event_date": day} for day in ("2021-02-01", "2021-02-19", "2021-05-01")
    ]
    assert measured("K077", fct_sanctuary_installation=works) == [
        ("K077", "all", FEBRUARY, "unplaced", "h", None),
        ("K077", "all", MAY, "unplaced", "h", None),
        ("K077", "works", FEBRUARY, "unplaced", 2.0, None),
        ("K077", "works", MAY, "unplaced", 1.0, None),
    ]


def test_a_home_that_was_not_asked_yet_is_in_neither_number() -> None:
    homes = [
        DAY | {"still_at_home_6m": True, "repeat_incident_6m": True},
        DAY | {"still_at_home_6m": False, "repeat_incident_6m": False},
        DAY,
    ]
    assert measured("K078", fct_sanctuary_home=homes) == [
        ("K078", "all", JUNE, "unplaced", 1.0, 2.0),
        ("K078", "repeat_incident", JUNE, "unplaced", 1.0, 2.0),
    ]


def test_each_programme_of_training_feeds_its_own_kpi_and_a_venue_counts_once() -> None:
    sessions = [
        ("CHAMPION", "v", 10),
        ("ASK_FOR_ANGELA", "v", 2),
        ("ASK_FOR_ANGELA", "v", 3),
        ("ASK_FOR_ANGELA", None, 4),
        ("SEXUAL_RESPECT", "w", 120),
        ("PARENT", "x", 26),
        ("MISOGYNY", "y", 14),
    ]
    rows = measured(
        *("K079", "K080", "K081", "K084", "K085", "K086"),
        fct_vawg_training_session=[
            DAY | {"programme": programme, "venue_token": venue, "attendees": attendees}
            for programme, venue, attendees in sessions
        ],
    )
    assert [(kpi, breakdown, figure) for kpi, breakdown, _, _, figure, _ in rows] == [
        ("K079", "all", 10.0),
        ("K080", "all", 9.0),
        ("K081", "all", "v"),
        ("K084", "all", 1.0),
        ("K084", "students", 120.0),
        ("K085", "all", 1.0),
        ("K085", "attendees", 26.0),
        ("K086", "all", 1.0),
        ("K086", "attendees", 14.0),
    ]


def test_injury_is_among_domestic_abuse_offences_and_other_boroughs_do_not_count() -> None:
    month = {
        "area_level": "borough",
        "borough_code": "E09000030",
        "crime_month": MAY,
        "offence_group": "DOMESTIC ABUSE",
        "offence_subgroup": "DOMESTIC ABUSE OFFENCES",
        "measure": "Offences",
        "events": 260,
    }
    injury = {"offence_subgroup": "DOMESTIC ABUSE VIOLENCE WITH INJURY"}
    rows = measured(
        "S23",
        fct_mps_dashboard_month=[
            month,
            month | {"measure": "Positive Outcomes", "events": 20},
            month | injury | {"events": 65},
            month | injury | {"measure": "Positive Outcomes", "events": 5},
            month | {"borough_code": "outside", "events": 300},
            month | {"offence_group": "HATE CRIME", "offence_subgroup": "RACIST HATE CRIME"},
        ],
    )
    assert rows == [
        ("S23", "all", MAY, "unplaced", 260.0, None),
        ("S23", "positive_outcome", MAY, "unplaced", 20.0, 260.0),
        ("S23", "with_injury", MAY, "unplaced", 65.0, None),
    ]


def test_a_marac_repeat_is_one_by_the_record() -> None:
    case = {"event_date": "2021-06-24"}
    rows = measured(
        "S23",
        fct_marac_case=[case, case, case],
        int_kpi__list_knowable_marac_cases=[
            case | {"is_repeat_by_record": True},
            case | {"is_repeat_by_record": False},
        ],
    )
    assert rows == [
        ("S23", "marac_cases", JUNE, "unplaced", 3.0, None),
        ("S23", "marac_repeat", JUNE, "unplaced", 1.0, 2.0),
    ]
