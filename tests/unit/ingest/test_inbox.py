"""The inbox: a file is taken when its upload has ended."""

from __future__ import annotations

import os
import time
from pathlib import Path

from csp.ingest.inbox import finished_files


def left(folder: Path, name: str, seconds_ago: float) -> Path:
    """A file that changed so long ago."""
    path = folder / name
    path.write_text("x")
    then = time.time() - seconds_ago
    os.utime(path, (then, then))
    return path


def test_files_at_rest_are_taken_in_sorted_order(tmp_path: Path) -> None:
    second, first = left(tmp_path, "b.csv", 60), left(tmp_path, "a.csv", 60)
    assert finished_files(tmp_path, quiet=5) == [first, second]


def test_hidden_and_part_files_are_uploads(tmp_path: Path) -> None:
    left(tmp_path, ".a.csv", 60)
    left(tmp_path, "b.csv.part", 60)
    assert finished_files(tmp_path, quiet=5) == []


def test_a_file_that_still_changes_is_left_for_the_next_sweep(tmp_path: Path) -> None:
    left(tmp_path, "growing.csv", -60)
    done = left(tmp_path, "done.csv", 60)
    assert finished_files(tmp_path, quiet=5, longest_wait=0) == [done]


def test_a_file_just_finished_is_waited_for(tmp_path: Path) -> None:
    path = left(tmp_path, "fresh.csv", 0)
    assert finished_files(tmp_path, quiet=0.05) == [path]


def test_a_file_at_rest_is_taken_though_the_clock_was_put_back(tmp_path: Path) -> None:
    path = left(tmp_path, "of tomorrow.csv", -86_400)
    assert finished_files(tmp_path, quiet=0.05) == [path]
