"""The checks of the server shape: each gives a sentence for every fault that it finds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path

import jsonschema
import typer

from csp.project import PROJECT_ROOT
from csp.storage.home import Home
from csp.warehouse.dbt_runner import QUIET
from csp.warehouse.postgres_engine import PostgresWarehouse
from tests.compose.server_shape import VARIABLE, AirflowAnswer, Shape

AIRFLOW_SERVICES = {"init", "api-server", "scheduler", "dag-processor", "triggerer", "worker"}
PUBLISHED_SERVICES = {"api-server", "sftp"}
COMPOSE_SCHEMA = "check_jsonschema/builtin_schemas/vendor/compose-spec.json"
IMAGE_ROOT = "/opt/csp"
DATA_ROOT = "/var/lib/csp"
SECRET = re.compile(r"(PASSWORD|SECRET|SECRET_KEY|FERNET_KEY|REDISCLI_AUTH)$")
EXACT_TAG = re.compile(r"^[\w./-]+:\d+\.\d+(\.\d+)?(-[a-z]+)*$")
TELEMETRY = re.compile(r"^(DO_NOT_TRACK|SCARF_|GX_)")
# What only one of the two shapes can say: places, addresses, and how much runs at a time.
DIFFERS = re.compile(
    r"__(EXECUTOR|PARALLELISM|MAX_ACTIVE_TASKS_PER_DAG|SQL_ALCHEMY_CONN|EXECUTION_API_SERVER_URL"
    r"|SECRET_KEY|JWT_SECRET|BASE_LOG_FOLDER|DAGS_FOLDER|PLUGINS_FOLDER)$|^AIRFLOW_HOME$"
)
# Programs of the images that are not the project's own.
FOREIGN_PROGRAMS = {"exec", "redis-server", "redis-cli", "grep", "pg_isready", "ssh-keyscan"}


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
