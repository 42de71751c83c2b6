"""The engine that all deliveries of a run share keeps nothing of one for the next."""

from __future__ import annotations

import os
from pathlib import Path

from csp.ingest.engine import IngestEngine
from csp.sql import quoted


def test_a_file_is_never_taken_for_an_earlier_one_of_the_same_path_size_and_time(
    tmp_path: Path,
) -> None:
    path = tmp_path / "rows.parquet"
    sizes, counted = set(), []
    with IngestEngine(tmp_path) as engine:
        connection = engine.connection(None, [], 0)
        for rows in (20, 21):
            connection.execute(
                f"copy (select 7 as a from range({rows})) to {quoted(path)} (format parquet)"
            )
            os.utime(path, (1_700_000_000, 1_700_000_000))
            sizes.add(path.stat().st_size)
            counted += connection.execute(f"select count(*) from {quoted(path)}").fetchall()
            path.unlink()
    assert len(sizes) == 1, "or else this shows nothing"
    assert counted == [(20,), (21,)]
