"""The data dictionary: every feed and every table that people read, with grain and access class.

Grain sentences and classes are those of the contracts and of the dbt project's own descriptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from csp.contracts.dbt_models import PUBLISHED, core_model, core_schema
from csp.contracts.model import Contract
from csp.contracts.reading import SAFE_LOADER

HEAD = """\
# Data dictionary

Made from the contracts and from the descriptions in the dbt project by `csp feeds write`.

"""
FEEDS = """\
## Feeds

| feed | spec | class | each row | core table |
|---|---|---|---|---|
"""
TABLES = """\

## Tables

A table in schema `published` is in every publication. A table in `restricted` is built and judged
with the others and is read only by those whom its contract names; it is in no publication.

| table | schema | class | each row |
|---|---|---|---|
"""


def _models_by_hand(project: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Description of every mart that is written by hand, and the schema it is built in."""
    for path in sorted((project / "models" / "marts").rglob("_*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=SAFE_LOADER)  # noqa: S506
        for model in content.get("models", []):
            config = model.get("config") or {}
            folder = path.relative_to(project / "models" / "marts").parts[0]
            yield model, config.get("schema", "kpi" if folder == "kpi" else PUBLISHED)


def _one_line(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def _first_sentence(text: str) -> str:
    line = _one_line(text)
    return line.split(". ", 1)[0].rstrip(".") + "."


def data_dictionary(contracts: Iterable[Contract], project: Path) -> str:
    """The page.

    Args:
        contracts: Every feed.
        project: The dbt project.
    """
    contracts = list(contracts)
    feeds, tables = [], []
    for contract in contracts:
        core = contract.platform.coreTable
        feeds.append(
            f"| [`{contract.id}`](feeds/{contract.id}.md) | {contract.platform.specCode} | "
            f"{contract.platform.accessClass} | "
            f"{_one_line(contract.dataset.dataGranularityDescription)} | "
            f"{f'`{core.name}`' if core else 'modelled by hand'} |"
        )
        if core:
            model = core_model(contract, core)
            access = contract.platform.accessClass
            tables.append((core.name, core_schema(contract), access, model["description"]))
    for model, schema in _models_by_hand(project):
        meta = ((model.get("config") or {}).get("meta") or {}) | (model.get("meta") or {})
        access = meta.get("access_class", "open")
        tables.append((model["name"], schema, access, model.get("description", "")))
    lines = [
        f"| `{name}` | {'restricted' if schema == 'restricted' else 'published'} | {access} | "
        f"{_first_sentence(description)} |"
        for name, schema, access, description in sorted(tables)
    ]
    return HEAD + FEEDS + "\n".join(feeds) + "\n" + TABLES + "\n".join(lines) + "\n"
