"""A deferred module is there for whoever asks something of it, and for everybody else at once."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from csp.quality.deferred import deferred


@pytest.fixture
def heavy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "heavy_module.py").write_text("ANSWER = 42\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "heavy_module"
    sys.modules.pop("heavy_module", None)


def test_it_is_imported_when_something_is_asked_of_it(heavy: str) -> None:
    with deferred(heavy):
        module = import_module(heavy)
    assert heavy not in sys.modules
    assert module.ANSWER == 42
    assert sys.modules[heavy].ANSWER == 42


def test_it_is_imported_inside_the_block_too(heavy: str) -> None:
    with deferred(heavy):
        assert import_module(heavy).ANSWER == 42
        assert sys.modules[heavy].__file__
    assert heavy in sys.modules


def test_after_the_block_others_get_the_module_itself(heavy: str) -> None:
    with deferred(heavy):
        import_module(heavy)
    assert type(import_module(heavy)) is ModuleType


def test_what_is_imported_already_stays(heavy: str) -> None:
    before = import_module(heavy)
    with deferred(heavy):
        assert import_module(heavy) is before
    assert sys.modules[heavy] is before


def test_what_is_not_there_is_missed_when_it_is_asked_for() -> None:
    with deferred("no_such_module"):
        module = import_module("no_such_module")
    with pytest.raises(ModuleNotFoundError):
        _ = module.anything
