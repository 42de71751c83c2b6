"""DAG files: they load, say what people on call need, stay light, and break one at a time."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from csp.contracts import ContractRegistry
from csp.project import PROJECT_ROOT

HEAVY = ("pandas", "duckdb", "dbt", "great_expectations")
LOOK = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
before = set(sys.modules)
bag = DagBag({dags!r})
new = {{name.split(".")[0] for name in set(sys.modules) - before}}
print("FOUND" + json.dumps({{
    "errors": {{path.rsplit("/", 1)[-1]: text[-600:] for path, text in bag.import_errors.items()}},
    "new_modules": sorted(new),
    "dags": {{
        dag.dag_id: {{
            "doc": dag.doc_md or "",
            "tags": sorted(dag.tags),
            "owner": dag.owner,
            "tasks": sorted(task.task_id for task in dag.tasks),
            "retries": {{task.task_id: task.retries for task in dag.tasks}},
        }}
        for dag in bag.dags.values()
    }},
}}))
"""


def look(root: Path, home: Path) -> dict[str, Any]:
    """What Airflow finds in a project's DAG folder, asked in a process of its own."""
    environment = os.environ | {
        "PYTHONPATH": str(root / "include"),
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(home / "no_plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DAG_PROCESSOR__DAG_VERSION_INFLATION_CHECK_LEVEL": "error",
        "CSP_HOME": str(home),
    }
    done = subprocess.run(
        [sys.executable, "-c", LOOK.format(dags=str(root / "dags"))],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("FOUND")]
    assert lines, done.stderr[-2000:]
    return json.loads(lines[0].removeprefix("FOUND"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with the manifest that the refresh DAG is drawn from."""
    folder = tmp_path_factory.mktemp("dags_home")
    csp = Path(sys.executable).parent / "csp"
    subprocess.run([csp, "manifest"], env=os.environ | {"CSP_HOME": str(folder)}, check=True)
    return folder


@pytest.fixture(scope="module")
def found(home: Path) -> dict[str, Any]:
    """What Airflow finds in the project."""
    return look(PROJECT_ROOT, home)


def test_every_dag_file_loads(found: dict[str, Any]) -> None:
    assert found["errors"] == {}
    assert set(found["dags"]) == {*(c.id for c in ContractRegistry()), "refresh_warehouse"}


def test_no_dag_file_imports_what_only_tasks_need(found: dict[str, Any]) -> None:
    assert not set(HEAVY) & set(found["new_modules"])
    assert "csp_airflow" in found["new_modules"], "the look itself sees new modules"


def test_every_dag_says_who_owns_it_what_to_do_when_red_and_how_to_rerun(
    found: dict[str, Any],
) -> None:
    for dag_id, dag in found["dags"].items():
        for words in ("**Owner:**", "**When red**", "**Rerun:**", "Trigger it anew"):
            assert words.casefold() in dag["doc"].casefold(), (dag_id, words)
        assert "rerun: trigger anew" in dag["tags"], dag_id
        assert dag["owner"] not in ("", "airflow"), dag_id


def test_every_model_and_every_gate_is_a_task(found: dict[str, Any]) -> None:
    models = {path.stem for path in (PROJECT_ROOT / "dbt_project" / "models").rglob("*.sql")}
    tasks = found["dags"]["refresh_warehouse"]["tasks"]
    shown = {task.rsplit(".", 1)[1] for task in tasks if "." in task}
    assert len(models) > 10
    assert models <= shown
    assert {"admit_deliveries", "warehouse_gate", "publication_audit", "publish"} <= set(tasks)
    assert "delivery_gate" in found["dags"]["police_street_crime"]["tasks"]


def test_a_model_is_never_run_again_by_a_retry(found: dict[str, Any]) -> None:
    retries = found["dags"]["refresh_warehouse"]["retries"]
    assert {retries[task] for task in retries if "." in task} == {0}
    assert retries["publish"] == 2


def test_breaking_one_contract_breaks_one_dag(home: Path, tmp_path: Path) -> None:
    root = tmp_path / "project"
    for part in ("borough", "dags", "include", "dbt_project"):
        shutil.copytree(
            PROJECT_ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__", "target")
        )
    contract = root / "include" / "contracts" / "fire" / "lfb_incident.yml"
    text = contract.read_text(encoding="utf-8")
    contract.write_text(text.replace("kind: DataContract", "kind: DataContract\ncolour: red"))
    found = look(root, home)
    assert set(found["errors"]) == {"fire_lfb_incident.py"}
    assert "fire/lfb_incident.yml:4: colour: unknown key" in found["errors"]["fire_lfb_incident.py"]
    others = {c.id for c in ContractRegistry()} - {"fire_lfb_incident"}
    assert set(found["dags"]) == {*others, "refresh_warehouse"}
