"""Scratch: each run works in a folder of its own, and what a dead one has left is swept."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from csp.ledger.leases import is_living, this_process
from csp.storage.home import Home

LONGEST_RUN_SECONDS = 6 * 3600
_number = count(1)


def sweep_scratch(home: Home) -> None:
    """Remove what runs that were killed have left.

    A run of this host is known to be dead by its process; of another host, and what no run has
    put its name on, is swept once nothing was changed there for six hours.
    """
    oldest = time.time() - LONGEST_RUN_SECONDS
    for path in home.scratch.iterdir():
        try:
            if _is_left_over(path, oldest):
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
        except FileNotFoundError:  # another process has just ended with it, or swept it
            continue


def _is_left_over(path: Path, oldest: float) -> bool:
    parts = path.name.rsplit("_", 3)
    living = None
    if len(parts) == 4 and parts[1].isdigit():  # noqa: PLR2004 - host, process, start, number
        living = is_living(":".join(parts[:3]))
    return not living if living is not None else path.stat().st_mtime < oldest


@contextmanager
def own_scratch(home: Home) -> Iterator[Path]:
    """A folder that only this run works in, named by its process and gone at its end."""
    holder = this_process().replace(":", "_")
    folder = home.scratch / f"{holder}_{next(_number)}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
