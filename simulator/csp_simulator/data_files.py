"""Words and registers that the simulator draws from, as data files of the package.

`words/<name>.yml` holds lists, shares and volumes by name; `registers/<name>.csv` one table each.
Each is read once and checked against the type that the reader names.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, TypeVar, get_type_hints

import yaml
from pydantic import TypeAdapter, ValidationError

from csp.errors import CspError

Kind = TypeVar("Kind")
Row = TypeVar("Row", bound=NamedTuple)

PACKAGE = files("csp_simulator")
#: How a cell of a register is read, by the type of its column; a blank is None where that may be.
CELLS: dict[object, Callable[[str], Any]] = {
    str: str,
    int: int,
    float: float,
    date: date.fromisoformat,
    bool: {"true": True, "false": False}.__getitem__,
    str | None: lambda cell: cell or None,
    int | None: lambda cell: int(cell) if cell else None,
    date | None: lambda cell: date.fromisoformat(cell) if cell else None,
}


class Words:
    """The words of one file, each asked for by its name and the type it must have."""

    def __init__(self, name: str) -> None:
        self.name = f"words/{name}.yml"
        self.said: dict[str, Any] = yaml.safe_load((PACKAGE / self.name).read_text("utf-8"))
        self.asked: set[str] = set()

    def __call__(self, word: str, kind: type[Kind]) -> Kind:
        """Gives what the file says under a name.

        Raises:
            CspError: The file does not say it, or what it says is not of the type.
        """
        if word not in self.said:
            raise CspError(f"{self.name} does not say {word}")
        self.asked.add(word)
        try:
            return TypeAdapter(kind).validate_python(self.said[word])
        except ValidationError as wrong:
            raise CspError(f"{self.name}, {word}: {wrong.errors()[0]['msg']}") from wrong


@cache
def register(name: str, row: type[Row]) -> tuple[Row, ...]:
    """Reads `registers/<name>.csv` as rows of a type whose fields are the file's columns.

    Raises:
        CspError: The columns are not the fields, or a cell is not of its field's type.
    """
    fields = get_type_hints(row)
    path = f"registers/{name}.csv"
    lines = csv.reader((PACKAGE / path).read_text("utf-8").splitlines())
    header = next(lines)
    if header != list(fields):
        raise CspError(f"{path} has the columns {header}, not {list(fields)}")
    return tuple(_row(f"{path}, line {lines.line_num}", row, cells) for cells in lines)


def _row(where: str, row: type[Row], cells: list[str]) -> Row:
    """Reads one line."""
    try:
        pairs = zip(get_type_hints(row).values(), cells, strict=True)
        return row(*(CELLS[kind](cell) for kind, cell in pairs))
    except (KeyError, ValueError) as wrong:
        raise CspError(f"{where}: {wrong}") from wrong
