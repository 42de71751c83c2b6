"""Files a partner sends every day: single ones of late, and an archive for each month before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from csp.simulator.borough_2021.periods import DAILY_FILES_FROM
from csp.simulator.partner_files import csv_bytes, month_extract, write_archive

LINE_END = 10


def split_by_day(
    rows: pa.Table, columns: Sequence[str], day_of_row: np.ndarray, days: Iterable[date]
) -> dict[date, bytes]:
    """Gives one file for each day; the table is written once, and its lines are cut apart.

    Args:
        rows: Rows in the order of their days; no field may hold a line end.
        columns: The columns written.
        day_of_row: The day whose file each row stands in, ascending.
        days: The days that have a file, with or without rows.
    """
    content = csv_bytes(rows, columns)
    ends = np.flatnonzero(np.frombuffer(content, dtype=np.uint8) == LINE_END) + 1
    header = content[: ends[0]]
    files = {}
    for day in days:
        first, last = np.searchsorted(day_of_row, [np.datetime64(day), np.datetime64(day) + 1])
        files[day] = header + content[ends[first] : ends[last]]
    return files


def write_days(folder: Path, stem: str, files: dict[date, bytes], *, is_stand: bool) -> int:
    """Writes the files of days in one month: singly in the last quarter, else into an archive.

    Args:
        folder: Where they go.
        stem: Beginning of their names.
        files: Day → content.
        is_stand: Whether each day's file tells how things stood then; such files stay apart in
            the archive, and others are put together.

    Returns:
        How many files and archive members there are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    named = {f"{stem}_{day:%Y%m%d}.csv": content for day, content in files.items()}
    first = min(files)
    if first >= DAILY_FILES_FROM:
        for name, content in named.items():
            (folder / name).write_bytes(content)
        return len(named)
    if not is_stand:
        named = month_extract(named, (first.year, first.month))
    following = (first.year + first.month // 12, first.month % 12 + 1)
    write_archive(named, folder / f"{stem}_{first:%Y%m}.zip", published=following)
    return len(named)
