"""Which code made a publication: a digest of all that figures depend on, and of nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from csp.contracts import ContractRegistry
from csp.contracts.borough import SEEDS, SETTINGS, borough
from csp.contracts.registry import contract_hash
from csp.project import BOROUGH, PROJECT_ROOT

#: Folder of the project → patterns of the files in it that figures depend on. Contracts count by
#: their meaning instead, so that a sample or a comment in one changes nothing.
PARTS = {
    "include/csp": ("**/*.py", "**/*.yml"),
    "dbt_project": ("*.yml",),
    "dbt_project/catalogue": ("**/*.yml",),
    "dbt_project/macros": ("**/*.sql",),
    "dbt_project/models": ("**/*.sql", "**/*.yml"),
    "dbt_project/seeds": ("**/*.csv", "**/*.yml"),
}
#: Rooms of the package that only show what is published.
FACES = ("include/csp/cli", "include/csp/kpi")
#: Folders that contracts, catalogue and borough are written to; what these are is counted already.
MADE = (
    "dbt_project/models/from_contracts",
    "dbt_project/models/from_catalogue",
    "dbt_project/seeds/from_catalogue",
    "dbt_project/seeds/from_borough",
)
#: dbt's own tests of models judge figures and change none.
UNIT_TESTS = "*__unit_tests.yml"


def code_files(root: Path = PROJECT_ROOT) -> Iterator[Path]:
    """The files that figures depend on, contracts and what is made from them left out, sorted."""
    left_out = [root / folder for folder in (*FACES, *MADE)]
    for folder, patterns in PARTS.items():
        for path in sorted({p for pattern in patterns for p in (root / folder).glob(pattern)}):
            if not path.match(UNIT_TESTS) and not any(map(path.is_relative_to, left_out)):
                yield path


def borough_files(root: Path = PROJECT_ROOT) -> list[Path]:
    """The files of the borough that figures depend on: its settings, and its seeds, sorted."""
    here = borough()
    folder = root / BOROUGH.name if here.is_projects_own else here.folder
    return [folder / SETTINGS, *sorted((folder / SEEDS).glob("*.csv"))]


def made_files(root: Path = PROJECT_ROOT) -> Iterator[Path]:
    """The files for dbt that contracts, catalogue and borough have been written to, sorted."""
    for folder in MADE:
        yield from sorted(path for path in (root / folder).rglob("*") if path.is_file())


def code_version(registry: ContractRegistry, root: Path = PROJECT_ROOT) -> str:
    """A digest of contracts, catalogue, borough, dbt project and package, 12 hexadecimal digits.

    Unlike a commit it also tells a changed checkout from a clean one, and needs no git. What is
    not in it (documentation, tests, the simulator, DAGs, the pages that show figures) can change
    without a figure being computed anew.

    Args:
        registry: The contracts.
        root: The project.

    Raises:
        ContractError: A contract is wrong.
    """
    digest = hashlib.sha256()
    for contract in registry:
        digest.update(f"{contract.id}\0{contract_hash(contract)}\0".encode())
    for path in code_files(root):
        digest.update(f"{path.relative_to(root)}\0".encode())
        digest.update(path.read_bytes())
    for path in borough_files(root):
        digest.update(f"{path.name}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
