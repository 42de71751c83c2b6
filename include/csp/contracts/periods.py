"""Days, weeks, months, quarters and years: the lengths that a feed's cells can have."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

PeriodKind = Literal["day", "week", "month", "quarter", "year"]
LONGEST = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}


def first_of_period(day: date, kind: PeriodKind) -> date:
    """First day of the day's own day, ISO week, month, calendar quarter or year."""
    if kind == "week":
        return day - timedelta(day.weekday())
    if kind == "quarter":
        return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return {"day": day, "month": day.replace(day=1), "year": date(day.year, 1, 1)}[kind]


def next_period(first: date, kind: PeriodKind) -> date:
    """First day of the period after the one that begins on `first`."""
    return first_of_period(first + timedelta(LONGEST[kind]), kind)
