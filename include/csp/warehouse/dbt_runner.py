"""dbt in process: one invocation per stage of a refresh."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csp.catalogue import KpiCatalogue
from csp.catalogue.made import write_catalogue
from csp.contracts import Contract, ContractRegistry
from csp.contracts.derived import write_made
from csp.faults import CspError
from csp.lake.home import Home
from csp.project import DBT_PROJECT
from csp.warehouse.code_version import code_version
from csp.warehouse.engine import Warehouse

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

CORE_STAGE, KPI_STAGE, MART_STAGE = "tag:core_stage", "tag:kpi_stage", "tag:mart_stage"
MOST_TOLD = 300
ALWAYS_BUILT = "fct_release"
PUBLICATION_ID = "CSP_PUBLICATION_ID"
PARSED: dict[Any, Manifest] = {}
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


def write_seeds_and_models() -> None:
    """Write what contracts and KPI catalogue make for dbt, where it is not as it should be."""
    registry = ContractRegistry()
    write_made(registry)
    write_catalogue(KpiCatalogue(), registry)


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
        project: Folder of the dbt project.
    """

    def __init__(self, warehouse: Warehouse, home: Home, project: Path = DBT_PROJECT) -> None:
        self.settings = dbt_settings(warehouse, home)
        self.project = project
        self.target = Path(self.settings["DBT_TARGET_PATH"])
        self.manifest = home.dbt_manifest

    def build(self, stage: str, publication_id: int, changed: list[Contract] | None = None) -> None:
        """Build one stage: seeds and models; dbt's own tests run before code is released.

        Args:
            stage: CORE_STAGE, KPI_STAGE or MART_STAGE.
            publication_id: Number that the marts will carry; an environment variable and not a
                dbt variable, because a changed variable makes dbt parse the whole project anew.
            changed: Feeds whose deliveries have changed; only what rests on them is built, and
                the releases. Everything when not given.

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
        )

    def _parsed(self) -> Manifest:
        """The parsed project; parsing takes longer than most builds, so once per process."""
        names = ("CSP_DBT_TARGET", "CSP_DBT_PG_DATABASE", "CSP_DBT_DUCKDB_PATH")
        database = tuple(Path(self.settings.get(name, "")).name for name in names)
        key = (self.project, database, code_version())
        if key not in PARSED:
            write_seeds_and_models()
            PARSED[key] = self.invoke("parse")
        return PARSED[key].deepcopy()

    def write_manifest(self) -> None:
        """Parse the project and write the manifest that the refresh DAG is drawn from."""
        write_seeds_and_models()
        self.invoke("parse")
        # The one in the target folder is written anew by every dbt run, under the DAG's eyes.
        written = json.loads((self.target / "manifest.json").read_text(encoding="utf-8"))
        aside = self.manifest.with_suffix(".unfinished")
        aside.write_text(json.dumps(written | {"macros": {}, "docs": {}}), encoding="utf-8")
        aside.replace(self.manifest)

    def invoke(
        self, *arguments: str, publication_id: int = 0, manifest: Manifest | None = None
    ) -> Any:  # noqa: ANN401 - a manifest for parse, results for build
        """Run one dbt command and give back what dbt gives.

        Raises:
            CspError: It failed.
        """
        from dbt.cli.main import dbtRunner  # noqa: PLC0415 - importing dbt takes seconds

        with _environment(self.settings | {PUBLICATION_ID: str(publication_id)}):
            outcome = dbtRunner(manifest=manifest).invoke(
                [
                    "--quiet",
                    "--no-use-colors",
                    "--no-write-json" if manifest else "--write-json",
                    *arguments[0].split(),
                    "--project-dir",
                    str(self.project),
                    *arguments[1:],
                ]
            )
        _release_duckdb()
        if outcome.success:
            return outcome.result
        if outcome.exception is not None:
            first = str(outcome.exception).strip().splitlines()
            raise CspError(f"dbt {arguments[0]} could not run: {' '.join(first[:3])}")
        failed = [
            f"{result.node.name}: {_first_lines(str(result.message))}"
            for result in getattr(outcome.result, "results", [])
            if result.status in ("error", "fail", "runtime error")
        ]
        raise CspError(f"dbt {arguments[0]} failed at " + "; ".join(failed[:5]))


def _first_lines(message: str) -> str:
    """What dbt says went wrong, without the macros it passed through."""
    told = message.split("\n  > ", 1)[0]
    return " ".join(told.split())[:MOST_TOLD]


def _release_duckdb() -> None:
    """Close the file that dbt's DuckDB adapter keeps open for the life of the process."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415

    DuckDBConnectionManager.close_all_connections()
