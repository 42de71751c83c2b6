"""Every data file is read whole, and one that is wrong says which line or word."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import csp_simulator
from csp.errors import CspError
from csp_simulator import data_files
from csp_simulator.data_files import Words, register

PACKAGE = Path(csp_simulator.__file__).parent


class Price(NamedTuple):
    """A line of the small register below."""

    thing: str
    pounds: int
    until: str | None


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of one file of words and one register."""
    monkeypatch.setattr(data_files, "PACKAGE", tmp_path)
    (tmp_path / "words").mkdir()
    (tmp_path / "registers").mkdir()
    (tmp_path / "words" / "fruit.yml").write_text("weights: {apple: 3, pear: 0.5}\n")
    (tmp_path / "registers" / "prices.csv").write_text("thing,pounds,until\napple,2,\n")
    register.cache_clear()
    yield tmp_path
    register.cache_clear()


def test_every_word_of_every_file_is_asked_for() -> None:
    modules = [
        importlib.import_module(module.name)
        for module in pkgutil.walk_packages(csp_simulator.__path__, "csp_simulator.")
    ]
    read = {
        each.name: each for m in modules for each in vars(m).values() if isinstance(each, Words)
    }
    assert set(read) == {f"words/{path.name}" for path in (PACKAGE / "words").iterdir()}
    assert {name: set(words.said) - words.asked for name, words in read.items()} == {
        name: set() for name in read
    }


def test_every_register_is_read() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    unread = [
        p.stem for p in (PACKAGE / "registers").iterdir() if f'register("{p.stem}"' not in source
    ]
    assert not unread


def test_words_are_of_the_type_that_is_asked_for(folder: Path) -> None:
    assert Words("fruit")("weights", dict[str, float]) == {"apple": 3.0, "pear": 0.5}


def test_a_word_of_another_type_is_named(folder: Path) -> None:
    with pytest.raises(CspError, match=r"words/fruit\.yml, weights: .*integer"):
        Words("fruit")("weights", dict[str, int])


def test_a_word_that_is_missing_is_named(folder: Path) -> None:
    with pytest.raises(CspError, match=r"words/fruit\.yml does not say prices"):
        Words("fruit")("prices", dict[str, int])


def test_a_register_is_rows_of_its_type(folder: Path) -> None:
    assert register("prices", Price) == (Price("apple", 2, None),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("thing,pounds\napple,2\n", r"has the columns \['thing', 'pounds'\]"),
        ("thing,pounds,until\napple,2,\npear,much,\n", r"line 3: .*much"),
        ("thing,pounds,until\napple,2\n", "line 2: "),
    ],
)
def test_a_register_that_is_wrong_says_where(folder: Path, text: str, said: str) -> None:
    (folder / "registers" / "prices.csv").write_text(text)
    with pytest.raises(CspError, match=rf"registers/prices\.csv.*{said}"):
        register("prices", Price)
