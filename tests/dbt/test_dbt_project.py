"""dbt's own tests and unit tests on both engines, and what every model says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.postgresql import Server
from tests.warehouse.conftest import platform_at, take

from csp.project import PROJECT_ROOT
from csp.storage.home import Home
from csp.warehouse.dbt_runner import DbtRunner, write_seeds_and_models
from csp.warehouse.duckdb_engine import DuckDBWarehouse
from csp.warehouse.engine import Warehouse
from csp.warehouse.platform import Platform
from csp.warehouse.refresh import RefreshRun
from csp_simulator import simulate

MARTS = ("core", "kpi")


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three releases of both feeds."""
    folder = tmp_path_factory.mktemp("simulated")
    simulate("borough-year", folder, scale=0.05)
    police = sorted((folder / "deliveries" / "police").iterdir())
    fire = sorted((folder / "deliveries" / "fire").iterdir())
    return [*police[:3], *fire[:3]]


def loaded(folder: Path, warehouse: Warehouse, deliveries: list[Path]) -> Platform:
    """A platform whose warehouse shows the lake, ready for dbt."""
    platform = platform_at(folder, warehouse)
    take(platform, *deliveries)
    run = RefreshRun.begin(platform)
    run.admit_deliveries()
    run.load_lake()
    run.control_disclosure()
    return platform


@pytest.mark.parametrize("engine", ["duckdb", "postgresql"])
def test_every_model_builds_and_every_dbt_test_passes(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path, deliveries: list[Path]
) -> None:
    if engine == "duckdb":
        warehouse: Warehouse = DuckDBWarehouse(Home(tmp_path))
    else:
        running: Server = request.getfixturevalue("server")
        warehouse = running.fresh_database()
    platform = loaded(tmp_path, warehouse, deliveries)
    runner = DbtRunner(warehouse, platform.home)
    results = runner.invoke("build").results
    by_kind: dict[str, int] = {}
    for result in results:
        kind = str(result.node.resource_type)
        by_kind[kind] = by_kind.get(kind, 0) + 1
        assert result.status in ("success", "pass"), result.node.name
    assert by_kind["unit_test"] >= 30
    assert by_kind["test"] >= 50
    assert by_kind["model"] >= 140
    runner.invoke("docs generate")
    catalog = json.loads((runner.target / "catalog.json").read_text(encoding="utf-8"))
    assert catalog["errors"] is None
    assert len(catalog["nodes"]) >= 140


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
