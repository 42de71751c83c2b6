"""The line that `make coverage` ends with adds files up by room."""

from __future__ import annotations

from pathlib import Path

from tests.coverage_by_room import shares


def test_files_of_a_room_are_one_and_every_file_counts_for_the_whole() -> None:
    lines = [
        (Path("csp/kpi/reading.py"), 30, 30),
        (Path("csp/kpi/scorecard/page.py"), 70, 20),
        (Path("csp/errors.py"), 10, 10),
        (Path("csp_airflow/local/server.py"), 90, 0),
        (Path("csp_airflow/face.py"), 0, 0),
    ]
    assert shares(lines) == {"csp": 100, "csp/kpi": 50, "csp_airflow": 0, "all": 30}
