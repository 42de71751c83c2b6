"""How text becomes a part of an SQL statement, the same in DuckDB, PostgreSQL and Spark."""

from __future__ import annotations

from collections.abc import Iterable


def quoted(text: object) -> str:
    """A string literal."""
    return "'" + str(text).replace("'", "''") + "'"


def quoted_list(values: Iterable[object]) -> str:
    """String literals with commas between them."""
    return ", ".join(quoted(value) for value in values)


def named(name: str) -> str:
    """An identifier, such as a column, written as it stands."""
    return '"' + name.replace('"', '""') + '"'
