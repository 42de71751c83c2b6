"""How figures and periods are said, and the line of blocks."""

from __future__ import annotations

from datetime import date

import pytest

from csp.kpi import words


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (254, "incidents", "254 incidents"),
        (16.929, "%", "16.9%"),
        (8_000_000, "£", "£8m"),
        (1_250_000, "£", "£1.25m"),
        (750_000, "£", "£750,000"),
        (94.0, "per 1,000 residents", "94.0 per 1,000 residents"),
        (0.614, "per 1,000 residents", "0.61 per 1,000 residents"),
        (-3.2, "%", "−3.2%"),
        (1742, "people", "1,742 people"),
    ],
)
def test_a_figure_is_said_with_its_unit(value: float, unit: str, said: str) -> None:
    assert words.figure(value, unit, "reported") == said


def test_a_change_has_its_sign() -> None:
    assert words.figure(4.0, "%", "reported", signed=True) == "+4.0%"


def test_each_way_of_having_no_figure_has_its_own_word() -> None:
    statuses = ("missing", "not_reported", "not_mature", "suppressed")
    said = {words.status_word(status, None) for status in statuses}
    assert len(said | {words.status_word("reported", 0)}) == 5


@pytest.mark.parametrize(
    ("kind", "start", "end", "said"),
    [
        ("month", date(2021, 10, 1), date(2021, 10, 31), "October 2021"),
        ("quarter", date(2021, 4, 1), date(2021, 6, 30), "Apr to Jun 2021"),
        ("rolling_12_months", date(2020, 11, 1), date(2021, 10, 31), "12 months to Oct 2021"),
        ("financial_year", date(2020, 4, 1), date(2021, 3, 31), "Financial year 2020/21"),
        (
            "financial_year_to_date",
            date(2021, 4, 1),
            date(2021, 9, 30),
            "Apr to Sep 2021, the financial year so far",
        ),
        (
            "since_start",
            date(2020, 10, 1),
            date(2021, 10, 31),
            "Oct 2020 to Oct 2021, since the start",
        ),
    ],
)
def test_a_period_is_said_as_people_say_it(kind: str, start: date, end: date, said: str) -> None:
    assert words.period(kind, start, end) == said


def test_the_line_of_blocks_has_gaps_where_there_is_no_figure() -> None:
    line = words.sparkline(
        [1, None, 8, None, 4.4], ["reported", "missing", "reported", "suppressed", "reported"]
    )
    assert line == "▁·█*▄"
    assert words.sparkline([0, 0], ["reported", "reported"]) == "▅▅"
    assert words.sparkline([None], ["not_mature"]) == "·"
