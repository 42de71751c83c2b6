"""dbt in process: one invocation per stage of a refresh."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csp.catalogue import KpiCatalogue
from csp.catalogue.made import write_catalogue
from csp.contracts import Contract, ContractRegistry
from csp.contracts.borough import borough
from csp.contracts.derived import write_made
from csp.errors import CspError, OutsideFaultError
from csp.faults import fault_in_text, fault_of
from csp.files import unfinished, write_whole
from csp.project import DBT_PROJECT, PROJECT_ROOT
from csp.storage.home import Home
from csp.warehouse.code_version import code_version, made_files
from csp.warehouse.dbt_models import (
    STAGES,
    DbtModel,
    ModelCallback,
    ModelOutcome,
    State,
    models_as_text,
)
from csp.warehouse.engine import Warehouse

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

MOST_TOLD = 300
ALWAYS_BUILT = "fct_release"
PUBLICATION_ID = "CSP_PUBLICATION_ID"
UNSAID = ("MainEncounteredError", "MainStackTrace")
PARSED: dict[str, bytes] = {}
QUIET = {
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "DBT_VERSION_CHECK": "false",
}


def dbt_settings(warehouse: Warehouse, home: Home) -> dict[str, str]:
    """Environment for dbt, in process or under Airflow: engine, quiet, and where it may write."""
    work = home.root / "dbt"
    return (
        QUIET
        | warehouse.dbt_environment()
        | {
            "DBT_PROFILES_DIR": str(DBT_PROJECT),
            "DBT_TARGET_PATH": str(work / "target"),
            "DBT_LOG_PATH": str(work / "logs"),
        }
    )


def project_root(home: Home) -> Path:
    """The folder that dbt's project lies in: this project.

    What is made for dbt is of one borough, so that of another borough is built in a copy below the
    data root.
    """
    return PROJECT_ROOT if borough().is_projects_own else home.root / "dbt" / "of_borough"


def write_seeds_and_models(root: Path = PROJECT_ROOT) -> None:
    """Write what contracts, catalogue and borough make for dbt, where it is not as it should be.

    Args:
        root: The folder that dbt's project lies in; a copy is made anew.
    """
    if root != PROJECT_ROOT:
        _copy_project(root / DBT_PROJECT.name)
    registry = ContractRegistry()
    write_made(registry, root)
    write_catalogue(KpiCatalogue(), registry, root)


def _copy_project(copy: Path) -> None:
    """Put a copy of the dbt project there, without what is made or the borough replaces."""
    replaced = [seed.name for seed in borough().seeds]
    made = ("from_contracts", "from_catalogue", "from_borough", "target", "logs")
    left = shutil.ignore_patterns(*made, *replaced)
    aside = unfinished(copy)
    shutil.copytree(DBT_PROJECT, aside, ignore=left)
    shutil.rmtree(copy, ignore_errors=True)
    aside.rename(copy)


@contextmanager
def _environment(settings: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class DbtRunner:
    """Runs dbt on one warehouse; parses the project once.

    Args:
        warehouse: The engine.
        home: The data root, below which dbt writes its artefacts and log.
    """

    def __init__(self, warehouse: Warehouse, home: Home) -> None:
        self.settings = dbt_settings(warehouse, home)
        self.root = project_root(home)
        self.project = self.root / DBT_PROJECT.name
        self.target = Path(self.settings["DBT_TARGET_PATH"])
        self.home = home
        self._own: tuple[str, Manifest] | None = None

    def build(
        self,
        stage: str,
        publication_id: int,
        changed: list[Contract] | None = None,
        callback: ModelCallback | None = None,
    ) -> None:
        """Build one stage: seeds and models; dbt's own tests run before code is released.

        Args:
            stage: CORE_STAGE, KPI_STAGE or MART_STAGE.
            publication_id: Number that the marts will carry; an environment variable and not a
                dbt variable, because a changed variable makes dbt parse the whole project anew.
            changed: Feeds whose deliveries have changed; only what rests on them is built, and
                the releases. Everything when not given.
            callback: Called with each model as it ends, from any of dbt's threads.

        Raises:
            CspError: A model failed; the message names each with dbt's own sentence.
        """
        selected = [stage]
        if changed is not None:
            parts = [f"source:{feed.domain}.{feed.entity}+" for feed in changed]
            selected = [f"{part},{stage}" for part in (*parts, ALWAYS_BUILT)]
        self.invoke(
            "build",
            "--select",
            *selected,
            *("--resource-type", "seed", "--resource-type", "model"),
            publication_id=publication_id,
            manifest=self._parsed(),
            callback=callback,
        )

    def _parsed(self) -> Manifest:
        """The parsed project, parsed once for each version of the code.

        Parsing takes longer than most builds, and each stage under Airflow is a process of its own;
        so it is kept as bytes, in the process and below the data root. dbt changes what it is
        given, so every runner has a manifest of its own; its stages build different models, and
        share it.
        """
        key = self._parse_key()
        if key not in PARSED:
            kept = self.home.root / "dbt" / "parsed" / f"{key}.pickle"
            if not kept.exists():
                write_seeds_and_models(self.root)
                key = self._parse_key()  # what was just written is part of it
                kept = kept.with_name(f"{key}.pickle")
                write_whole(kept, _as_bytes(self.invoke("parse")))
                for old in set(kept.parent.glob("*.pickle")) - {kept}:
                    old.unlink(missing_ok=True)
            PARSED[key] = kept.read_bytes()
        if self._own is None or self._own[0] != key:
            self._own = (key, _from_bytes(PARSED[key]))
        return self._own[1]

    def _parse_key(self) -> str:
        names = ("CSP_DBT_TARGET", "CSP_DBT_PG_DATABASE", "CSP_DBT_DUCKDB_PATH")
        database = [Path(self.settings.get(name, "")).name for name in names]
        code = code_version(ContractRegistry())
        parts = (str(self.project), *database, code, version("dbt-core"), sys.version)
        digest = hashlib.sha256("\n".join(parts).encode())
        for path in made_files(self.root):
            digest.update(f"\n{path.name}\n".encode() + path.read_bytes())
        return digest.hexdigest()[:16]

    def write_models(self) -> None:
        """Write the list of models that the refresh DAG is drawn from, whole or not at all."""
        from dbt.contracts.graph.nodes import ModelNode  # noqa: PLC0415 - dbt takes seconds

        models = [
            DbtModel(
                name=node.name,
                room=node.fqn[2] if node.fqn[1].startswith("from_") else node.fqn[1],
                stage=next(stage for stage in STAGES if stage.removeprefix("tag:") in node.tags),
                description=node.description,
                reads=sorted(read.split(".", 2)[2] for read in node.depends_on.nodes),
            )
            for node in self._parsed().nodes.values()
            if isinstance(node, ModelNode)
        ]
        models.sort(key=lambda model: model.name)
        write_whole(self.home.dbt_models, models_as_text(models).encode())

    def invoke(
        self,
        *arguments: str,
        publication_id: int = 0,
        manifest: Manifest | None = None,
        callback: ModelCallback | None = None,
    ) -> Any:  # noqa: ANN401 - a manifest for parse, results for build
        """Run one dbt command and give back what dbt gives.

        Raises:
            OutsideFaultError: It failed by the disk, the memory or the database.
            CspError: It failed otherwise.
            KeyboardInterrupt: A signal ended it.
        """
        from dbt.cli.main import dbtRunner  # noqa: PLC0415 - importing dbt takes seconds

        with _environment(self.settings | {PUBLICATION_ID: str(publication_id)}):
            callbacks = [_say_error, *([_of_dbt(callback)] if callback else [])]
            outcome = dbtRunner(manifest=manifest, callbacks=callbacks).invoke(
                [
                    *("--log-level", "none"),
                    "--no-use-colors",
                    "--no-write-json" if manifest else "--write-json",
                    *arguments[0].split(),
                    "--project-dir",
                    str(self.project),
                    "--vars",
                    json.dumps(borough().dbt_variables),
                    *arguments[1:],
                ]
            )
        _release_duckdb()
        if outcome.success:
            return outcome.result
        if outcome.exception is not None:
            # dbt has caught it, and cleaned up after it.
            if isinstance(outcome.exception, KeyboardInterrupt):
                raise outcome.exception
            if fault := fault_of(outcome.exception) or fault_in_text(str(outcome.exception)):
                raise OutsideFaultError(str(fault)) from outcome.exception
            first = str(outcome.exception).strip().splitlines()
            raise CspError(f"dbt {arguments[0]} could not run: {' '.join(first[:3])}")
        results = [
            result
            for result in getattr(outcome.result, "results", [])
            if result.status in ("error", "fail", "runtime error")
        ]
        if fault := next(filter(None, (fault_in_text(str(r.message)) for r in results)), None):
            raise OutsideFaultError(f"dbt {arguments[0]} broke off: {fault}")
        failed = [f"{result.node.name}: {_first_lines(str(result.message))}" for result in results]
        raise CspError(f"dbt {arguments[0]} failed at " + "; ".join(failed[:5]))


def _as_bytes(manifest: Manifest) -> bytes:
    """A parsed project without its look-up tables, which dbt makes anew when it needs them.

    dbt's own way to pickle a manifest leaves fields out, so that others come back in their place.
    """
    names = [field.name for field in fields(manifest) if not field.name.startswith("_")]
    return pickle.dumps({name: getattr(manifest, name) for name in names})


def _from_bytes(kept: bytes) -> Manifest:
    from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415 - importing dbt takes seconds

    return Manifest(**pickle.loads(kept))  # noqa: S301 - our own, below the data root


STATES: dict[str, State] = {
    "success": "built",
    "error": "failed",
    "fail": "failed",
    "runtime error": "failed",
    "skipped": "skipped",
}


def _say_error(event: Any) -> None:  # noqa: ANN401 - a protobuf message that dbt makes
    """Print what dbt says of errors, but no traceback: that stands in its log."""
    if event.info.level == "error" and event.info.name not in UNSAID:
        sys.stdout.write(f"{event.info.msg}\n")


def _of_dbt(callback: ModelCallback) -> Callable[[Any], None]:
    """A dbt callback that passes on the end of each model."""

    def heard(event: Any) -> None:  # noqa: ANN401 - a protobuf message that dbt makes
        if event.info.name != "NodeFinished" or event.data.node_info.resource_type != "model":
            return
        node, result = event.data.node_info, event.data.run_result
        state = STATES.get(node.node_status, "failed")
        message = "" if state == "built" else _first_lines(str(result.message))
        callback(ModelOutcome(node.node_name, state, message, result.execution_time))

    return heard


def _first_lines(message: str) -> str:
    """What dbt says went wrong, without the macros it passed through."""
    told = message.split("\n  > ", 1)[0]
    return " ".join(told.split())[:MOST_TOLD]


def _release_duckdb() -> None:
    """Close the file that dbt's DuckDB adapter keeps open for the life of the process."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415

    DuckDBConnectionManager.close_all_connections()
