"""Contracts are read from their compiled content only while it says what the YAML says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from csp.contracts import ContractRegistry, load_contract, reading
from csp.project import CONTRACTS


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the compiled contracts of this test lie; none are there yet."""
    monkeypatch.setattr(reading, "COMPILED_CONTRACTS", tmp_path / "contracts.json")
    reading._compiled.cache_clear()
    yield tmp_path / "contracts.json"
    reading._compiled.cache_clear()


def write(place: Path, paths: Iterable[Path]) -> None:
    """Leave the compiled content where it is looked for."""
    place.write_text(reading.compiled(paths), encoding="utf-8")
    reading._compiled.cache_clear()


def test_every_contract_is_the_same_from_its_compiled_content(
    compiled: Path, registry: ContractRegistry
) -> None:
    plain = [load_contract(path) for path in registry.paths]
    write(compiled, registry.paths)
    # One that holds what JSON has no word for (a date) is left out, and read from its YAML.
    assert len(json.loads(compiled.read_text(encoding="utf-8"))) > len(registry.paths) / 2
    assert [load_contract(path) for path in registry.paths] == plain


def test_a_contract_changed_since_is_read_anew(compiled: Path, tmp_path: Path) -> None:
    path = tmp_path / "case.yml"
    text = (CONTRACTS / "asb" / "case.yml").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    write(compiled, [path])
    before = load_contract(path)
    path.write_text(text.replace(f"name: {before.name}", "name: Another name", 1), encoding="utf-8")
    assert load_contract(path).name == "Another name"


def test_a_compiled_file_that_is_cut_short_is_passed_over(compiled: Path) -> None:
    compiled.write_text('{"include/contracts/asb/case.yml": {"sha', encoding="utf-8")
    assert load_contract(CONTRACTS / "asb" / "case.yml").id == "asb_case"


def test_what_a_contract_says_wrong_is_still_told_with_its_line(
    compiled: Path, tmp_path: Path
) -> None:
    path = tmp_path / "case.yml"
    text = (CONTRACTS / "asb" / "case.yml").read_text(encoding="utf-8")
    path.write_text(text.replace("kind: DataContract", "kind: DataContract\nsurprise: 1", 1))
    write(compiled, [path])
    line = path.read_text(encoding="utf-8").splitlines().index("surprise: 1") + 1
    with pytest.raises(reading.ContractError, match=rf":{line}: surprise"):
        load_contract(path)
