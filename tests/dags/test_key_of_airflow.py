"""The pseudonymisation key from Airflow's connection, asked in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from csp.pseudonyms.keys import KeyRing, create_key_file, read_key_file
from csp.pseudonyms.tokens import token

KEY = bytes(range(32))
WHOLE = {"conn_type": "generic", "password": KEY.hex(), "extra": {"epoch": "2021Q2"}}
#: Case → what Airflow's connection holds, or None without one; and what is wrong with it.
CONNECTIONS: dict[str, tuple[dict[str, Any] | None, str]] = {
    "whole": (WHOLE, ""),
    "absent": (None, ""),
    "without an epoch": ({"conn_type": "generic", "password": KEY.hex()}, "a quarter"),
    "without a key": ({"conn_type": "generic", "extra": {"epoch": "2021Q2"}}, "64 hex"),
    "a digit short": (WHOLE | {"password": KEY.hex()[:-1]}, "64 hex"),
}
FAULTY = [case for case, (_, fault) in CONNECTIONS.items() if fault]
#: Importing Airflow takes seconds, so one process answers for every connection and key file.
ASK = """
import json, os, sys
from csp.errors import CspError
from csp.pseudonyms.keys import KeyRing
from csp.pseudonyms.tokens import token
from csp_airflow.face import use_airflow_key
cases, said = json.load(sys.stdin), {}
for case, (connection, key_file) in cases.items():
    os.environ.pop("AIRFLOW_CONN_CSP_PSEUDONYM_KEY", None)
    if connection is not None:
        os.environ["AIRFLOW_CONN_CSP_PSEUDONYM_KEY"] = json.dumps(connection)
    os.environ["CSP_KEY_FILE"] = key_file
    try:
        use_airflow_key()
        ring = KeyRing.from_environment("cctv_incident")
        said[case] = {"token": token(ring, "vehicle", "a"), "epoch": ring.epoch}
        said[case]["source"] = ring.source
    except CspError as fault:
        said[case] = {"fault": str(fault)}
print("SAID" + json.dumps(said))
"""
NO_FILE = "nothing at all"


@pytest.fixture(scope="module")
def key_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key file whose key is another than the connection's."""
    path = tmp_path_factory.mktemp("keys") / "pseudonym.key"
    create_key_file(path, "2020Q1")
    return path


@pytest.fixture(scope="module")
def said(key_path: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """What a task gets in each case, after a look whether the key showed anywhere."""
    folder = tmp_path_factory.mktemp("airflow")
    environment = os.environ | {
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "DEBUG",
        "CSP_HOME": str(folder / "data"),
    }
    cases = {case: (content, str(key_path)) for case, (content, _) in CONNECTIONS.items()}
    cases[NO_FILE] = (None, str(folder / "no.key"))
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        input=json.dumps(cases),
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


def test_the_connection_comes_before_the_key_file(said: dict[str, dict[str, str]]) -> None:
    assert said["whole"]["token"] == token(KeyRing(KEY, "2021Q2"), "vehicle", "a")
    assert said["whole"]["epoch"] == "2021Q2"
    assert "csp_pseudonym_key" in said["whole"]["source"]


def test_without_the_connection_the_key_file_is_used(
    said: dict[str, dict[str, str]], key_path: Path
) -> None:
    assert said["absent"]["token"] == token(read_key_file(key_path), "vehicle", "a")
    assert said["absent"]["source"] == str(key_path)


def test_with_neither_the_fault_names_the_feed_and_the_connection(
    said: dict[str, dict[str, str]],
) -> None:
    fault = said[NO_FILE]["fault"]
    assert "cctv_incident" in fault
    assert "csp_pseudonym_key" in fault


@pytest.mark.parametrize("case", FAULTY)
def test_a_connection_without_a_whole_key_is_refused_not_passed_over(
    case: str, said: dict[str, dict[str, str]]
) -> None:
    assert CONNECTIONS[case][1] in said[case]["fault"]
