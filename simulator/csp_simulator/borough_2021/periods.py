"""The time of the scenario, and the periods that the partnership's presentation speaks of.

The presentation has no date; autumn 2021 is inferred
(docs/specification/scenario.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Period:
    """First and last day, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        """Whether a day lies in the period."""
        return self.first <= day <= self.last

    @property
    def days(self) -> list[date]:
        """Every day."""
        return [self.first + timedelta(n) for n in range((self.last - self.first).days + 1)]


#: Every feed runs from the first to the last day of this.
WHOLE = Period(date(2019, 4, 1), date(2021, 12, 31))
#: Daily feeds come as daily files in the last quarter and as monthly archives before it.
DAILY_FILES_FROM = date(2021, 10, 1)
#: The day the presentation was given.
DECK = date(2021, 10, 31)
#: "Between April and June".
Q1 = Period(date(2021, 4, 1), date(2021, 6, 30))
#: "The first two quarters of 2021/22".
H1 = Period(date(2021, 4, 1), date(2021, 9, 30))
#: "In the year to date".
YEAR_TO_DATE = Period(date(2021, 4, 1), DECK)
#: "Over the last 12-18 months", read as twelve.
LAST_12_MONTHS = Period(date(2020, 11, 1), DECK)
#: "Since October 2020".
SINCE_OCTOBER_2020 = Period(date(2020, 10, 1), DECK)
#: The nitrous-oxide order, from its first day.
NITROUS_OXIDE_ORDER = Period(date(2021, 4, 30), DECK)


def months(period: Period = WHOLE) -> Iterator[date]:
    """First day of every month that begins in the period."""
    year, month = period.first.year, period.first.month
    while (first := date(year, month, 1)) <= period.last:
        yield first
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004


def month_end(first: date) -> date:
    """Last day of the month that begins on `first`."""
    return (first.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
