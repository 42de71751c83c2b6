"""Looking for planted values in everything that was written, also where it is packed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb


def _texts_of_table(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[str]:
    for row in connection.execute(f"select * from {table}").fetchall():
        yield from (str(value) for value in row if value is not None)


def _texts(path: Path) -> Iterator[str]:
    if path.suffix == ".parquet":
        with duckdb.connect() as connection:
            yield from _texts_of_table(connection, f"read_parquet('{path}')")
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute(
                "select table_schema, table_name from information_schema.tables "
                "where table_type = 'BASE TABLE'"
            ).fetchall()
            for schema, name in tables:
                yield from _texts_of_table(connection, f'"{schema}"."{name}"')
    else:
        yield path.read_bytes().decode("latin-1")


def places_of(planted: Iterable[str], root: Path) -> list[str]:
    """Where planted values stand below a folder: `path: value`, empty when nowhere."""
    needles = [value.lower() for value in planted]
    found = []
    for path in sorted(p for p in root.rglob("*") if p.is_file() and not p.is_symlink()):
        for text in _texts(path):
            lower = text.lower()
            found += [
                f"{path.relative_to(root)}: {needle}" for needle in needles if needle in lower
            ]
    return sorted(set(found))
