"""The inbox of a feed: which files are there, and whether their upload has ended."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

from csp.ingest.arrival import is_left_alone

QUIET_SECONDS = float(os.environ.get("CSP_INBOX_QUIET_SECONDS", "5"))
LONGEST_WAIT_SECONDS = 600.0


def _states(inbox: Path) -> list[tuple[Path, int, int]]:
    """The files, sorted, each with its size and when it was changed, in nanoseconds."""
    states = []
    for path in sorted(inbox.rglob("*")):
        # Another process may take a file between two looks at it.
        with suppress(FileNotFoundError):
            if path.is_file() and not is_left_alone(path):
                seen = path.stat()
                states.append((path, seen.st_size, seen.st_mtime_ns))
    return states


def finished_files(
    inbox: Path, *, quiet: float = QUIET_SECONDS, longest_wait: float = LONGEST_WAIT_SECONDS
) -> list[Path]:
    """Files that nobody is writing any more, sorted.

    Hidden files and `.part` files are uploads by convention. Any other file counts as finished
    when it has not changed for a while, by its time of change or, where a clock was put back, by
    being looked at; one that is still growing is waited for.

    Args:
        inbox: The feed's inbox.
        quiet: Seconds without a change after which a file is finished.
        longest_wait: Seconds after which what still changes is left for the next sweep.
    """
    deadline = time.monotonic() + longest_wait
    unchanged_since: dict[tuple[Path, int, int], float] = {}
    while True:
        states = _states(inbox)
        now = time.monotonic()
        unchanged_since = {state: unchanged_since.get(state, now) for state in states}
        finished = [
            path
            for (path, _, changed), since in unchanged_since.items()
            if time.time() - changed / 1e9 >= quiet or now - since >= quiet
        ]
        if len(finished) == len(states) or now >= deadline:
            return finished
        time.sleep(min(quiet, 1.0))
