"""Tables that the simulator draws from, one CSV file each in the folder `registers`."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_type_hints

from csp.errors import CspError

Row = TypeVar("Row", bound=NamedTuple)

FOLDER = Path(__file__).parent / "registers"
#: How a cell is read, by the type of its column.
READERS: dict[object, Any] = {
    str: str,
    int: int,
    float: float,
    str | None: lambda cell: cell or None,
    bool: {"true": True, "false": False}.__getitem__,
}


@cache
def register(name: str, row: type[Row]) -> tuple[Row, ...]:
    """Reads `registers/<name>.csv` as rows of a type whose fields are the file's columns.

    Raises:
        CspError: The columns are not the fields, or a cell is not of its field's type.
    """
    fields = get_type_hints(row)
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        header = next(lines)
        if header != list(fields):
            raise CspError(f"registers/{name}.csv has the columns {header}, not {list(fields)}")
        return tuple(_row(name, lines.line_num, row, fields, cells) for cells in lines)


def _row(name: str, line: int, row: type[Row], fields: dict[str, object], cells: list[str]) -> Row:
    """Reads one line."""
    try:
        read = zip(fields.values(), cells, strict=True)
        return row(*(READERS[kind](cell) for kind, cell in read))
    except (KeyError, ValueError) as wrong:
        raise CspError(f"registers/{name}.csv, line {line}: {wrong}") from wrong
