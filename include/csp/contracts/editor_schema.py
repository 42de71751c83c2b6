"""The JSON schema of a contract, by which an editor completes keys and marks slips."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from csp.contracts.columns import ColumnProperties
from csp.contracts.model import Contract
from csp.contracts.platform import PlatformProperties
from csp.contracts.strict import Strict

ATTRIBUTE = re.compile(r"^    (\w+): ", re.MULTILINE)
DEFS = "#/$defs/{model}"
#: Model → the model that types its custom properties.
CUSTOM: dict[str, type[Strict]] = {"Contract": PlatformProperties, "Column": ColumnProperties}


def attributes_of(model: type[BaseModel]) -> dict[str, str]:
    """Key → what its docstring, or that of a class it derives from, says of it."""
    told: dict[str, str] = {}
    for parent in reversed(model.__mro__):
        _, _, listed = inspect.cleandoc(parent.__doc__ or "").partition("Attributes:\n")
        parts = ATTRIBUTE.split(listed)[1:]
        told |= {
            key: " ".join(text.split()) for key, text in zip(parts[::2], parts[1::2], strict=True)
        }
    return told


def _models_in(annotation: object) -> Iterator[type[Strict]]:
    """The parts of a contract that a type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def parts_of_a_contract() -> dict[str, type[Strict]]:
    """Name → class, of every part that a contract can have, what it customises included."""
    found: dict[str, type[Strict]] = {}
    waiting: list[type[Strict]] = [Contract, *CUSTOM.values()]
    while waiting:
        part = waiting.pop()
        if part.__name__ not in found:
            found[part.__name__] = part
            for field in part.model_fields.values():
                waiting += _models_in(field.annotation)
    return found


def _pair(name: str, described: dict[str, Any]) -> dict[str, Any]:
    """The schema of one `property: value` pair."""
    return {
        "type": "object",
        "properties": {"property": {"const": name}, "value": described},
        "required": ["property", "value"],
        "additionalProperties": False,
        "description": described.get("description", ""),
    }


def contract_schema() -> str:
    """The JSON schema of a contract file, each key with its description."""
    roots: list[type[BaseModel]] = [Contract, *CUSTOM.values()]
    _, whole = models_json_schema(
        [(root, "validation") for root in roots], ref_template=DEFS, by_alias=True
    )
    parts, classes = whole["$defs"], parts_of_a_contract()
    for name, part in parts.items():
        told = attributes_of(classes[name]) if name in classes else {}
        part["description"] = part.get("description", "").partition("\n\nAttributes:")[0]
        for key, described in part.get("properties", {}).items():
            described["description"] = told[key]
    for name, model in CUSTOM.items():
        typed = parts.pop(model.__name__)
        pairs = [_pair(key, described) for key, described in typed["properties"].items()]
        listed: dict[str, Any] = {"items": {"anyOf": pairs}}
        if needed := typed.get("required"):
            said = [{"contains": {"properties": {"property": {"const": key}}}} for key in needed]
            listed["allOf"] = said
        parts[name]["properties"]["customProperties"] |= listed
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Contract of a feed",
        **parts.pop("Contract"),
        "$defs": parts,
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
