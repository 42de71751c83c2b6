"""Files made from contracts: what is stale, missing, left over or names no seed is reported."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from csp.contracts import ContractRegistry
from csp.contracts.derived import check_derived, dag_files, made_files, write_derived, write_made
from csp.project import CONTRACTS, PROJECT_ROOT

DAG = "dags/partner_feeds/police_street_crime.py"
PAGE = "docs/feeds/police_street_crime.md"
MADE = "dbt_project/models/from_contracts/staging/police/_police__sources.yml"


@pytest.fixture
def tree(tmp_path: Path, registry: ContractRegistry) -> Path:
    """A project root that holds exactly what the contracts make."""
    write_derived(registry, tmp_path)
    return tmp_path


def test_the_projects_own_tree_is_what_its_contracts_make(registry: ContractRegistry) -> None:
    assert check_derived(registry) == []


def test_writing_twice_writes_nothing_the_second_time(
    tree: Path, registry: ContractRegistry
) -> None:
    assert check_derived(registry, tree) == []
    assert write_derived(registry, tree) == []


def test_a_stale_dag_file_is_reported_with_its_line_and_written_anew(
    tree: Path, registry: ContractRegistry
) -> None:
    name, path = DAG, tree / DAG
    content = path.read_text(encoding="utf-8")
    lines = content.splitlines()
    for changed, line in (
        ("\n".join([*lines[:2], "odd", *lines[3:]]) + "\n", 3),
        (content + "more\n", len(lines) + 1),
        ("\n".join(lines[:-1]) + "\n", len(lines)),
    ):
        path.write_text(changed, encoding="utf-8")
        (fault,) = check_derived(registry, tree)
        assert fault.startswith(f"{name}:{line}: ")
        assert write_derived(registry, tree) == [path]
    assert check_derived(registry, tree) == []


def test_a_missing_dag_file_is_reported(tree: Path, registry: ContractRegistry) -> None:
    (tree / DAG).unlink()
    (fault,) = check_derived(registry, tree)
    assert fault.startswith(f"{DAG}: missing")


def test_a_dag_file_of_a_contract_that_is_gone_is_reported(
    tree: Path, registry: ContractRegistry
) -> None:
    old = DAG.replace("police", "harbour")
    shutil.copy(tree / DAG, tree / old)
    (fault,) = check_derived(registry, tree)
    assert fault.startswith(f"{old}: belongs to no contract")


@pytest.mark.parametrize("name", [PAGE, MADE])
def test_what_is_not_kept_is_put_right_and_what_is_left_over_removed(
    name: str, tree: Path, registry: ContractRegistry
) -> None:
    path = tree / name
    content = path.read_text(encoding="utf-8")
    path.write_text("odd", encoding="utf-8")
    left_over = path.with_stem(path.stem.replace("police", "harbour"))
    left_over.write_text("odd", encoding="utf-8")
    assert write_made(registry, tree) == [path]
    assert path.read_text(encoding="utf-8") == content
    assert not left_over.exists()


def test_a_staging_view_written_by_hand_stands_for_the_one_made(
    tree: Path, registry: ContractRegistry
) -> None:
    made = "dbt_project/models/from_contracts/staging/police/stg_police__street_crime.sql"
    assert (tree / made).exists()
    by_hand = tree / "dbt_project/models/staging/police/stg_police__street_crime.sql"
    by_hand.parent.mkdir(parents=True)
    by_hand.write_text("select 1\n")
    write_made(registry, tree)
    assert not (tree / made).exists()
    assert by_hand.read_text() == "select 1\n"


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ("vocabulary: police_force", "vocabulary: nowhere", ["nowhere"]),
        ("vocabulary: lsoa,", "vocabulary: nowhere,", ["nowhere"]),
        ("vocabularyVariants: crime_type", "vocabularyVariants: odd", ["odd", "odd_variant"]),
    ],
)
def test_a_rule_that_names_no_seed_is_reported_with_its_contract(
    old: str, new: str, missing: list[str], tmp_path: Path
) -> None:
    contracts = tmp_path / "contracts"
    shutil.copytree(CONTRACTS, contracts)
    path = contracts / "police" / "street_crime.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    registry = ContractRegistry(contracts)
    write_derived(registry, tmp_path)
    faults = check_derived(registry, tmp_path)
    assert len(faults) == len(missing)
    for fault, name in zip(faults, missing, strict=True):
        assert fault.startswith("include/contracts/police/street_crime.yml: rule P1-")
        assert fault.endswith(f"no seed is called '{name}'")


def test_every_feed_has_its_own_dag_page_and_source(registry: ContractRegistry) -> None:
    paths = [*dag_files(registry), *made_files(registry)]
    files = {path.relative_to(PROJECT_ROOT).as_posix() for path in paths}
    made = "dbt_project/models/from_contracts/staging"
    for contract in registry:
        assert f"dags/partner_feeds/{contract.id}.py" in files
        assert f"docs/feeds/{contract.id}.md" in files
        assert f"{made}/{contract.domain}/_{contract.domain}__sources.yml" in files


def feeds_check(project: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(project / "include")}
    command = [sys.executable, "-c", "from csp.cli import main; main()", "feeds", "check"]
    return subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, check=False
    )


def test_feeds_check_passes_on_the_project() -> None:
    result = feeds_check(PROJECT_ROOT)
    assert (result.returncode, result.stderr) == (0, "")
    assert "up to date" in result.stdout


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (DAG, "feed_dag(", "odd_dag(", f"{DAG}:5: "),
        (
            "include/contracts/police/street_crime.yml",
            "status: active",
            "status: odd",
            "include/contracts/police/street_crime.yml:7: status: ",
        ),
    ],
)
def test_feeds_check_says_what_is_wrong_without_a_traceback(
    name: str, old: str, new: str, said: str, tmp_path: Path
) -> None:
    for part in (
        "include",
        "borough",
        "dags",
        "docs/feeds",
        "dbt_project/models",
        "dbt_project/seeds",
    ):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT_ROOT / part, tmp_path / part, ignore=ignored)
    path = tmp_path / name
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    result = feeds_check(tmp_path)
    assert result.returncode == 1
    assert said in result.stderr
    assert "Traceback" not in result.stdout + result.stderr
