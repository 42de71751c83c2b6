"""Daily files of the council's teams: one archive a month, single files in the last quarter.

Rows are drawn for the whole time at once and cut into days only when they are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from csp.simulator.borough_2021.periods import DAILY_FILES_FROM, WHOLE, Period
from csp.simulator.borough_2021.truth import FeedTruth
from csp.simulator.draws import joined, text, words
from csp.simulator.partner_files import csv_bytes, month_extract, write_archive

#: Instants in UTC between which London keeps summer time.
SUMMER_TIME = (
    ("2019-03-31T01:00:00", "2019-10-27T01:00:00"),
    ("2020-03-29T01:00:00", "2020-10-25T01:00:00"),
    ("2021-03-28T01:00:00", "2021-10-31T01:00:00"),
)
HOUR = np.timedelta64(3600, "s")
#: Rows that were missing when a day was sent for the first time.
FORGOTTEN = 2
#: Odd factor and modulus that spread numbers so that a reference does not tell the order.
SPREAD, REFERENCES = 7_046_029_254_386_353, 10**15


@dataclass(frozen=True)
class Drawn:
    """Rows of a feed in text, the day of the file that each goes into, and how many are current."""

    rows: pa.Table
    days: np.ndarray
    current: int


def day(value: date) -> np.datetime64:
    """A day as numpy has it."""
    return np.datetime64(value, "D")


def happens(rng: np.random.Generator, n: int, share: float) -> np.ndarray:
    """Draws for `n` things whether something happens to each."""
    return rng.random(n) < share


def days_in(rng: np.random.Generator, period: Period, n: int) -> np.ndarray:
    """Draws `n` days of a period, each as likely as the other."""
    return day(period.first) + rng.integers(len(period.days), size=n)


def to_utc(local: np.ndarray) -> np.ndarray:
    """London clock time (seconds) as UTC; of two times that look the same, the first."""
    is_summer = np.zeros(len(local), dtype=bool)
    for begin, end in SUMMER_TIME:
        is_summer |= (local >= np.datetime64(begin) + HOUR) & (local < np.datetime64(end) + HOUR)
    return local - is_summer * HOUR


def london(utc: np.ndarray) -> pa.Array:
    """Writes instants as London clock time with its offset."""
    is_summer = _is_summer(utc)
    clock = np.datetime_as_string((utc + is_summer * HOUR).astype("datetime64[s]"))
    return joined(pa.array(clock), words(["+00:00", "+01:00"], is_summer.astype(np.int8)))


def local_days(utc: np.ndarray) -> np.ndarray:
    """The London day of instants."""
    return (utc + _is_summer(utc) * HOUR).astype("datetime64[D]")


def _is_summer(utc: np.ndarray) -> np.ndarray:
    is_summer = np.zeros(len(utc), dtype=bool)
    for begin, end in SUMMER_TIME:
        is_summer |= (utc >= np.datetime64(begin)) & (utc < np.datetime64(end))
    return is_summer


def dates(days: np.ndarray, given: np.ndarray | None = None) -> pa.Array:
    """Writes days, as blank where `given` is false."""
    written = np.datetime_as_string(days.astype("datetime64[D]"))
    return pa.array(written, pa.string(), mask=None if given is None else ~given)


def numbers(values: np.ndarray, given: np.ndarray | None = None) -> pa.Array:
    """Writes whole numbers, as blank where `given` is false."""
    written = text(np.asarray(values))
    return written if given is None else some(written, given)


def flags(values: np.ndarray, given: np.ndarray | None = None) -> pa.Array:
    """Writes true and false, as blank where `given` is false."""
    written = words(["false", "true"], values.astype(np.int8))
    return written if given is None else some(written, given)


def some(values: pa.Array, given: np.ndarray) -> pa.Array:
    """Blanks strings where `given` is false."""
    return pa.array(values.to_numpy(zero_copy_only=False), pa.string(), mask=~given)


def reference(letter: str, serial: np.ndarray, given: np.ndarray | None = None) -> pa.Array:
    """Invents the reference of the person or premises of that number: a letter and 15 digits."""
    spread = (serial.astype(np.uint64) * np.uint64(SPREAD)) % np.uint64(REFERENCES)
    written = joined(letter, text(spread, width=15))
    return written if given is None else some(written, given)


def sent_late(rng: np.random.Generator, days: np.ndarray, share: float) -> np.ndarray:
    """Days of files: a share of the rows comes one to five days late, none after the last day."""
    late = np.where(rng.random(len(days)) < share, rng.integers(1, 6, len(days)), 0)
    return np.minimum(days + late, day(WHOLE.last))


def write_days(folder: Path, name: str, drawn: Drawn, *, resent: Sequence[date] = ()) -> FeedTruth:
    """Writes a feed's daily files, put together by month before the last quarter.

    Days without rows have none.

    Args:
        folder: Folder of the domain.
        name: Files are called `<name>_YYYYMMDD.csv`, archives `<name>_YYYYMM.zip`.
        drawn: What to write.
        resent: Days whose first file lacked rows; the whole day is sent again in the next month.
    """
    folder.mkdir(parents=True, exist_ok=True)
    order = np.argsort(drawn.days, kind="stable")
    columns = drawn.rows.column_names
    body = csv_bytes(drawn.rows.take(pa.array(order)), columns)
    ends = np.flatnonzero(np.frombuffer(body, np.uint8) == ord("\n")) + 1
    header = body[: ends[0]]
    sent, first = np.unique(drawn.days[order], return_index=True)
    bounds = [*first.tolist(), len(order)]
    archives: dict[tuple[int, int], dict[str, bytes]] = {}
    files, rows = 0, len(order)
    for position, of_day in enumerate(sent.astype(object)):
        start, end = bounds[position], bounds[position + 1]
        file_name = f"{name}_{of_day:%Y%m%d}.csv"
        content = header + body[ends[start] : ends[end]]
        if of_day >= DAILY_FILES_FROM:
            (folder / file_name).write_bytes(content)
            files += 1
            continue
        month = (of_day.year, of_day.month)
        if of_day in resent and end - start > FORGOTTEN:
            archives.setdefault(_after(month), {})[file_name] = content
            content = header + body[ends[start] : ends[end - FORGOTTEN]]
            rows += end - start - FORGOTTEN
        archives.setdefault(month, {})[file_name] = content
    for month, members in archives.items():
        target = folder / f"{name}_{month[0]}{month[1]:02d}.zip"
        sent_in = month_extract(members, month)
        write_archive(dict(sorted(sent_in.items())), target, published=_after(month))
        files += len(sent_in)
    return FeedTruth(files=files, rows=rows, current=drawn.current)


def _after(month: tuple[int, int]) -> tuple[int, int]:
    """The month after a month."""
    year, number = month
    return (year, number + 1) if number < 12 else (year + 1, 1)  # noqa: PLR2004
