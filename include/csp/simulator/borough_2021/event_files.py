"""Feeds that send a file on each day on which something changed.

One archive a month until the scenario's last quarter, and the single files from then on.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp.simulator.borough_2021.periods import DAILY_FILES_FROM
from csp.simulator.partner_files import csv_bytes, write_archive

ZONE = "Europe/London"


def write_event_files(folder: Path, stem: str, rows: pa.Table, sent: np.ndarray) -> int:
    """Writes each row into the file of the day on which it was sent; gives the number of files.

    Args:
        folder: Where the files go.
        stem: Beginning of every file name, before the day.
        rows: Rows with their published columns only.
        sent: Day of each row's file (datetime64[D]).
    """
    folder.mkdir(parents=True, exist_ok=True)
    order = np.argsort(sent, kind="stable")
    rows, sent = rows.take(pa.array(order)), sent[order]
    days, first = np.unique(sent, return_index=True)
    ends = np.append(first[1:], len(sent))
    # No field holds a line end, so the lines of all files are written at once and dealt out.
    header, *lines = csv_bytes(rows, rows.column_names).splitlines(keepends=True)
    archives: dict[str, dict[str, bytes]] = {}
    for day, begin, end in zip(days, first, ends, strict=True):
        content, name = b"".join([header, *lines[begin:end]]), f"{stem}_{_compact(day)}.csv"
        if day >= np.datetime64(DAILY_FILES_FROM):
            (folder / name).write_bytes(content)
        else:
            archives.setdefault(_compact(day)[:6], {})[name] = content
    for month, members in archives.items():
        published = (int(month[:4]), int(month[4:]))
        write_archive(members, folder / f"{stem}_{month}.zip", published=published)
    return len(days)


def _compact(day: np.datetime64) -> str:
    return str(day).replace("-", "")


def iso_times(local: np.ndarray, unknown: np.ndarray | None = None) -> pa.Array:
    """London wall-clock times (datetime64[s]) as ISO 8601 with their offset; NaT is blank."""
    blank = np.isnat(local) if unknown is None else np.isnat(local) | unknown
    times = pc.assume_timezone(
        pa.array(local.astype("datetime64[s]"), mask=blank),
        ZONE,
        ambiguous="earliest",
        nonexistent="latest",
    )
    written = pc.strftime(times, format="%Y-%m-%dT%H:%M:%S%z")
    hours = pc.utf8_slice_codeunits(written, 0, 22)
    return pc.binary_join_element_wise(hours, pc.utf8_slice_codeunits(written, 22), ":")


def iso_days(days: np.ndarray, unknown: np.ndarray | None = None) -> pa.Array:
    """Days (datetime64[D]) as ISO 8601; NaT is blank."""
    blank = np.isnat(days) if unknown is None else np.isnat(days) | unknown
    return pc.cast(pa.array(days.astype("datetime64[D]"), mask=blank), pa.string())


def seasonal_days(
    rng: np.random.Generator, first: object, last: object, season: tuple[float, ...], n: int
) -> np.ndarray:
    """Draws `n` days from first to last, both included, by the weight of their month; in order."""
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    month = days.astype("datetime64[M]").astype(int) % 12
    edges = np.cumsum(np.asarray(season)[month])
    return days[np.searchsorted(edges, np.sort(rng.random(n)) * edges[-1], side="right")]
