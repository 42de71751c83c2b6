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

from csp_simulator.borough_2021.daily_files import Lines, send, stretches
from csp_simulator.borough_2021.periods import DAILY_FILES_FROM, WHOLE, Period
from csp_simulator.borough_2021.truth import FeedTruth
from csp_simulator.draws import joined, text, words

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
    order = np.argsort(drawn.days, kind="stable")
    lines = Lines(drawn.rows.take(pa.array(order)))
    files: dict[date, bytes] = {}
    again: dict[date, bytes] = {}
    rows = len(order)
    for of_day, begin, end in stretches(drawn.days[order]):
        files[of_day] = lines.file(begin, end)
        if of_day in resent and of_day < DAILY_FILES_FROM and end - begin > FORGOTTEN:
            again[of_day] = files[of_day]
            files[of_day] = lines.file(begin, end - FORGOTTEN)
            rows += end - begin - FORGOTTEN
    sent = send(folder, name, files, again=again, is_extract=True, is_dated_after=True)
    return FeedTruth(files=sent, rows=rows, current=drawn.current)
