"""Records of a council team, each saved in several versions, and the files that carry them.

A version goes into the file of the week or month in which it was saved, so a file holds new records
and revised ones. Weekly files are packed by month until the last quarter; now and then a week is
sent again with the next month's archive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.borough_2021.daily_files import Lines, send
from csp_simulator.borough_2021.periods import DAILY_FILES_FROM, WHOLE, month_end, months
from csp_simulator.borough_2021.truth import FeedTruth
from csp_simulator.draws import stream
from csp_simulator.partner_files import csv_bytes

Columns = Mapping[str, pa.Array | np.ndarray]
VERSION_COLUMNS = ("record_version", "updated_at")
#: Share of the weeks before the last quarter that are sent twice.
SENT_AGAIN = 0.05
OFFICE_HOURS = (8, 18)
SATURDAY = 5


@dataclass(frozen=True)
class Stage:
    """What the records are once something has happened to them.

    Attributes:
        columns: The columns of every record.
        saved: When each record was saved in this state, UTC.
        reached: Which records come to this state; all when None.
    """

    columns: Columns
    saved: np.ndarray
    reached: np.ndarray | None = None


#: What a file holds.
Every = Literal["week", "month"]


@dataclass(frozen=True)
class Records:
    """Every version that was saved in the time of the scenario.

    Attributes:
        rows: The versions in the order of saving, with the columns of the file.
        saved: When each was saved, UTC.
        is_newest: Whether it is the newest version of its record.
    """

    rows: pa.Table
    saved: np.ndarray
    is_newest: np.ndarray

    @property
    def current(self) -> pa.Table:
        """The newest version of each record."""
        return self.rows.filter(pa.array(self.is_newest))


def records(*stages: Stage) -> Records:
    """Puts the stages of the records together, up to the last day of the scenario."""
    n = len(stages[0].saved)
    last = np.datetime64(WHOLE.last + timedelta(1), "s")
    version = np.zeros(n, dtype=np.int64)
    parts, saved, record, number = [], [], [], []
    for stage in stages:
        reached = np.ones(n, dtype=bool) if stage.reached is None else stage.reached
        version = version + reached
        at = np.flatnonzero(reached & (stage.saved < last))
        parts.append(pa.table(dict(stage.columns)).take(pa.array(at)))
        saved.append(stage.saved[at])
        record.append(at)
        number.append(version[at])
    when, of, versions = np.concatenate(saved), np.concatenate(record), np.concatenate(number)
    newest = np.zeros(n, dtype=np.int64)
    np.maximum.at(newest, of, versions)
    table = pa.concat_tables(parts).append_column("record_version", pa.array(versions))
    table = table.append_column("updated_at", written_time(when))
    order = np.argsort(when, kind="stable")
    is_newest = (newest[of] == versions)[order]
    return Records(table.take(pa.array(order)).combine_chunks(), when[order], is_newest)


def written_time(saved: np.ndarray) -> pa.Array:
    """Writes points in time as ISO 8601 in UTC."""
    return pc.strftime(pa.array(saved, pa.timestamp("s")), format="%Y-%m-%dT%H:%M:%SZ")


def saved_on(rng: np.random.Generator, days: np.ndarray) -> np.ndarray:
    """Draws a time in office hours of each day."""
    seconds = rng.integers(OFFICE_HOURS[0] * 3600, OFFICE_HOURS[1] * 3600, len(days))
    return days.astype("datetime64[s]") + seconds.astype("timedelta64[s]")


def days_in_months(
    rng: np.random.Generator, counts: Sequence[int], *, weekdays: bool = False
) -> np.ndarray:
    """Draws so many days in each month of the scenario; in order within the whole."""
    drawn = []
    for first, count in zip(months(), counts, strict=True):
        days = np.arange(np.datetime64(first), np.datetime64(month_end(first) + timedelta(1)))
        if weekdays:
            days = days[np.is_busday(days)]
        drawn.append(rng.choice(days, count))
    return np.sort(np.concatenate(drawn))


def later(days: np.ndarray, lag: np.ndarray) -> np.ndarray:
    """Days, so many days later."""
    return days + lag.astype("timedelta64[D]")


def within(days: np.ndarray, first: date, last: date) -> np.ndarray:
    """Which days lie between two days, both included."""
    return (days >= np.datetime64(first)) & (days <= np.datetime64(last))


def optional(values: np.ndarray, missing: np.ndarray) -> pa.Array:
    """Numbers or days as a column that is blank where `missing` is true."""
    return pa.array(values, mask=missing)


def dispatch(
    folder: Path,
    feed: str,
    found: Records,
    columns: Sequence[str],
    *,
    name: str,
    every: Every,
    seed: int,
) -> FeedTruth:
    """Writes the files of one feed.

    Args:
        folder: Folder of the feed's domain.
        feed: Feed id.
        found: Its records.
        columns: Columns in the order of the file.
        name: What file names begin with.
        every: Whether a file is of a week or of a month.
        seed: Decides which weeks are sent again.
    """
    days = found.saved.astype("datetime64[D]")
    starts = _starts(every)
    edges = np.searchsorted(days, [*starts, np.datetime64(WHOLE.last + timedelta(1))])
    rng = stream(seed, feed, "sent again")
    lines = Lines(found.rows, columns)
    files: dict[date, bytes] = {}
    again: dict[date, bytes] = {}
    rows = 0
    for start, begin, end in zip(starts.tolist(), edges[:-1], edges[1:], strict=True):
        if begin == end:
            continue  # nothing was saved, so nothing is sent
        files[start], rows = lines.file(begin, end), rows + end - begin
        may_repeat = every == "week" and month_end(start) + timedelta(1) < DAILY_FILES_FROM
        if may_repeat and rng.random() < SENT_AGAIN:
            backwards = found.rows.slice(begin, end - begin).take(np.arange(end - begin)[::-1])
            again[start], rows = csv_bytes(backwards, columns), rows + end - begin
    if every == "week":
        sent = send(folder, name, files, again=again)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        for start, content in files.items():
            (folder / f"{name}_{start:%Y%m}.csv").write_bytes(content)
        sent = len(files)
    return FeedTruth(sent, int(rows), int(found.is_newest.sum()))


def _starts(every: Every) -> np.ndarray:
    """First days of the weeks or months of the scenario, which begins on a Monday."""
    if every == "month":
        return np.array(list(months()), dtype="datetime64[D]")
    return np.arange(np.datetime64(WHOLE.first), np.datetime64(WHOLE.last), np.timedelta64(7, "D"))


def apportion(rng: np.random.Generator, total: int, n: int) -> np.ndarray:
    """Draws `n` counts of at least 1 that add up to `total`, or `total` ones when it is less."""
    if n == 0:
        return np.zeros(0, dtype=np.int64)
    spare = max(total - n, 0)
    return 1 + rng.multinomial(spare, rng.dirichlet(np.full(n, 3.0)))


def scaled(counts: Iterable[float], scale: float) -> list[int]:
    """Monthly counts times the scale, whole."""
    return [max(round(count * scale), 1) for count in counts]
