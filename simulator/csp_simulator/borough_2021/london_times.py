"""Times of London for whole columns: UTC, what the clock shows, and how files write it."""

from __future__ import annotations

from datetime import date
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.draws import joined

#: When the clock changes, in UTC: on to summer time, off, on, …
CLOCK_CHANGES = np.array(
    [
        "2019-03-31T01",
        "2019-10-27T01",
        "2020-03-29T01",
        "2020-10-25T01",
        "2021-03-28T01",
        "2021-10-31T01",
        "2022-03-27T01",
    ],
    dtype="datetime64[s]",
)
HOUR = np.timedelta64(3600, "s")
DAY_SECONDS = 86_400


def is_summer(utc: np.ndarray) -> np.ndarray:
    """Whether London has summer time."""
    return np.searchsorted(CLOCK_CHANGES, utc, side="right") % 2 == 1


def to_utc(clock: np.ndarray, *, of_two: Literal["first", "second"] = "first") -> np.ndarray:
    """UTC of what the clock shows.

    Args:
        clock: Times as London's clocks show them.
        of_two: Which is meant of the hour that is shown twice.
    """
    return clock - is_summer(clock if of_two == "second" else clock - HOUR) * HOUR


def to_clock(utc: np.ndarray) -> np.ndarray:
    """What the clock shows."""
    return utc + is_summer(utc) * HOUR


def local_day(utc: np.ndarray) -> np.ndarray:
    """The day in London."""
    return to_clock(utc).astype("datetime64[D]")


def day_minutes(days: np.ndarray) -> np.ndarray:
    """Minutes of a day in London: 1440, or an hour less or more when the clock changes."""
    begin = to_utc(days.astype("datetime64[s]"))
    return ((to_utc((days + 1).astype("datetime64[s]")) - begin) // np.timedelta64(60, "s")).astype(
        int
    )


def written(utc: np.ndarray, given: np.ndarray | None = None) -> pa.Array:
    """ISO 8601 with London's offset; nothing where there is no time or `given` is false."""
    text = pc.cast(_known(to_clock(utc).astype("datetime64[s]"), given), pa.string())
    text = pc.utf8_replace_slice(text, start=10, stop=11, replacement="T")
    offset = pa.array(["+00:00", "+01:00"]).take(pa.array(is_summer(utc).astype(np.int8)))
    return joined(text, offset)


def written_days(days: np.ndarray, given: np.ndarray | None = None) -> pa.Array:
    """ISO 8601 days; nothing where there is no day or `given` is false."""
    return pc.cast(_known(days.astype("datetime64[D]"), given), pa.string())


def _known(values: np.ndarray, given: np.ndarray | None) -> pa.Array:
    missing = np.isnat(values) if given is None else np.isnat(values) | ~given
    return pa.array(values, mask=missing)


def as_days(days: list[date]) -> np.ndarray:
    """Days as numpy has them."""
    return np.array(days, dtype="datetime64[D]")
