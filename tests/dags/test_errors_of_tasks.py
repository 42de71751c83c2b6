"""What a task makes of an error: a sentence, and whether Airflow tries it again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

#: Importing Airflow takes seconds, so one process answers for every error.
ASK = """
import json, sqlite3
from airflow.sdk.exceptions import AirflowSkipException
import psycopg2
from csp.errors import CspError, GateHeldError, OutsideFaultError
from csp_airflow.face import data_errors_fail_at_once

def full():
    with open("/dev/full", "w") as stream:
        stream.write("a value of a row")

def silent():
    psycopg2.connect("postgresql://clerk:hush-hush@127.0.0.1:1/x")

def silent_in_a_sentence():
    try:
        silent()
    except psycopg2.OperationalError as error:
        raise CspError("PostgreSQL does not answer") from error

def asked_for():
    raise CspError("put this right")

def held():
    raise GateHeldError(["a check failed"])

def outside():
    raise OutsideFaultError("the disk is full")

def bug():
    raise ValueError("a value of a row")

def skipped():
    raise AirflowSkipException("nothing to do")

said = {}
for step in (full, silent, silent_in_a_sentence, asked_for, held, outside, bug, skipped):
    try:
        data_errors_fail_at_once(step)()
    except Exception as error:
        said[step.__name__] = [type(error).__name__, str(error), error.__suppress_context__]
print("SAID" + json.dumps(said))
"""
AT_ONCE, AGAIN = "AirflowFailException", "AirflowException"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str, bool]]:
    root = tmp_path_factory.mktemp("tasks")
    settings = {
        "AIRFLOW_HOME": str(root / "airflow"),
        "CSP_HOME": str(root / "home"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{root / 'airflow.db'}",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.split("SAID", 1)[1])


@pytest.mark.parametrize(
    ("step", "kind", "begins"),
    [
        ("full", AGAIN, "the disk is full"),
        ("silent", AGAIN, "the warehouse's database (CSP_WAREHOUSE) does not answer"),
        ("silent_in_a_sentence", AGAIN, "PostgreSQL does not answer"),
        ("outside", AGAIN, "the disk is full"),
        ("bug", AGAIN, "an unforeseen error (ValueError); where it happened is in"),
        ("asked_for", AT_ONCE, "put this right"),
        ("held", AT_ONCE, "a check failed"),
        ("skipped", "AirflowSkipException", "nothing to do"),
    ],
)
def test_an_error_is_said_in_words_and_tried_again_only_when_that_may_help(
    said: dict[str, tuple[str, str, bool]], step: str, kind: str, begins: str
) -> None:
    found, sentence, _ = said[step]
    assert found == kind
    assert sentence.startswith(begins)
    assert "a value of a row" not in sentence
    assert "hush-hush" not in sentence


def test_no_text_of_the_first_error_follows_it_into_the_log(
    said: dict[str, tuple[str, str, bool]],
) -> None:
    assert {step for step, (_, _, is_hidden) in said.items() if not is_hidden} == {"skipped"}


def test_where_an_unforeseen_error_happened_is_noted(
    said: dict[str, tuple[str, str, bool]],
) -> None:
    log = Path(said["bug"][1].split("is in ")[1].split(";")[0])
    assert "in bug" in log.read_text(encoding="utf-8")
