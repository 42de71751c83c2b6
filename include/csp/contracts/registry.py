"""Reading contracts, and saying where one is wrong: file, line and key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import yaml
from pydantic import ValidationError

from csp.contracts.model import Contract
from csp.contracts.strict import PlacedError
from csp.faults import CspError
from csp.project import CONTRACTS, PROJECT_ROOT

SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ContractFaultError(CspError):
    """A contract that cannot be read; the message names file, line and key of each fault."""


def _shown(path: Path) -> str:
    return str(path.relative_to(PROJECT_ROOT)) if path.is_relative_to(PROJECT_ROOT) else str(path)


def _child(node: yaml.Node | None, step: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    """Key and value one step down; a custom property is found by its name."""
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
    return None


def _line_of(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """The line (from 1) of the deepest part of a key path that the file has."""
    line = node.start_mark.line + 1 if node else 1
    for step in location:
        if found := _child(node, step):
            line, node = found[0].start_mark.line + 1, found[1]
    return line


def load_contract(path: Path) -> Contract:
    """Read one contract strictly.

    Args:
        path: The contract's YAML file.

    Returns:
        The contract.

    Raises:
        ContractFaultError: The file is no YAML, a key is unknown or missing, or a value is not
            allowed; one line per fault as `file:line: key: what`.
    """
    text = path.read_text(encoding="utf-8")
    try:
        content = yaml.load(text, Loader=SAFE_LOADER)  # noqa: S506 - the C twin of SafeLoader
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(fault, "problem", None) or "not readable as YAML"
        raise ContractFaultError(f"{_shown(path)}:{line}: {problem}") from None
    try:
        return Contract.model_validate(content)
    except ValidationError as faults:
        tree = yaml.compose(text, Loader=SAFE_LOADER)
        lines = []
        for fault in faults.errors(include_url=False, include_input=False):
            location = fault["loc"]
            if isinstance(error := fault.get("ctx", {}).get("error"), PlacedError):
                location += error.place
            key = ".".join(str(step) for step in location) or "contract"
            what = fault["msg"].removeprefix("Value error, ")
            if fault["type"] == "extra_forbidden":
                what = "unknown key"
            lines.append(f"{_shown(path)}:{_line_of(tree, location)}: {key}: {what}")
        raise ContractFaultError("\n".join(lines)) from None


def resolved(contract: Contract) -> str:
    """The contract as canonical JSON, as it is kept with each delivery it admitted."""
    return json.dumps(contract.model_dump(by_alias=True), sort_keys=True, ensure_ascii=False)


def contract_hash(contract: Contract) -> str:
    """SHA-256 of the resolved contract, as 64 hexadecimal characters."""
    return hashlib.sha256(resolved(contract).encode()).hexdigest()


class ContractRegistry:
    """All contracts below one folder, read once.

    Args:
        folder: Holds `<partner>/<entity>.yml`.
        feed: Read this feed only; its file is found by name.
    """

    def __init__(self, folder: Path = CONTRACTS, feed: str | None = None) -> None:
        self.folder, self.feed = folder, feed

    @property
    def paths(self) -> list[Path]:
        """Every contract file, sorted."""
        return sorted(
            path
            for path in self.folder.glob("*/*.yml")
            if self.feed in (None, f"{path.parent.name}_{path.stem}")
        )

    def only(self, feed: str) -> ContractRegistry:
        """A registry of one feed, which reads no other contract."""
        return ContractRegistry(self.folder, feed)

    @cached_property
    def _by_id(self) -> dict[str, Contract]:
        return {contract.id: contract for contract in map(load_contract, self.paths)}

    def __iter__(self) -> Iterator[Contract]:
        return iter(self._by_id.values())

    def get(self, feed: str) -> Contract:
        """The contract of a feed.

        Raises:
            CspError: No contract has that id.
        """
        if feed not in self._by_id:
            known = ", ".join(sorted(self._by_id))
            raise CspError(f"no feed is called '{feed}'; known are: {known}")
        return self._by_id[feed]

    def path_of(self, contract: Contract) -> Path:
        """The file of a contract, by the rule `<partner>/<entity>.yml`."""
        return self.folder / contract.domain / f"{contract.entity}.yml"
