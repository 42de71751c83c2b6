"""What every model says of itself. dbt's own tests are run in warehouse/test_dbt_tests.py."""

from __future__ import annotations

import json

import pytest

from csp.project import PROJECT_ROOT
from csp.storage.home import Home
from csp.warehouse.dbt_runner import DbtRunner, write_seeds_and_models
from csp.warehouse.duckdb_engine import DuckDBWarehouse

MARTS = ("core", "kpi")


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The parsed project."""
    folder = tmp_path_factory.mktemp("parsed")
    runner = DbtRunner(DuckDBWarehouse(Home(folder)), Home(folder))
    write_seeds_and_models()
    runner.invoke("parse")
    return json.loads((runner.target / "manifest.json").read_text(encoding="utf-8"))


def test_every_model_and_column_is_described(manifest: dict) -> None:
    nodes = [n for n in manifest["nodes"].values() if n["resource_type"] in ("model", "seed")]
    assert len(nodes) > 30
    for node in nodes:
        assert node["description"].startswith("Each row is"), node["name"]
        assert node["columns"], node["name"]
        for column in node["columns"].values():
            assert column["description"], (node["name"], column["name"])


def test_marts_have_enforced_contracts(manifest: dict) -> None:
    marts = [n for n in manifest["nodes"].values() if n.get("schema") in MARTS]
    assert len(marts) >= 9
    for node in marts:
        if node["resource_type"] == "model":
            assert node["config"]["contract"]["enforced"], node["name"]


def made(parts: list[str]) -> bool:
    """Whether a model is made from a contract or from the KPI catalogue."""
    return parts[0].startswith("from_")


def test_models_are_named_by_their_room(manifest: dict) -> None:
    rooms = {"staging": "stg_", "intermediate": "int_", "core": ("fct_", "dim_")}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model":
            parts = node["path"].split("/")
            room = parts[1] if made(parts) or parts[0] == "marts" else parts[0]
            if room == "kpi":  # named by what a reader looks for
                assert not node["name"].startswith(("stg_", "int_", "fct_")), node["path"]
            else:
                assert node["name"].startswith(rooms[room]), node["path"]


def test_every_sql_file_of_the_project_is_a_node(manifest: dict) -> None:
    files = {path.stem for path in (PROJECT_ROOT / "dbt_project" / "models").rglob("*.sql")}
    assert files == {n["name"] for n in manifest["nodes"].values() if n["resource_type"] == "model"}
