"""What of the project is edited decides whether figures are computed anew, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from csp.contracts import ContractRegistry
from csp.warehouse.code_version import code_version
from tests.project_copy import ProjectCopy

STREET = "include/contracts/police/street_crime.yml"
#: Kind of file → path, a place in it, and what is written there instead.
FIGURES_DEPEND_ON = {
    "a rule of a contract": (STREET, "rejectAboveQuarantinedShare: 0.2", ": 0.3"),
    "a KPI of the catalogue": ("dbt_project/catalogue/standard.yml", "id: S01", "id: S99"),
    "a variable of dbt": ("dbt_project/dbt_project.yml", "journey_gap_days: 21", ": 22"),
    "a model": ("dbt_project/models/marts/core/dim_date.sql", "select", "select "),
    "a model's columns": ("dbt_project/models/marts/core/_core__models.yml", "version: 2", ""),
    "a macro": ("dbt_project/macros/statistics.sql", "{#", "{# "),
    "a reference seed": ("dbt_project/seeds/reference/crime_type.csv", "Burglary", "Thefts"),
    "a seed of the borough": ("borough/seeds/ward.csv", "E05009317", "E05009999"),
    "a setting of the borough": ("borough/borough.yml", "wards: 20", ": 21"),
    "a rule of the package": ("include/csp/disclosure/counts.py", '"""', '""" '),
}
NOTHING_DEPENDS_ON = {
    "a comment in a contract": (STREET, "apiVersion", "# A comment.\napiVersion"),
    "documentation": ("README.md", "#", "##"),
    "a decision": ("docs/decisions/0001-two-packages.md", "#", "##"),
    "the simulator": ("simulator/csp_simulator/draws.py", '"""', '""" '),
    "a test": ("tests/conftest.py", '"""', '""" '),
    "a dbt unit test": ("dbt_project/models/marts/kpi/_kpi__unit_tests.yml", "unit_tests", "a"),
    "a DAG": ("dags/refresh_warehouse.py", '"""', '""" '),
    "a part of Airflow": ("include/csp_airflow/feed_dag.py", '"""', '""" '),
    "a plugin": ("plugins/community_safety.py", '"""', '""" '),
    "a command": ("include/csp/cli/keys.py", '"""', '""" '),
    "the board's page": ("include/csp/kpi/scorecard/page.css", "{", "{ "),
    "what reads figures": ("include/csp/kpi/reading.py", '"""', '""" '),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> ProjectCopy:
    """A copy of the project that may be edited."""
    return ProjectCopy.below(tmp_path_factory.mktemp("edited"))


def contracts_of(copy: ProjectCopy) -> ContractRegistry:
    """The copy's contracts as they stand now."""
    return ContractRegistry(copy.root / "include" / "contracts")


@pytest.fixture(scope="module")
def unedited(copy: ProjectCopy) -> tuple[ContractRegistry, str]:
    """The copy's contracts, and its digest."""
    registry = contracts_of(copy)
    return registry, code_version(registry, copy.root)


def version_after(
    copy: ProjectCopy, registry: ContractRegistry, path: str, old: str, new: str
) -> str:
    """The copy's digest with the first such place of a file changed, which is then put back."""
    file = copy.root / path
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{old!r} does not stand in {path}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    try:
        # Contracts are read anew only where one was edited.
        edited = contracts_of(copy) if file.is_relative_to(registry.folder) else registry
        return code_version(edited, copy.root)
    finally:
        file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("kind", FIGURES_DEPEND_ON)
def test_an_edit_that_figures_depend_on_is_another_version(
    copy: ProjectCopy, unedited: tuple[ContractRegistry, str], kind: str
) -> None:
    (path, old, new), (registry, version) = FIGURES_DEPEND_ON[kind], unedited
    if new.startswith(":"):
        new = old.partition(":")[0] + new
    assert version_after(copy, registry, path, old, new) != version


@pytest.mark.parametrize("kind", NOTHING_DEPENDS_ON)
def test_an_edit_that_no_figure_depends_on_is_the_same_version(
    copy: ProjectCopy, unedited: tuple[ContractRegistry, str], kind: str
) -> None:
    registry, version = unedited
    assert version_after(copy, registry, *NOTHING_DEPENDS_ON[kind]) == version


#: A refresh without gates, and without KPIs and marts unless they are asked for. It says what it
#: built of the core models: nothing when nothing is needed.
REFRESH = """
import json, sys
from csp.warehouse.platform import Platform
from csp.warehouse.refresh import RefreshRun
run, built = RefreshRun.begin(Platform.from_environment()), []
run.admit_deliveries()
if run.is_needed():
    run.load_lake()
    run.build_core(lambda outcome: built.append(outcome.name))
    if sys.argv[1:] == ["with marts"]:
        run.build_kpi()
        run.control_disclosure()
        run.build_marts()
    run.publish()
else:
    run.close_unneeded()
print(json.dumps(built))
"""


def test_a_refresh_computes_anew_what_an_edit_changes_and_nothing_after_any_other(
    tmp_path: Path, real_data: Path
) -> None:
    copy = ProjectCopy.below(tmp_path)
    copy.csp("ingest", str(real_data / "fire" / "lfb_incidents_2017-01_2017-02_extract.csv"))

    def refreshed(*asked: str) -> set[str]:
        return set(json.loads(copy.python(REFRESH, *asked).splitlines()[-1]))

    def published(sql: str) -> list[str]:
        return list(json.loads(copy.csp("query", sql, "--json"))[0].values())

    everything = refreshed()
    assert "dim_date" in everything
    for path, old, new in NOTHING_DEPENDS_ON.values():
        file = copy.root / path
        file.write_text(file.read_text().replace(old, new, 1))
    assert refreshed() == set()
    last_day = "select max(date_day) as last_day from dim_date"
    assert published(last_day) == ["2030-12-31"]
    copy.edit("dbt_project/dbt_project.yml", 'last_day: "2030-12-31"', 'last_day: "2031-12-31"')
    named = "name: Recorded crime rate\n"
    copy.edit("dbt_project/catalogue/standard.yml", named, "name: Renamed\n")
    assert refreshed("with marts") == everything
    both = "(select max(date_day) from dim_date) as last_day, min(name) as name"
    assert published(f"select {both} from dim_kpi where kpi_id = 'S01'") == [
        "2031-12-31",
        "Renamed",
    ]
