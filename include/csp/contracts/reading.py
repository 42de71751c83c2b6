"""Reading strict YAML, and saying where it is wrong: file, line and key."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from csp.contracts.strict import PlacedError
from csp.errors import CspError
from csp.project import COMPILED_CONTRACTS, PROJECT_ROOT

Part = TypeVar("Part", bound=BaseModel)
WORD_OF_BOROUGH = re.compile(r"\{borough\.([^}]*)\}")
SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ContractError(CspError):
    """A contract that cannot be read; the message names file, line and key of each error."""


def _shown(path: Path) -> str:
    return str(path.relative_to(PROJECT_ROOT)) if path.is_relative_to(PROJECT_ROOT) else str(path)


def _child(node: yaml.Node | None, step: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    """Key and value one step down; a custom property is found by its name, a list's item by id."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step], node.value[step]
    if isinstance(node, yaml.MappingNode):
        found = next(((k, v) for k, v in node.value if k.value == step), None)
        custom = next((v for k, v in node.value if k.value == "customProperties"), None)
        return found or _child(custom, step)
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            name, value = _child(item, "property"), _child(item, "value")
            if name and value and name[1].value == step:
                return name[1], value[1]
            own, grouped = _child(item, "id"), _child(item, "breakdowns")
            if own and own[1].value == step:
                return own[1], item
            if grouped and isinstance(grouped[1], yaml.SequenceNode) and _child(grouped[1], step):
                return _child(grouped[1], step)
    return None


def line_of(
    node: yaml.Node | None, location: tuple[int | str, ...], *, inherited: bool = False
) -> int:
    """The line (from 1) of the deepest part of a key path that the file has.

    Args:
        node: The file's content.
        location: The key path.
        inherited: Whether a key may also stand further up, where it is said for all below.
    """
    line = node.start_mark.line + 1 if node else 1
    within = [node]
    for step in location:
        above = [node for node in within[:-1] if isinstance(node, yaml.MappingNode)]
        places = [within[-1], *(reversed(above) if inherited else ())]
        if found := next((f for place in places if (f := _child(place, step))), None):
            line = found[0].start_mark.line + 1
            within.append(found[1])
    return line


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _compiled() -> dict[str, dict[str, Any]]:
    """What `compiled` gave, as `csp feeds write` left it; nothing when it is not there whole."""
    try:
        left: dict[str, dict[str, Any]] = json.loads(COMPILED_CONTRACTS.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return left


def _content(path: Path, text: str) -> Any:  # noqa: ANN401 - whatever the YAML holds
    """What the YAML holds; as JSON, which reads ten times as fast, while it is the same text."""
    known = _compiled().get(_shown(path))
    if known and known["sha256"] == _sha256(text):
        return known["content"]
    return yaml.load(text, Loader=SAFE_LOADER)  # noqa: S506 - the C twin of SafeLoader


def compiled(paths: Iterable[Path]) -> str:
    """The content of YAML files beside their digests, as JSON, of those that JSON can say."""
    entries = {}
    for path in paths:
        text = path.read_text(encoding="utf-8")
        content = _content(path, text)
        if json.loads(json.dumps(content, default=str)) == content:
            entries[_shown(path)] = {"sha256": _sha256(text), "content": content}
    return json.dumps(entries)


def _filled(content: Any, words: Mapping[str, str], place: tuple[int | str, ...] = ()) -> Any:  # noqa: ANN401
    """The content with the borough's words put in for `{borough.<word>}`.

    Raises:
        PlacedError: There is no such word.
    """
    if isinstance(content, dict):
        return {key: _filled(value, words, (*place, key)) for key, value in content.items()}
    if isinstance(content, list):
        return [_filled(value, words, (*place, at)) for at, value in enumerate(content)]
    if not isinstance(content, str) or "{borough." not in content:
        return content
    if stray := set(WORD_OF_BOROUGH.findall(content)) - set(words):
        known = ", ".join(words)
        raise PlacedError(place, f"no word of the borough is called {sorted(stray)}: {known}")
    return WORD_OF_BOROUGH.sub(lambda found: words[found[1]], content)


def load_strict(path: Path, model: type[Part], words: Mapping[str, str] | None = None) -> Part:
    """Read one YAML file strictly.

    Args:
        path: The file.
        model: What it must be.
        words: What `{borough.<word>}` stands for, in a file that may say it.

    Returns:
        The file as an object.

    Raises:
        ContractError: The file is no YAML, a key is unknown or missing, or a value is not
            allowed; one line per error as `file:line: key: what`.
    """
    text = path.read_text(encoding="utf-8")
    try:
        content = _content(path, text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "not readable as YAML"
        raise ContractError(f"{_shown(path)}:{line}: {problem}") from None
    if words is not None:
        try:
            content = _filled(content, words)
        except PlacedError as stray:
            tree = yaml.compose(text, Loader=SAFE_LOADER)
            key = ".".join(str(step) for step in stray.place)
            where = f"{_shown(path)}:{line_of(tree, stray.place)}: {key}"
            raise ContractError(f"{where}: {stray}") from None
    try:
        return model.model_validate(content)
    except ValidationError as refused:
        tree = yaml.compose(text, Loader=SAFE_LOADER)
        lines = []
        for found in refused.errors(include_url=False, include_input=False):
            location = found["loc"]
            if isinstance(placed := found.get("ctx", {}).get("error"), PlacedError):
                location += placed.place
            key = ".".join(str(step) for step in location) or "file"
            what = found["msg"].removeprefix("Value error, ")
            if found["type"] == "extra_forbidden":
                what = "unknown key"
            line = line_of(tree, location, inherited=found["type"] != "missing")
            lines.append(f"{_shown(path)}:{line}: {key}: {what}")
        raise ContractError("\n".join(lines)) from None


def place_of(path: Path, location: tuple[int | str, ...]) -> str:
    """Where a key of a YAML file stands, as `file:line`; a key may be said for all further up."""
    tree = yaml.compose(path.read_text(encoding="utf-8"), Loader=SAFE_LOADER)
    return f"{_shown(path)}:{line_of(tree, location, inherited=True)}"
