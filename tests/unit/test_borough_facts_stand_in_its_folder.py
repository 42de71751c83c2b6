"""No fact of the project's own borough stands anywhere but in its settings and seeds.

Examples may be the borough's: what a contract shows of its rules, the inputs of dbt unit tests, and
the figures of the partnership's presentation, which another borough's settings leave out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.borough_facts import facts_of_the_projects_borough

from csp.project import PROJECT_ROOT

FOLDERS = ("include", "dags", "plugins", "dbt_project", "docker", "bench")
FILES = ("Makefile", "docker-compose.yml", "pyproject.toml", ".env.example")
SUFFIXES = {".py", ".sql", ".yml", ".yaml", ".csv", ".j2", ".typ", ".css", ".json", ".sh", ""}
#: Lists of all of London, in which the borough has its line.
LONDON_WIDE = {"london_borough.csv"}
MADE = ("from_contracts", "from_catalogue", "from_borough", "target", "logs", "__pycache__")
EXAMPLES = {"examples", "good", "bad", "unit_tests", "figures"}
FACTS = facts_of_the_projects_borough()


def project_files() -> Iterator[Path]:
    """Every file of the product that a person writes."""
    yield from (PROJECT_ROOT / name for name in FILES)
    for folder in FOLDERS:
        for path in sorted((PROJECT_ROOT / folder).rglob("*")):
            parts = path.relative_to(PROJECT_ROOT).parts
            if not path.is_file() or path.suffix not in SUFFIXES:
                continue
            if path.name in LONDON_WIDE | {"contracts.json"}:
                continue
            if not set(parts) & set(MADE) and parts[:2] != ("dbt_project", "tests"):
                yield path


def told(content: Any) -> Iterator[str]:  # noqa: ANN401 - whatever YAML holds
    """Every text of a YAML file that is no example."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield str(key)
            if key not in EXAMPLES:
                yield from told(value)
    elif isinstance(content, list):
        for value in content:
            yield from told(value)
    else:
        yield str(content)


def facts_in(text: str, suffix: str) -> set[str]:
    """The facts that a file's text holds outside its examples."""
    texts = told(yaml.safe_load(text)) if suffix == ".yml" and FACTS.search(text) else [text]
    return {found[0] for part in texts for found in FACTS.finditer(part)}


def test_no_fact_of_the_borough_stands_outside_its_folder() -> None:
    strays = {
        path.relative_to(PROJECT_ROOT).as_posix(): found
        for path in project_files()
        if (found := facts_in(path.read_text(encoding="utf-8"), path.suffix))
    }
    assert strays == {}


@pytest.mark.parametrize(
    "text",
    [
        "where borough_code = 'E09000030'",
        "lower(name) = 'tower hamlets'",
        "the borough has its 20 wards",
        "all twenty wards",
        "like 'TH-CC-%'",
        "ward_code between 'E05009317' and x",
        "rates of Canary Wharf",
        "lsoa_code = 'E01004197'",
    ],
)
def test_the_search_finds_a_fact_however_it_is_said(text: str) -> None:
    assert facts_in(text, ".sql")
    assert facts_in(f'rule: {{when: "{text}"}}', ".yml")
    assert not facts_in(f'rule: {{examples: ["{text}"]}}', ".yml")


def test_what_is_of_london_or_the_country_is_no_fact_of_the_borough() -> None:
    assert not re.search(
        FACTS, "Metropolitan Police Service, E05 and E09, every ward, 3 wards, 120 wards"
    )
