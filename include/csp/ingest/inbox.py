"""The inbox of a feed: which files are there, and whether their upload has ended."""

from __future__ import annotations

import os
import time
from pathlib import Path

from csp.ingest.arrival import is_left_alone

QUIET_SECONDS = float(os.environ.get("CSP_INBOX_QUIET_SECONDS", "5"))
LONGEST_WAIT_SECONDS = 600.0


def _files(inbox: Path) -> list[Path]:
    return sorted(path for path in inbox.rglob("*") if path.is_file() and not is_left_alone(path))


def finished_files(
    inbox: Path, *, quiet: float = QUIET_SECONDS, longest_wait: float = LONGEST_WAIT_SECONDS
) -> list[Path]:
    """Files that nobody is writing any more, sorted.

    Hidden files and `.part` files are uploads by convention. Any other file counts as finished
    when it has not changed for a while; one that is still growing is waited for.

    Args:
        inbox: The feed's inbox.
        quiet: Seconds without a change after which a file is finished.
        longest_wait: Seconds after which what still changes is left for the next sweep.
    """
    deadline = time.monotonic() + longest_wait
    while True:
        files = _files(inbox)
        now = time.time()
        unfinished = [path for path in files if now - path.stat().st_mtime < quiet]
        if not unfinished or time.monotonic() >= deadline:
            return [path for path in files if path not in unfinished]
        time.sleep(min(quiet, 1.0))
