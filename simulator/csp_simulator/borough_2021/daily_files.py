"""Files that partners send by the day: an archive a month of the past, single files of late.

Rows are drawn for long at once, written once, and their lines cut apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021.periods import DAILY_FILES_FROM
from csp_simulator.partner_files import csv_bytes, month_extract, write_archive

LINE_END = ord("\n")
Month = tuple[int, int]


class Lines:
    """Rows as they are written, to be cut into files.

    Args:
        rows: The rows; no field may hold a line end.
        columns: The columns written; all when not given.
    """

    def __init__(self, rows: pa.Table, columns: Sequence[str] | None = None) -> None:
        self.content = csv_bytes(rows, columns or rows.column_names)
        ends = np.frombuffer(self.content, dtype=np.uint8) == LINE_END
        self.ends = np.flatnonzero(ends) + 1
        self.header = self.content[: self.ends[0]]

    def file(self, begin: int, end: int) -> bytes:
        """A file of the rows from `begin` up to `end`."""
        return self.header + self.content[self.ends[begin] : self.ends[end]]


def stretches(day_of_row: np.ndarray) -> list[tuple[date, int, int]]:
    """Each day that has rows, with its first row and the one after its last.

    Args:
        day_of_row: The day whose file each row stands in, ascending.
    """
    days, first = np.unique(day_of_row, return_index=True)
    ends = [*first[1:].tolist(), len(day_of_row)]
    return list(zip(days.astype("datetime64[D]").tolist(), first.tolist(), ends, strict=True))


def month_after(month: Month) -> Month:
    """The month after a month."""
    year, number = month
    return (year + number // 12, number % 12 + 1)


def send(
    folder: Path,
    stem: str,
    files: Mapping[date, bytes],
    *,
    again: Mapping[date, bytes] | None = None,
    is_extract: bool = False,
    is_dated_after: bool = False,
) -> int:
    """Writes files of days: singly in the last quarter, by month in archives before.

    Args:
        folder: Where they go.
        stem: Beginning of their names.
        files: Day → content.
        again: Day → what is sent of it once more, in the archive of the next month.
        is_extract: Whether an archive holds the days of its month put together in one file.
        is_dated_after: Whether archives carry the date of the month after theirs.

    Returns:
        How many files and archive members there are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    archives: dict[Month, dict[str, bytes]] = {}
    count = 0
    for day, content in files.items():
        if day < DAILY_FILES_FROM:
            archives.setdefault((day.year, day.month), {})[_name(stem, day)] = content
        else:
            (folder / _name(stem, day)).write_bytes(content)
            count += 1
    for day, content in (again or {}).items():
        archives.setdefault(month_after((day.year, day.month)), {})[_name(stem, day)] = content
    for month, members in archives.items():
        sent = month_extract(members, month) if is_extract else members
        write_archive(
            dict(sorted(sent.items())),
            folder / f"{stem}_{month[0]}{month[1]:02d}.zip",
            published=month_after(month) if is_dated_after else month,
        )
        count += len(sent)
    return count


def send_rows(folder: Path, stem: str, rows: pa.Table, day_of_row: np.ndarray) -> int:
    """Writes each row into the file of its day, as `send` does; gives how many files there are."""
    order = np.argsort(day_of_row, kind="stable")
    lines = Lines(rows.take(pa.array(order)))
    return send(folder, stem, {day: lines.file(*of) for day, *of in stretches(day_of_row[order])})


def _name(stem: str, day: date) -> str:
    return f"{stem}_{day:%Y%m%d}.csv"
