"""The server shape says only what exists, keeps no secret, and each of these checks can fail."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer
import yaml

from csp.project import PROJECT_ROOT
from csp.storage.home import Home
from csp.warehouse.dbt_runner import QUIET
from csp.warehouse.postgres_engine import PostgresWarehouse

AIRFLOW_SERVICES = {"init", "api-server", "scheduler", "dag-processor", "triggerer", "worker"}
PUBLISHED_SERVICES = {"api-server", "sftp"}
COMPOSE_SCHEMA = "check_jsonschema/builtin_schemas/vendor/compose-spec.json"
IMAGE_ROOT = "/opt/csp"
DATA_ROOT = "/var/lib/csp"
SECRET = re.compile(r"(PASSWORD|SECRET|SECRET_KEY|FERNET_KEY|REDISCLI_AUTH)$")
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::([?-])([^}]*))?\}")
EXACT_TAG = re.compile(r"^[\w./-]+:\d+\.\d+(\.\d+)?(-[a-z]+)*$")
TELEMETRY = re.compile(r"^(DO_NOT_TRACK|SCARF_|GX_)")
# What only one of the two shapes can say: places, addresses, and how much runs at a time.
DIFFERS = re.compile(
    r"__(EXECUTOR|PARALLELISM|MAX_ACTIVE_TASKS_PER_DAG|SQL_ALCHEMY_CONN|EXECUTION_API_SERVER_URL"
    r"|SECRET_KEY|JWT_SECRET|BASE_LOG_FOLDER|DAGS_FOLDER|PLUGINS_FOLDER)$|^AIRFLOW_HOME$"
)
# Programs of the images that are not the project's own.
FOREIGN_PROGRAMS = {"exec", "redis-server", "redis-cli", "grep", "pg_isready", "ssh-keyscan"}

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


@dataclass(frozen=True)
class Shape:
    """The files of the server shape as text, so that a test can break a copy."""

    compose: str
    example: str
    dockerfile: str
    sftp_dockerfile: str

    @classmethod
    def of_the_project(cls) -> Shape:
        """The files as they are."""

        def text(place: str) -> str:
            return (PROJECT_ROOT / place).read_text(encoding="utf-8")

        return cls(
            text("docker-compose.yml"),
            text(".env.example"),
            text("docker/Dockerfile"),
            text("docker/sftp/Dockerfile"),
        )

    @cached_property
    def content(self) -> dict[str, Any]:
        """The compose file."""
        return yaml.safe_load(self.compose)

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        """Its services by name."""
        return self.content["services"]

    @cached_property
    def example_values(self) -> dict[str, str]:
        """Variables of .env.example with their values."""
        lines = (line for line in self.example.splitlines() if line and not line.startswith("#"))
        return dict(line.split("=", 1) for line in lines)

    @property
    def variables(self) -> list[tuple[str, str, str]]:
        """Name, operator (`?`, `-` or none) and text of each variable used."""
        return [match.groups(default="") for match in VARIABLE.finditer(json.dumps(self.content))]

    def resolved(self, service: str) -> dict[str, str]:
        """A service's environment with `given` in place of each secret."""

        def value_of(match: re.Match[str]) -> str:
            return match.group(3) if match.group(2) == "-" else "given"

        environment = self.services[service].get("environment", {})
        return {name: VARIABLE.sub(value_of, str(value)) for name, value in environment.items()}

    def commands(self) -> Iterator[tuple[str, list[str]]]:
        """Each service and each command line it starts, health checks included."""
        for name, service in self.services.items():
            test = list(service.get("healthcheck", {}).get("test", []))
            if test[:1] == ["CMD-SHELL"]:
                test = ["sh", "-c", *test[1:]]
            for words in (service.get("command", []), test[1:] if test[:1] == ["CMD"] else test):
                if words[:1] == ["sh"]:
                    for line in words[-1].replace("$$", "$").splitlines():
                        for part in line.split("|"):
                            yield name, shlex.split(part)
                elif words:
                    yield name, list(words)


@dataclass(frozen=True)
class AirflowAnswer:
    """What Airflow's own parser and configuration say."""

    faults: dict[str, str]
    options: set[str]
    asked: set[str]


def schema_faults(shape: Shape, _airflow: AirflowAnswer) -> list[str]:
    vendored = distribution("check-jsonschema").locate_file(COMPOSE_SCHEMA)
    schema = json.loads(Path(vendored).read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(shape.content)]


def variable_faults(shape: Shape, _airflow: AirflowAnswer) -> list[str]:
    used, named = {name for name, _, _ in shape.variables}, set(shape.example_values)
    comments = re.findall(r"^(?:#.*\n)+(?:\w+=.*\n)+", shape.example, re.MULTILINE)
    commented = {line.split("=")[0] for block in comments for line in block.splitlines()}
    return [
        *(f"{name} is used but not in .env.example" for name in used - named),
        *(f"{name} is in .env.example but not used" for name in named - used),
        *(f"{name} has no comment in .env.example" for name in named - commented),
        *(
            f"{name} has two defaults"
            for name, operator, default in shape.variables
            if operator == "-" and shape.example_values.get(name) != default
        ),
    ]


def secret_faults(shape: Shape, _airflow: AirflowAnswer) -> list[str]:
    faults = []
    for name, operator, _ in shape.variables:
        if SECRET.search(name) and operator != "?":
            faults.append(f"{name} may be missing or has a default")
    for name, value in shape.example_values.items():
        if SECRET.search(name) and value:
            faults.append(f"{name} has a value in .env.example")
    for service, content in shape.services.items():
        for name, value in content.get("environment", {}).items():
            if SECRET.search(name) and not VARIABLE.fullmatch(str(value)):
                faults.append(f"{service}: {name} is written into the file")
            if re.search(r"://\w*:(?!\$\{)[^/@]*@", str(value)):
                faults.append(f"{service}: {name} holds a password")
    return faults


def image_faults(shape: Shape, _airflow: AirflowAnswer) -> list[str]:
    images = [service.get("image", "") for service in shape.services.values()]
    for dockerfile in (shape.dockerfile, shape.sftp_dockerfile):
        images += re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    return [f"'{image}' is no exact tag" for image in images if not EXACT_TAG.match(image)]


def lock_faults(shape: Shape, _airflow: AirflowAnswer) -> list[str]:
    steps = re.split(r"&&|\n", shape.dockerfile.replace("\\\n", " "))
    installs = [" ".join(s.split()) for s in steps if re.search(r"\bpip (install|sync)\b", s)]
    if len(installs) < 3:
        return ["bootstrap, requirements and the package are not installed one by one"]
    return [
        f"an install without hashes: {install}"
        for install in installs
        if "--require-hashes" not in install and "--no-deps" not in install
    ]


def health_faults(shape: Shape, _airflow: AirflowAnswer) -> list[str]:
    faults = []
    for name, service in shape.services.items():
        check = service.get("healthcheck", {})
        if not check.get("test") or check["test"] == ["NONE"] or check.get("disable"):
            faults.append(f"{name} has no health check")
        if "restart" not in service:
            faults.append(f"{name} has no restart policy")
    return faults


def port_faults(shape: Shape, _airflow: AirflowAnswer) -> list[str]:
    faults = []
    for name, service in shape.services.items():
        for port in service.get("ports", []):
            if name not in PUBLISHED_SERVICES:
                faults.append(f"{name} publishes a port")
            if not str(port).startswith("${PUBLISH_ADDRESS:-127.0.0.1}:"):
                faults.append(f"{name} is published beyond loopback")
        networks = set(service.get("networks", []))
        if not networks or networks - set(shape.content["networks"]):
            faults.append(f"{name} is in no declared network")
        if "front" in networks and name not in PUBLISHED_SERVICES:
            faults.append(f"{name} needs no way out")
    if not shape.content["networks"]["back"].get("internal"):
        faults.append("network back has a way out")
    return faults


def path_faults(shape: Shape, _airflow: AirflowAnswer) -> list[str]:
    needed: list[str] = []
    faults = []
    for name, service in shape.services.items():
        if build := service.get("build"):
            needed += [build["context"], build["dockerfile"]]
        for volume in service.get("volumes", []):
            source = VARIABLE.sub("", volume).split(":")[0]
            if source.startswith("."):
                needed.append(source)
            elif source and source not in shape.content["volumes"]:
                faults.append(f"{name}: volume {source} is not declared")
        needed += [
            value.removeprefix(IMAGE_ROOT + "/")
            for value in map(str, service.get("environment", {}).values())
            if value.startswith(IMAGE_ROOT) and not value.endswith("/plugins")
        ]
    for dockerfile in (shape.dockerfile, shape.sftp_dockerfile):
        for copied in re.findall(r"^COPY (.*)$", dockerfile, re.MULTILINE):
            needed += copied.split()[:-1]
    return faults + [
        f"{place} is not in the project"
        for place in dict.fromkeys(needed)
        if not (PROJECT_ROOT / place).exists()
    ]


def command_faults(shape: Shape, airflow: AirflowAnswer) -> list[str]:
    faults = []
    for service, words in shape.commands():
        line = json.dumps(words)
        if words[0] in ("airflow", "celery"):
            if line not in airflow.asked or line in airflow.faults:
                faults.append(f"{service}: {' '.join(words)}: {airflow.faults.get(line)}")
        elif words[0] == "csp":
            faults += [f"{service}: {fault}" for fault in _csp_faults(words[1:])]
        elif words[:2] == ["python", "-c"]:
            compile(words[2], service, "exec")
        elif words[0] not in FOREIGN_PROGRAMS:
            faults.append(f"{service}: {words[0]} is no program of its image")
    return faults


def _csp_faults(words: list[str]) -> list[str]:
    from csp.cli import app  # noqa: PLC0415 - most tests of this module do not need it

    command = typer.main.get_command(app)
    for word in words:
        command = getattr(command, "commands", {}).get(word)
        if command is None:
            return [f"csp has no command '{' '.join(words)}'"]
    return []


def option_faults(shape: Shape, airflow: AirflowAnswer) -> list[str]:
    faults = []
    for service in shape.services:
        for name in shape.resolved(service):
            if not name.startswith("AIRFLOW__"):
                continue
            _, section, option = name.lower().split("__", 2)
            if f"{section}.{option}" not in airflow.options:
                faults.append(f"{service}: Airflow knows no option {section}.{option}")
    return faults


def setting_faults(shape: Shape, _airflow: AirflowAnswer) -> list[str]:
    """Where both shapes say the same thing they must say it alike; telemetry is off in both."""
    from csp_airflow.local.server import airflow_settings  # noqa: PLC0415 - likewise

    local = airflow_settings(Path("/var/lib/airflow"), 8080, "given")
    faults = []
    for service in sorted(AIRFLOW_SERVICES):
        said = shape.resolved(service)
        wanted = {
            name: value
            for name, value in local.items()
            if TELEMETRY.match(name) or (name in said and not DIFFERS.search(name))
        }
        warehouse = PostgresWarehouse.at(said.get("CSP_WAREHOUSE", ""), Home(Path("/anywhere")))
        wanted |= QUIET | warehouse.dbt_environment() | {"CSP_HOME": DATA_ROOT}
        wanted |= {"AIRFLOW__CORE__EXECUTOR": "CeleryExecutor"}
        faults += [
            f"{service}: {name} is {said.get(name)!r}, not {value!r}"
            for name, value in wanted.items()
            if said.get(name) != value
        ]
        if "FabAuthManager" not in said.get("AIRFLOW__CORE__AUTH_MANAGER", ""):
            faults.append(f"{service}: no roles without the FAB auth manager")
        if said.get("CSP_LEDGER", "").rsplit("/", 1)[-1] != "ledger":
            faults.append(f"{service}: the ledger has no database of its own")
    return faults


Check = Callable[[Shape, AirflowAnswer], list[str]]
CHECKS: list[Check] = [
    schema_faults,
    variable_faults,
    secret_faults,
    image_faults,
    lock_faults,
    health_faults,
    port_faults,
    path_faults,
    command_faults,
    option_faults,
    setting_faults,
]
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
