"""Files and functions stay short enough to be held in the head."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from csp.project import PROJECT_ROOT

FOLDERS = ("bench", "dags", "include", "plugins", "simulator", "tests")
MOST_LINES_OF_A_FILE = 350
MOST_LINES_OF_A_FUNCTION = 60


@cache
def sources() -> dict[Path, str]:
    """Every Python file of the project, with its text."""
    paths = [path for folder in FOLDERS for path in (PROJECT_ROOT / folder).rglob("*.py")]
    return {path.relative_to(PROJECT_ROOT): path.read_text(encoding="utf-8") for path in paths}


def functions(text: str) -> Iterator[tuple[str, int, int]]:
    """Name, first line and number of lines of each function, without its decorators."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def too_long_functions(text: str) -> list[str]:
    return [
        f"{line} {name}: {length} lines"
        for name, line, length in functions(text)
        if length > MOST_LINES_OF_A_FUNCTION
    ]


def test_no_file_is_longer_than_350_lines() -> None:
    lengths = {str(path): len(text.splitlines()) for path, text in sources().items()}
    assert {path: n for path, n in lengths.items() if n > MOST_LINES_OF_A_FILE} == {}


def test_no_function_is_longer_than_60_lines() -> None:
    found = [
        f"{path}:{what}" for path, text in sources().items() for what in too_long_functions(text)
    ]
    assert found == []


def test_a_long_function_is_found_wherever_it_stands() -> None:
    body = "\n".join(["        pass"] * MOST_LINES_OF_A_FUNCTION)
    nested = f"class A:\n    async def b(self):\n{body}\n    def c(self):\n        pass\n"
    assert too_long_functions(nested) == ["2 b: 61 lines"]
