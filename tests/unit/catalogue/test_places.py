"""What counts for the standard indicators of hot spots and concentration."""

from __future__ import annotations

from tests.unit.catalogue.measured import measured

DECEMBER = "2019-12-01"
YEAR = {"event_kind": "crime", "period_end": "2019-12-31"}


def test_places_give_one_figure_a_month_for_each_kind_of_event() -> None:
    rows = measured(
        *("S16", "S17"),
        int_kpi__count_hot_spots=[
            YEAR | {"hot_lsoas": 2, "persistent_lsoas": 1},
            YEAR | {"event_kind": "asb", "hot_lsoas": 0, "persistent_lsoas": 0},
        ],
        int_kpi__concentrate_events=[
            YEAR | {"events": 15, "top_5_events": 5, "top_20_events": 6, "gini": 0.25, "pai_5": 2},
        ],
    )
    assert rows == [
        ("S16", "asb_hot", DECEMBER, "unplaced", 0.0),
        ("S16", "asb_persistent", DECEMBER, "unplaced", 0.0),
        ("S16", "crime_hot", DECEMBER, "unplaced", 2.0),
        ("S16", "crime_persistent", DECEMBER, "unplaced", 1.0),
        ("S17", "crime_gini", DECEMBER, "unplaced", 0.25),
        ("S17", "crime_pai_5", DECEMBER, "unplaced", 2.0),
        ("S17", "crime_top_20_percent", DECEMBER, "unplaced", 6.0, 15.0),
        ("S17", "crime_top_5_percent", DECEMBER, "unplaced", 5.0, 15.0),
    ]


def test_without_a_year_before_there_is_no_accuracy_index() -> None:
    year = YEAR | {"events": 15, "top_5_events": 5, "top_20_events": 6}
    rows = measured("S17", int_kpi__concentrate_events=[year])
    assert [row[1] for row in rows] == ["crime_top_20_percent", "crime_top_5_percent"]
