"""What is made from contracts and kept in the tree: DAG files, dbt sources, docs pages.

`csp feeds check` fails when one of them is not what its contract makes today.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import yaml

from csp.contracts.model import Contract, GateCheck, RowCheck
from csp.contracts.registry import ContractRegistry
from csp.project import PROJECT_ROOT, REFERENCE_SEEDS

DAYS = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
SOURCES_HEAD = "# Made from include/contracts by `csp feeds write`; edit the contract instead.\n"


def _path_in_project(contract: Contract) -> str:
    return f"include/contracts/{contract.domain}/{contract.entity}.yml"


def dag_file(contract: Contract) -> str:
    """The feed's DAG file: a few lines, so that a broken contract breaks one DAG only."""
    return (
        f'"""Made from {_path_in_project(contract)} by csp feeds write."""\n\n'
        "from csp_airflow.feed_dag import feed_dag\n\n"
        f'dag = feed_dag("{contract.domain}", "{contract.entity}")\n'
    )


def _source_table(contract: Contract) -> dict[str, object]:
    origin = [
        ("delivery_id", "text", "The delivery the row came in; first 16 characters of its sha256."),
        ("source_line", "bigint", "Physical line of the delivered file, from 1."),
        ("series", "text", "Whose series the row belongs to."),
        ("period_start", "date", "First day of the month the row belongs to."),
    ]
    columns = [{"name": n, "data_type": t, "description": d} for n, t, d in origin]
    columns += [
        {"name": c.name, "data_type": c.type, "description": c.description}
        for c in contract.columns
    ]
    return {
        "name": contract.entity,
        "identifier": contract.id,
        "description": contract.dataset.dataGranularityDescription,
        "config": {
            "loaded_at_field": "cast(period_start as timestamp)",
            "freshness": {"warn_after": {"count": promised_days(contract), "period": "day"}},
            "meta": {"owner": contract.team.name, "access_class": contract.platform.accessClass},
        },
        "columns": columns,
    }


def promised_days(contract: Contract) -> int:
    """Days from the first day of a month to the latest day its file was promised for."""
    frequency, latency = contract.sla("frequency"), contract.sla("latency")
    return sum(
        int(level.value) * DAYS[level.unit or "day"] for level in (frequency, latency) if level
    )


def dbt_sources(partner: str, contracts: Iterable[Contract]) -> str:
    """The partner's dbt sources, columns and freshness included."""
    content = {
        "version": 2,
        "sources": [
            {
                "name": partner,
                "schema": "lake",
                "description": f"What {partner} partners delivered and intake accepted.",
                "tables": [_source_table(contract) for contract in contracts],
            }
        ],
    }
    return SOURCES_HEAD + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=99)


def docs_page(contract: Contract) -> str:
    """The feed's page in the documentation."""
    platform = contract.platform
    lines = [
        f"# {contract.name}",
        "",
        f"Feed `{contract.id}`, version {contract.version}. Made from "
        f"`{_path_in_project(contract)}`; edit the contract instead.",
        "",
        "| | |",
        "|---|---|",
        f"| Owner | {contract.team.name} |",
        f"| Access class | {platform.accessClass} |",
        f"| Legal gateway | {platform.legalGateway} |",
        *(f"| {s.property.capitalize()} | {_promise(s)} |" for s in contract.slaProperties),
        f"| Grain | {contract.dataset.dataGranularityDescription} |",
        f"| Layouts | {'; '.join(f'{x.name}: {x.description}' for x in platform.layouts)} |",
        f"| Faults go to | {'; '.join(s.channel for s in contract.support)} |",
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
        *(
            f"| `{c.name}` | {c.type} | {'yes' if c.required else ''} | {c.description} |"
            for c in contract.columns
        ),
        "",
        "## Row rules",
        "",
        "Every rule runs on every row. R01 (line unreadable), R02 (value unreadable as its type) "
        "and R03 (required value missing) hold a row back in every feed.",
        "",
        "| code | verdict | what |",
        "|---|---|---|",
        *(_rule_line(check) for check in contract.row_checks),
        "",
        "## Delivery gate",
        "",
        "| code | severity | what holds when it passes |",
        "|---|---|---|",
        *(_rule_line(check) for check in contract.gate_checks),
    ]
    return "\n".join(lines) + "\n"


def _promise(level: object) -> str:
    unit = f" {level.unit}{'s' if level.value != 1 else ''}" if level.unit else ""
    return f"{level.value}{unit}. {level.description}"


def _rule_line(check: RowCheck | GateCheck) -> str:
    return f"| {check.id} | {check.severity} | {check.description} |"


def derived_files(registry: ContractRegistry, root: Path = PROJECT_ROOT) -> dict[Path, str]:
    """Every file made from contracts, with the content it should have.

    Args:
        registry: The contracts.
        root: The project's root, below which the files lie.
    """
    files: dict[Path, str] = {}
    for contract in registry:
        files[root / "dags" / "partner_feeds" / f"{contract.id}.py"] = dag_file(contract)
        files[root / "docs" / "feeds" / f"{contract.id}.md"] = docs_page(contract)
    by_partner = sorted(registry, key=lambda contract: (contract.domain, contract.id))
    for partner, contracts in groupby(by_partner, key=lambda contract: contract.domain):
        folder = root / "dbt_project" / "models" / "staging" / partner
        files[folder / f"_{partner}__sources.yml"] = dbt_sources(partner, contracts)
    return files


def write_derived(registry: ContractRegistry, root: Path = PROJECT_ROOT) -> list[Path]:
    """Write what is not as it should be; returns the files written."""
    written = []
    for path, content in derived_files(registry, root).items():
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            written.append(path)
    return written


def check_derived(
    registry: ContractRegistry, root: Path = PROJECT_ROOT, seeds: Path = REFERENCE_SEEDS
) -> list[str]:
    """What is stale, missing or left over; one sentence each, empty when all is well."""
    faults = []
    expected = derived_files(registry, root)
    for path, content in expected.items():
        shown = path.relative_to(root)
        if not path.exists():
            faults.append(f"{shown}: missing; write it with: csp feeds write")
        elif (found := path.read_text(encoding="utf-8")) != content:
            pairs = enumerate(zip(found.splitlines(), content.splitlines(), strict=False), 1)
            shorter = min(len(found.splitlines()), len(content.splitlines()))
            line = next((number for number, (a, b) in pairs if a != b), shorter + 1)
            faults.append(f"{shown}:{line}: not what its contract makes; csp feeds write")
    staging = "dbt_project/models/staging"
    for folder, pattern in (
        ("dags/partner_feeds", "*.py"),
        ("docs/feeds", "*.md"),
        (staging, "*/_*__sources.yml"),
    ):
        for path in sorted((root / folder).glob(pattern)):
            is_by_hand = folder == staging and SOURCES_HEAD not in path.read_text(encoding="utf-8")
            if path not in expected and not is_by_hand:
                faults.append(f"{path.relative_to(root)}: belongs to no contract; remove it")
    for contract in registry:
        for check in contract.row_checks:
            rule = check.implementation
            named = rule.vocabulary or (rule.vocabularyAgrees or {}).get("vocabulary")
            wanted = [named] if named else []
            if rule.vocabularyVariants:
                wanted += [rule.vocabularyVariants, f"{rule.vocabularyVariants}_variant"]
            faults += [
                f"{_path_in_project(contract)}: rule {check.id}: no seed is called '{name}'"
                for name in wanted
                if not (seeds / f"{name}.csv").exists()
            ]
    return faults
