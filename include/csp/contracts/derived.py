"""What is made from contracts: DAG files, which are kept in the repository, and the rest.

With the rest go the borough's seeds, which dbt reads from its own folder.

dbt files and docs pages are written anew by each `csp feeds write` (which `make install` and every
dbt run do) and are not kept, so that a new feed is two files: its contract and its DAG. `csp feeds
check` fails when a DAG file is not what its contract makes today.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from csp.contracts.borough import borough
from csp.contracts.checks import GateCheck, RowCheck
from csp.contracts.columns import Column
from csp.contracts.dbt_models import dbt_files
from csp.contracts.dictionary import data_dictionary
from csp.contracts.editor_schema import contract_schema
from csp.contracts.model import Contract, ServiceLevel
from csp.contracts.reading import compiled
from csp.contracts.registry import ContractRegistry, resolved
from csp.files import write_if_changed
from csp.project import COMPILED_CONTRACTS, EDITOR_SCHEMA, PROJECT_ROOT

#: What stands in a contract where only a person knows.
FILL_IN = "to be filled in"


def _path_in_project(contract: Contract) -> str:
    return f"include/contracts/{contract.domain}/{contract.entity}.yml"


def dag_file(contract: Contract) -> str:
    """The feed's DAG file: a few lines, so that a broken contract breaks one DAG only."""
    return (
        f'"""Made from {_path_in_project(contract)} by csp feeds write."""\n\n'
        "from csp_airflow.feed_dag import feed_dag\n\n"
        f'dag = feed_dag("{contract.domain}", "{contract.entity}")\n'
    )


def _facts(contract: Contract) -> list[str]:
    """The lines of the table at the head of a feed's page."""
    platform, team = contract.platform, contract.team
    facts = {
        "Part of": contract.dataProduct,
        "Owner": f"{team.name}. {team.description}",
        "Access class": platform.accessClass,
        "May read": "; ".join(f"{role.role}: {role.access}" for role in contract.roles),
        "Legal gateway": platform.legalGateway,
        **{level.property.capitalize(): _promise(level) for level in contract.slaProperties},
        "Grain": contract.dataset.dataGranularityDescription,
        "A file": contract.dataset.description,
        "Layouts": "; ".join(f"{x.name}: {x.description}" for x in platform.layouts),
        "Looked for": f"at `{platform.sweep}`, London time",
        "Faults go to": "; ".join(f"{s.channel}: {s.description}" for s in contract.support),
    }
    return [f"| {name} | {what} |" for name, what in facts.items()]


def docs_page(contract: Contract) -> str:
    """The feed's page in the documentation."""
    lines = [
        f"# {contract.name}",
        "",
        f"Feed `{contract.id}`, version {contract.version}. Made from "
        f"`{_path_in_project(contract)}`; edit the contract instead.",
        "",
        "| | |",
        "|---|---|",
        *_facts(contract),
        "",
        f"**For:** {contract.description.purpose}",
        "",
        f"**How to read it:** {contract.description.usage}",
        "",
        f"**Limits:** {contract.description.limitations}",
        "",
        "## Columns",
        "",
        "| column | type | required | what |",
        "|---|---|---|---|",
        *(_column_line(column) for column in contract.columns),
        "",
        "## Row rules",
        "",
        "Every rule runs on every row. R01 (line unreadable), R02 (value unreadable as its type), "
        "R03 (required value missing), R05 (not in its list), R06 (not of its form), R07 (out of "
        "bounds), R08 (unclear local time) and R09 (personal words) hold a row back in every feed.",
        "",
        "| code | verdict | about | what |",
        "|---|---|---|---|",
        *(_rule_line(check) for check in contract.row_checks),
        "",
        "## Delivery gate",
        "",
        "| code | severity | about | what holds when it passes |",
        "|---|---|---|---|",
        *(_rule_line(check) for check in contract.gate_checks),
    ]
    return "\n".join(lines) + "\n"


def _promise(level: ServiceLevel) -> str:
    unit = f" {level.unit}{'s' if level.value != 1 else ''}" if level.unit else ""
    return f"{level.value}{unit}. {level.description}"


def _column_line(column: Column) -> str:
    p, said = column.platform, column.logicalTypeOptions
    title = f"{column.businessName}: " if column.businessName else ""
    notes = [f"{title}{column.description}"]
    notes += [f"Allowed: {', '.join(p.values)}."] if p.values else []
    notes += [f"Allowed: seed `{p.vocabulary}`."] if p.vocabulary else []
    notes += [f"Form: `{said.pattern}`.".replace("|", "\\|")] if said.pattern else []
    notes += [f"Bounds: {said.minimum} to {said.maximum}."] if said.is_bounded else []
    notes += [f"Stored as a keyed token ({p.token})."] if p.token else []
    notes += ["The partner's own words."] if p.freeText else []
    notes += [] if p.kept else ["Read and judged, never stored."]
    required = "yes" if column.required else ""
    return f"| `{column.name}` | {column.type} | {required} | {' '.join(notes)} |"


def _rule_line(check: RowCheck | GateCheck) -> str:
    return (
        f"| {check.id} | {check.severity} | {check.dimension} | {check.name}. {check.description} |"
    )


def dag_files(registry: ContractRegistry, root: Path = PROJECT_ROOT) -> dict[Path, str]:
    """The DAG file of every feed, with the content it should have."""
    folder = root / "dags" / "partner_feeds"
    return {folder / f"{contract.id}.py": dag_file(contract) for contract in registry}


def made_files(registry: ContractRegistry, root: Path = PROJECT_ROOT) -> dict[Path, str]:
    """Every file made that is not kept: dbt files, seeds, pages, dictionary, compiled contracts."""
    files = {
        root / "docs" / "feeds" / f"{contract.id}.md": docs_page(contract) for contract in registry
    }
    dictionary = data_dictionary(registry, root / "dbt_project")
    files[root / "docs" / "data-dictionary.md"] = dictionary
    seeds = root / "dbt_project" / "seeds" / "from_borough"
    files |= {seeds / path.name: path.read_text(encoding="utf-8") for path in borough().seeds}
    files[root / EDITOR_SCHEMA.relative_to(PROJECT_ROOT)] = contract_schema()
    files[root / COMPILED_CONTRACTS.relative_to(PROJECT_ROOT)] = compiled(registry.paths)
    by_partner = sorted(registry, key=lambda contract: (contract.domain, contract.id))
    for partner, contracts in groupby(by_partner, key=lambda contract: contract.domain):
        files |= dbt_files(partner, contracts, root / "dbt_project")
    return files


def write_made(registry: ContractRegistry, root: Path = PROJECT_ROOT) -> list[Path]:
    """Write the files that are not kept, and remove those of feeds that are gone.

    Returns:
        The files written; none when all were as they should be.
    """
    files = made_files(registry, root)
    project = root / "dbt_project"
    made = (project / "models" / "from_contracts", project / "seeds" / "from_borough")
    for folder in (root / "docs" / "feeds", *made):
        for path in folder.rglob("*.*"):
            if path not in files:
                path.unlink()
    return write_if_changed(files)


def write_derived(registry: ContractRegistry, root: Path = PROJECT_ROOT) -> list[Path]:
    """Write DAG files and all that is not kept; returns the files written."""
    return write_if_changed(dag_files(registry, root)) + write_made(registry, root)


def check_derived(registry: ContractRegistry, root: Path = PROJECT_ROOT) -> list[str]:
    """What is stale, missing, left over or said twice; one sentence each, none when all is well."""
    errors = []
    expected = dag_files(registry, root)
    for path, content in expected.items():
        shown = path.relative_to(root)
        if not path.exists():
            errors.append(f"{shown}: missing; write it with: csp feeds write")
        elif (found := path.read_text(encoding="utf-8")) != content:
            pairs = enumerate(zip(found.splitlines(), content.splitlines(), strict=False), 1)
            shorter = min(len(found.splitlines()), len(content.splitlines()))
            line = next((number for number, (a, b) in pairs if a != b), shorter + 1)
            errors.append(f"{shown}:{line}: not what its contract makes; csp feeds write")
    for path in sorted((root / "dags" / "partner_feeds").glob("*.py")):
        if path not in expected:
            errors.append(f"{path.relative_to(root)}: belongs to no contract; remove it")
    for contract in registry:
        if contract.status == "active" and (left := resolved(contract).count(FILL_IN)):
            errors.append(f"{_path_in_project(contract)}: {left} places say '{FILL_IN}'")
        errors += [
            f"{_path_in_project(contract)}: {where}: no seed is called '{name}'"
            for where, name in _seeds_named(contract)
            if not borough().seed(name).exists()
        ]
    return errors + _names_taken_twice(registry)


def _seeds_named(contract: Contract) -> Iterator[tuple[str, str]]:
    """Where a contract names a seed, and which."""
    for column in contract.columns:
        if column.platform.vocabulary:
            yield f"column {column.name}", column.platform.vocabulary
    for check in contract.row_checks:
        rule = check.implementation
        agrees = rule.vocabularyAgrees
        named = rule.vocabulary or (agrees.vocabulary if agrees else None)
        if named:
            yield f"rule {check.id}", named
        if rule.vocabularyVariants:
            yield f"rule {check.id}", rule.vocabularyVariants
            yield f"rule {check.id}", f"{rule.vocabularyVariants}_variant"


def _names_taken_twice(registry: ContractRegistry) -> list[str]:
    """Feeds whose example file another feed would take for its own, and core tables made twice."""
    errors: list[str] = []
    tables: dict[str, str] = {}
    for contract in registry:
        example = contract.platform.fileNameExample
        for other in registry:
            fits = any(re.search(pattern, example) for pattern in other.platform.fileNames)
            if other.id != contract.id and fits:
                errors.append(
                    f"{_path_in_project(other)}: fileNames: also fits '{example}' of {contract.id}"
                )
        core = contract.platform.coreTable
        if core and tables.setdefault(core.name, contract.id) != contract.id:
            errors.append(
                f"{_path_in_project(contract)}: coreTable: {core.name} is of {tables[core.name]}"
            )
    return errors
