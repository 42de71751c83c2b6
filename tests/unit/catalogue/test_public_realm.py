"""What counts for the KPIs of Covid-19 and the public realm."""

from __future__ import annotations

from tests.unit.catalogue.measured import measured

OCTOBER, FEBRUARY, MAY = "2020-10-01", "2021-02-01", "2021-05-01"
VISITS = [
    {"premises_token": "e1", "compliance": "WRITTEN_WARNING", "regulation_code": "COVID_FACE"},
    {"premises_token": "e1", "compliance": "COMPLIANT", "regulation_code": "COVID_FACE"},
    {"premises_token": "e2", "compliance": "WRITTEN_WARNING", "regulation_code": "FOOD2013"},
    {"premises_token": "e3", "compliance": "COMPLIANT", "regulation_code": "UNKNOWN"},
]
RULES = [
    {"regulation_code": "COVID_FACE", "is_covid": True},
    {"regulation_code": "FOOD2013", "is_covid": False},
]


def visits() -> list[dict]:
    return [row | {"event_date": "2020-10-02", "day_of_action_flag": True} for row in VISITS]


def test_a_park_counts_once_in_a_month_and_a_street_does_not() -> None:
    rows = measured(
        "K103",
        fct_patrol=[
            {"event_date": "2021-05-05", "site_id": "PK-001", "site_type": "PARK"},
            {"event_date": "2021-05-11", "site_id": "PK-001", "site_type": "PARK"},
            {"event_date": "2021-05-11", "site_id": "ST-001", "site_type": "STREET"},
            {"event_date": "2021-05-12", "site_id": "PK-002", "site_type": "PARK"},
        ],
    )
    assert rows == [
        ("K103", "all", MAY, "unplaced", "PK-001", None),
        ("K103", "all", MAY, "unplaced", "PK-002", None),
    ]


def test_every_visit_counts_and_one_is_about_covid_by_its_regulation() -> None:
    assert measured("K105", fct_premises_visit=visits(), dim_regulation=RULES) == [
        ("K105", "all", OCTOBER, "unplaced", 4.0, None),
        ("K105", "covid", OCTOBER, "unplaced", 2.0, None),
        ("K105", "premises", OCTOBER, "unplaced", "e1", None),
        ("K105", "premises", OCTOBER, "unplaced", "e2", None),
        ("K105", "premises", OCTOBER, "unplaced", "e3", None),
    ]


def test_a_penalty_counts_when_it_is_a_coronavirus_one_and_was_not_cancelled() -> None:
    notice = {"event_date": "2020-10-03"}
    rows = measured(
        "K106",
        fct_fixed_penalty_notice=[
            notice | {"is_covid": True, "is_counted": True},
            notice | {"is_covid": True, "is_counted": False},
            notice | {"is_covid": False, "is_counted": True},
        ],
        fct_premises_visit=visits(),
        dim_regulation=RULES,
    )
    assert rows == [
        ("K106", "all", OCTOBER, "unplaced", 1.0, None),
        ("K106", "per_visit", OCTOBER, "unplaced", 0.0, 2.0),
        ("K106", "per_visit", OCTOBER, "unplaced", 1.0, 0.0),
    ]


def test_a_written_warning_about_food_is_no_covid_warning() -> None:
    rows = measured("K107", fct_premises_visit=visits(), dim_regulation=RULES)
    assert rows == [("K107", "all", OCTOBER, "unplaced", 1.0, None)]


def test_many_visits_of_one_date_are_one_day_of_action() -> None:
    other = {"event_date": "2020-10-05", "day_of_action_flag": False}
    rows = measured("K108", fct_premises_visit=[*visits(), other])
    assert rows == [("K108", "all", OCTOBER, "unplaced", "2020-10-02", None)]


def test_items_are_added_up_by_channel_without_cancelled_lines_and_other_programmes() -> None:
    line = {
        "event_date": "2021-02-26",
        "programme": "COVID_RESPONSE",
        "kind": "communication",
        "status": "COMPLETE",
        "channel": "LEAFLET",
        "language": "en",
        "item_count": 6,
    }
    rows = measured(
        "K109",
        fct_funding_line=[
            line,
            line | {"language": "bn", "item_count": 4},
            line | {"status": "CANCELLED", "channel": "POSTER"},
            line | {"programme": "PREVENT", "channel": "POSTER"},
        ],
    )
    assert rows == [
        ("K109", "all", FEBRUARY, "unplaced", 10.0, None),
        ("K109", "community_languages", FEBRUARY, "unplaced", 4.0, None),
        ("K109", "leaflet", FEBRUARY, "unplaced", 10.0, None),
    ]


def test_cases_outside_the_borough_do_not_count() -> None:
    case = {"event_date": "2021-02-26", "ward_code": "E05009317"}
    rows = measured(
        "K110",
        fct_asb_case=[
            case,
            case,
            case | {"ward_code": "unplaced"},
            case | {"ward_code": "outside"},
        ],
    )
    assert rows == [
        ("K110", "all", FEBRUARY, "E05009317", 2.0, None),
        ("K110", "all", FEBRUARY, "unplaced", 1.0, None),
    ]


def test_a_commendation_is_praise_of_cctv_from_a_partner() -> None:
    praise = {"event_date": "2021-05-11", "service": "CCTV", "sentiment": "POSITIVE"}
    items = [
        praise | {"source": "PARTNER", "linked_arrests": 2},
        praise | {"source": "RESIDENT", "linked_arrests": 5},
        praise | {"source": "PARTNER", "sentiment": "NEGATIVE", "linked_arrests": 7},
        praise | {"source": "PARTNER", "service": "ASB_OFFICER", "sentiment": None},
    ]
    assert measured("K111", fct_feedback=items) == [
        ("K111", "all", MAY, "unplaced", 4.0, None),
        ("K111", "asb_officer", MAY, "unplaced", 1.0, None),
        ("K111", "cctv", MAY, "unplaced", 3.0, None),
        ("K111", "positive_share", MAY, "unplaced", 2.0, 3.0),
    ]
    assert measured("K112", fct_feedback=items) == [
        ("K112", "all", MAY, "unplaced", 1.0, None),
        ("K112", "linked_arrests", MAY, "unplaced", 2.0, None),
    ]
