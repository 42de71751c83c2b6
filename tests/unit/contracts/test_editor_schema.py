"""The JSON schema that editors read fits every contract, describes each key and marks a slip."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from csp.contracts import ContractRegistry
from csp.contracts.editor_schema import contract_schema
from csp.project import EDITOR_SCHEMA

PATHS = ContractRegistry().paths
STREET = next(path for path in PATHS if path.stem == "street_crime")
NAMED = "# yaml-language-server: $schema=../contract.schema.json"


@cache
def validator() -> Draft202012Validator:
    """What an editor does with the schema."""
    schema = json.loads(contract_schema())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def slips(text: str) -> list[str]:
    """What an editor marks in a contract; it reads dates as text."""
    content = json.loads(json.dumps(yaml.safe_load(text), default=str))
    return [error.message for error in validator().iter_errors(content)]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_contract_names_the_schema_and_fits_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(NAMED + "\n")
    assert (path.parent / NAMED.partition("=")[2]).resolve() == EDITOR_SCHEMA
    assert slips(text) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("status: active", "status: active\ncolour: red"),
        ("kind: DataContract\n", ""),
        ("severity: fix", "severity: fatal"),
        ("together: [", "togethr: ["),
        ("property: sourceHeaders", "property: headers"),
        ("property: sweep", "property: sweeps"),
        ("periodKind: month", "periodKind: hour"),
        ("min: 0.2", "min: low"),
    ],
)
def test_a_slip_is_marked(old: str, new: str) -> None:
    text = STREET.read_text(encoding="utf-8")
    assert old in text
    assert slips(text.replace(old, new, 1))


def described(schema: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - whatever JSON holds
    """Key and description, of every key at any depth."""
    for part in [schema, *schema["$defs"].values()]:
        for key, said in part.get("properties", {}).items():
            yield key, said.get("description", "")
            for pair in said.get("items", {}).get("anyOf", []):
                if "properties" in pair:
                    yield pair["properties"]["property"]["const"], pair["description"]


def test_every_key_is_described() -> None:
    keys = list(described(json.loads(contract_schema())))
    assert {"together", "fileNames", "sourceHeaders", "minimum"} <= {key for key, _ in keys}
    assert [key for key, said in keys if not said] == []
