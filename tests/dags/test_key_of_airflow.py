"""The pseudonymisation key from Airflow's connection, asked in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from csp.pseudonyms.keys import KeyRing, create_key_file
from csp.pseudonyms.tokens import token

KEY = bytes(range(32))
ASK = """
import json
from csp.errors import CspError
from csp.pseudonyms.keys import KeyRing
from csp.pseudonyms.tokens import token
from csp_airflow.face import use_airflow_key
try:
    use_airflow_key()
    ring = KeyRing.from_environment("cctv_incident")
    said = {"token": token(ring, "vehicle", "a"), "epoch": ring.epoch, "source": ring.source}
except CspError as fault:
    said = {"fault": str(fault)}
print("SAID" + json.dumps(said))
"""


def asked(tmp_path: Path, connection: dict[str, Any] | None) -> dict[str, str]:
    """What a task gets when Airflow has that connection, and whether the key showed."""
    environment = os.environ | {
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "DEBUG",
        "CSP_HOME": str(tmp_path / "data"),
        "CSP_KEY_FILE": str(tmp_path / "pseudonym.key"),
    }
    if connection is not None:
        environment["AIRFLOW_CONN_CSP_PSEUDONYM_KEY"] = json.dumps(connection)
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert KEY.hex()[:16] not in done.stdout + done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("SAID")] or [
        pytest.fail(done.stderr)
    ]
    return json.loads(line.removeprefix("SAID"))


def test_the_connection_comes_before_the_key_file(tmp_path: Path) -> None:
    create_key_file(tmp_path / "pseudonym.key", "2020Q1")
    extra = {"epoch": "2021Q2"}
    connection = {"conn_type": "generic", "password": KEY.hex(), "extra": extra}
    said = asked(tmp_path, connection)
    assert said["token"] == token(KeyRing(KEY, "2021Q2"), "vehicle", "a")
    assert said["epoch"] == "2021Q2"
    assert "csp_pseudonym_key" in said["source"]


def test_without_the_connection_the_key_file_is_used(tmp_path: Path) -> None:
    ring = create_key_file(tmp_path / "pseudonym.key", "2020Q1")
    said = asked(tmp_path, None)
    assert said["token"] == token(ring, "vehicle", "a")
    assert said["source"] == str(tmp_path / "pseudonym.key")


def test_with_neither_the_fault_names_the_feed_and_the_connection(tmp_path: Path) -> None:
    fault = asked(tmp_path, None)["fault"]
    assert "cctv_incident" in fault
    assert "csp_pseudonym_key" in fault


@pytest.mark.parametrize(
    ("connection", "said"),
    [
        ({"conn_type": "generic", "password": KEY.hex()}, "a quarter"),
        ({"conn_type": "generic", "extra": {"epoch": "2021Q2"}}, "64 hex"),
        (
            {"conn_type": "generic", "password": KEY.hex()[:-1], "extra": {"epoch": "2021Q2"}},
            "64 hex",
        ),
    ],
)
def test_a_connection_without_a_whole_key_is_refused_not_passed_over(
    tmp_path: Path, connection: dict[str, Any], said: str
) -> None:
    create_key_file(tmp_path / "pseudonym.key", "2020Q1")
    assert said in asked(tmp_path, connection)["fault"]
