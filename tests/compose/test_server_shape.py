"""The server shape says only what exists, keeps no secret, and each of these checks can fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from csp.project import PROJECT_ROOT
from tests.compose.server_shape import AirflowAnswer, Shape
from tests.compose.shape_checks import (
    AIRFLOW_SERVICES,
    CHECKS,
    Check,
    command_faults,
    health_faults,
    image_faults,
    lock_faults,
    option_faults,
    path_faults,
    port_faults,
    schema_faults,
    secret_faults,
    setting_faults,
    variable_faults,
)

ASK_AIRFLOW = """
import contextlib, importlib, io, json, sys
commands = json.load(sys.stdin)
from airflow.cli.cli_parser import get_parser
from airflow.configuration import conf
from celery.bin.celery import celery
faults = {}
for line in commands:
    words = json.loads(line)
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        try:
            if words[0] == "airflow":
                get_parser().parse_args(words[1:])
            else:
                module, name = words[2].rsplit(".", 1)
                getattr(importlib.import_module(module), name)
                celery.commands[words[3]].make_context(words[3], words[4:], resilient_parsing=True)
        except (SystemExit, AttributeError, ImportError, KeyError) as fault:
            faults[line] = (said.getvalue().strip().splitlines() or [repr(fault)])[-1]
options = {
    f"{section}.{option}".lower()
    for section, known in conf.configuration_description.items()
    for option in known["options"]
}
json.dump({"faults": faults, "options": sorted(options)}, sys.__stdout__)
"""

KNOWN_BAD: list[tuple[Check, str, str, str]] = [
    (schema_faults, "compose", "stop_grace_period: 5m", "stop_grace: 5m"),
    (schema_faults, "compose", "internal: true", "internal: {}"),
    (variable_faults, "compose", "${SFTP_PORT:-2222}", "${INBOX_PORT:-2222}"),
    (variable_faults, "compose", "${AIRFLOW_PORT:-8080}", "${AIRFLOW_PORT:-8081}"),
    (variable_faults, "example", "SFTP_KEYS=", "SFTP_KEYS=\nUNUSED="),
    (variable_faults, "example", "# Port of the inbox.\n", "\n"),
    (secret_faults, "compose", "REDIS_PASSWORD:?say it in .env", "REDIS_PASSWORD:-redis"),
    (secret_faults, "compose", "redis://:${REDIS_PASSWORD:?say it in .env}@", "redis://:redis@"),
    (secret_faults, "compose", "${AIRFLOW_FERNET_KEY:?say it in .env}", "abc"),
    (secret_faults, "example", "CSP_LEDGER_PASSWORD=", "CSP_LEDGER_PASSWORD=ledger"),
    (image_faults, "compose", "redis:7.4.5-bookworm", "redis:latest"),
    (image_faults, "compose", "redis:7.4.5-bookworm", "redis:7"),
    (image_faults, "dockerfile", "python:3.12.12-slim-bookworm", "python:3-slim"),
    (image_faults, "sftp_dockerfile", "debian:12.12-slim", "debian"),
    (lock_faults, "dockerfile", "--compile-bytecode --require-hashes", "--compile-bytecode"),
    (health_faults, "compose", "test: [CMD, pg_isready", "disable: true\n      x-test: [CMD, x"),
    (
        health_faults,
        "compose",
        "\n    restart: unless-stopped\n    security_opt",
        "\n    security_opt",
    ),
    (port_faults, "compose", "${PUBLISH_ADDRESS:-127.0.0.1}:${SFTP_PORT", "${SFTP_PORT"),
    (port_faults, "compose", "shm_size: 256mb", 'ports: ["5432:5432"]'),
    (port_faults, "compose", "internal: true", "internal: false"),
    (path_faults, "compose", "./docker/warehouse:", "./docker/nowhere:"),
    (path_faults, "compose", "dockerfile: docker/Dockerfile", "dockerfile: Dockerfile"),
    (path_faults, "compose", "- redis-data:/data", "- redis:/data"),
    (
        path_faults,
        "compose",
        "DBT_PROFILES_DIR: /opt/csp/dbt_project",
        "DBT_PROFILES_DIR: /opt/csp/dbt",
    ),
    (path_faults, "sftp_dockerfile", "docker/sftp/serve.sh", "docker/sftp/start.sh"),
    (command_faults, "compose", "[airflow, scheduler]", "[airflow, schedule]"),
    (command_faults, "compose", "DagProcessorJob", "ProcessorJob"),
    (command_faults, "compose", "[airflow, celery, worker]", "[airflow, worker]"),
    (command_faults, "compose", "celery_executor.app", "celery_executor.application"),
    (command_faults, "compose", "csp manifest", "csp manifests"),
    (command_faults, "compose", "[CMD, airflow, db, check]", "[CMD, curl, localhost]"),
    (option_faults, "compose", "AIRFLOW__API__BASE_URL", "AIRFLOW__WEBSERVER__BASE_URL"),
    (option_faults, "compose", "AIRFLOW__CORE__PARALLELISM", "AIRFLOW__CORE__PARALLEL"),
    (setting_faults, "compose", 'GX_ANALYTICS_ENABLED: "false"', 'GX_ANALYTICS_ENABLED: "true"'),
    (setting_faults, "compose", "CSP_DBT_PG_HOST: warehouse", "CSP_DBT_PG_HOST: metadata"),
    (setting_faults, "compose", "@warehouse:5432/ledger", "@warehouse:5432/warehouse"),
    (setting_faults, "compose", "CORE__EXECUTOR: CeleryExecutor", "CORE__EXECUTOR: LocalExecutor"),
]


def broken(part: str, old: str, new: str) -> Shape:
    """A copy of the project's shape with one thing wrong."""
    shape = Shape.of_the_project()
    text = getattr(shape, part)
    assert old in text, f"the known-bad case looks for what is no longer there: {old}"
    return replace(shape, **{part: text.replace(old, new)})


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> AirflowAnswer:
    """Airflow is asked once, in a process of its own, about good and bad commands together."""
    shapes = [Shape.of_the_project()]
    shapes += [broken(*edit) for check, *edit in KNOWN_BAD if check is command_faults]
    lines = {
        json.dumps(words)
        for shape in shapes
        for _, words in shape.commands()
        if words[0] in ("airflow", "celery")
    }
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AIRFLOW")}
    environment |= {
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")),
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CORE__AUTH_MANAGER": Shape.of_the_project().resolved("init")[
            "AIRFLOW__CORE__AUTH_MANAGER"
        ],
    }
    asked = subprocess.run(
        [sys.executable, "-c", ASK_AIRFLOW],
        input=json.dumps(sorted(lines)),
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=120,
    )
    assert asked.returncode == 0, asked.stderr[-2000:]
    answer = json.loads(asked.stdout.splitlines()[-1])
    return AirflowAnswer(answer["faults"], set(answer["options"]), lines)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_server_shape_has_no_fault(check: Check, airflow: AirflowAnswer) -> None:
    assert check(Shape.of_the_project(), airflow) == []


@pytest.mark.parametrize(
    ("check", "part", "old", "new"),
    KNOWN_BAD,
    ids=[f"{check.__name__}-{position}" for position, (check, *_) in enumerate(KNOWN_BAD)],
)
def test_a_broken_copy_is_found(
    check: Check, part: str, old: str, new: str, airflow: AirflowAnswer
) -> None:
    assert check(broken(part, old, new), airflow)


def test_every_check_is_proved_able_to_fail() -> None:
    assert {check for check, *_ in KNOWN_BAD} == set(CHECKS)


def test_the_services_are_those_that_the_tests_know() -> None:
    services = Shape.of_the_project().services
    assert set(services) == AIRFLOW_SERVICES | {"redis", "metadata", "warehouse", "sftp"}


SCRIPTS = sorted((PROJECT_ROOT / "docker").rglob("*.sh"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_is_readable_by_the_shell(script: Path) -> None:
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0


def test_inbox_lets_in_keys_only_and_gives_no_shell() -> None:
    said = (PROJECT_ROOT / "docker/sftp/sshd_config").read_text(encoding="utf-8")
    for line in (
        "AuthenticationMethods publickey",
        "PasswordAuthentication no",
        "PermitRootLogin no",
        "ChrootDirectory /srv/sftp",
        "ForceCommand internal-sftp -d /inbox/%u -u 0027 -l INFO",
        "DisableForwarding yes",
    ):
        assert f"\n{line}\n" in said
