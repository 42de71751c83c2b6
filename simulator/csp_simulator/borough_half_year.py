"""Scenario `borough-half-year`: what partners of `borough-2021` send in six months, and less of it.

The whole scenario is drawn small, and the deliveries of the six months are kept. Records that began
before are there in the versions that were saved in the six months; registers and yearly tables are
complete. The figures of the presentation do not hold in it.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import duckdb
import pandas as pd

from csp_simulator import borough_2021
from csp_simulator.borough_2021.truth import BoroughTruth, FeedTruth
from csp_simulator.data_files import register
from csp_simulator.places import Borough

#: First and last month of which deliveries are kept.
FIRST, LAST = "2021-04", "2021-09"
#: Volume of every feed at scale 1, as a share of that of `borough-2021`.
SHARE = 0.2
#: The first period that the name of a file or archive speaks of; a year alone is a yearly table.
PERIOD = re.compile(r"(?P<year>20\d\d)(?:-?(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4]))?")


class FeedFiles(NamedTuple):
    """What the files of one feed are called, and what in them replaces what.

    Attributes:
        feed: Feed id.
        files: Pattern of the files' paths below `deliveries`; an archive is a folder in them.
        newest: Of what the newest counts. `record`: each value of `of` is one record, in however
            many versions. `release`: rows that agree in `of` are replaced together by those of a
            later file.
        of: SQL on the columns of the file, its own `file_name`, and `month` where a table has one
            column a month.
    """

    feed: str
    files: str
    newest: str
    of: str

    def has(self, path: str) -> bool:
        """Whether a path is that of a file of this feed."""
        return re.search(self.files, path) is not None


def write(
    out: Path, borough: Borough, *, seed: int, scale: float, faults: bool = False
) -> BoroughTruth:
    """Writes the deliveries of the six months and counts them.

    Args:
        out: Folder to write to.
        borough: Places to draw from.
        seed: Same seed and scale, same bytes.
        scale: Factor on every volume; 1 is a fifth of that of `borough-2021`.
        faults: Also write the labelled bad inputs of `borough-2021`.
    """
    with TemporaryDirectory(prefix="csp-simulator-") as scratch:
        whole = Path(scratch)
        borough_2021.write_deliveries(whole, borough, seed=seed, scale=scale * SHARE)
        for path in sorted(path for path in whole.rglob("*") if path.is_file()):
            if _is_kept(path.name):
                target = out / "deliveries" / path.relative_to(whole)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
    injected = borough_2021.write_faults(out, borough, seed=seed) if faults else ()
    feeds = count_deliveries(out / "deliveries")
    return BoroughTruth(seed, scale, feeds, {}, injected, scenario="borough-half-year")


def _is_kept(name: str) -> bool:
    """Whether the period that a file is called after touches the six months."""
    said = PERIOD.search(name)
    if said is None or not (said["month"] or said["quarter"]):
        return True
    month = said["month"] or f"{int(said['quarter']) * 3:02d}"
    return FIRST <= f"{said['year']}-{month}" <= LAST


def count_deliveries(deliveries: Path) -> dict[str, FeedTruth]:
    """Counts the files and rows of every feed, and the rows that a reader should find.

    Args:
        deliveries: Files and archives as partners send them; of two files with the same rows, the
            one whose name sorts later was sent later.
    """
    sent = list(_sent(deliveries))
    with duckdb.connect() as connection:
        return {
            feed.feed: _count(connection, feed, [file for file in sent if feed.has(file[0])])
            for feed in register("feeds", FeedFiles)
        }


def _sent(deliveries: Path) -> Iterator[tuple[str, bytes]]:
    """Path below the deliveries and content of every file and archive member, in order of both."""
    for path in sorted(path for path in deliveries.rglob("*") if path.is_file()):
        name = path.relative_to(deliveries).as_posix()
        if path.suffix != ".zip":
            yield name, path.read_bytes()
            continue
        with zipfile.ZipFile(path) as archive:
            yield from ((f"{name}/{member}", archive.read(member)) for member in archive.namelist())


def _count(
    connection: duckdb.DuckDBPyConnection, feed: FeedFiles, files: list[tuple[str, bytes]]
) -> FeedTruth:
    """Counts one feed."""
    frames = (pd.read_csv(BytesIO(text), dtype=str, keep_default_na=False) for _, text in files)
    named = zip(files, frames, strict=True)
    rows = pd.concat(
        [
            frame.assign(file_name=Path(name).name, number=number)
            for number, ((name, _), frame) in enumerate(named)
        ]
    )
    if months := [name for name in rows if str(name).isdigit()]:
        others = [name for name in rows if name not in months]
        rows = rows.melt(others, months, "month", "counted").dropna(subset="counted")
    connection.register("sent", rows)
    current = f"count(distinct {feed.of}) from sent"
    if feed.newest == "release":
        last = f"max(number) over (partition by {feed.of})"
        current = f"count(*) from (select number = {last} as is_last from sent) where is_last"
    ((found,),) = connection.sql(f"select {current}").fetchall()
    return FeedTruth(len(files), len(rows), found)
