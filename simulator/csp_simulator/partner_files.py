"""Files in the form partners send them: CSV quoted only where needed, and zip archives.

Sources of the form: files of data.police.uk and the London Datastore.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """Gives the process's one database in memory; opening one for every file takes longer.

    It has one thread, as most files are small and cost less without several.
    """
    return duckdb.connect(config={"preserve_insertion_order": True, "threads": 1})


@cache
def _scratch() -> TemporaryDirectory[str]:
    """Gives the process's one scratch folder; one for every file takes longer."""
    return TemporaryDirectory(prefix="csp-simulator-")


def write_csv(tables: Iterable[pa.Table], columns: Sequence[str], path: Path) -> None:
    """Writes the named columns as UTF-8 CSV: comma, LF, quotes only where needed, null as blank.

    Tables are written one after the other under one header, so memory is that of one table.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = ", ".join(f'"{name}"' for name in columns)
    with _database().cursor() as connection, path.open("wb") as file:
        part = Path(_scratch().name) / "part.csv"
        file.write((",".join(columns) + "\n").encode())
        for table in tables:
            connection.register("drawn", table)
            connection.execute(
                f"COPY (SELECT {listed} FROM drawn) TO '{part}' "
                "(FORMAT csv, HEADER false, DELIMITER ',', QUOTE '\"', NULLSTR '')"
            )
            connection.unregister("drawn")
            with part.open("rb") as written:
                shutil.copyfileobj(written, file, 1 << 20)


def text_table(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> pa.Table:
    """Gives rows as columns of text, blank where nothing is said."""
    return pa.table(
        {
            name: pa.array(
                [None if row.get(name) is None else str(row[name]) for row in rows], pa.string()
            )
            for name in columns
        }
    )


def csv_bytes(rows: pa.Table, columns: Sequence[str]) -> bytes:
    """Gives the bytes that `write_csv` would write."""
    path = Path(_scratch().name) / "rows.csv"
    write_csv([rows], columns, path)
    return path.read_bytes()


def write_archive(
    members: dict[str, bytes],
    target: Path | BytesIO,
    *,
    published: tuple[int, int],
    compression: int = 6,
) -> None:
    """Writes a zip whose bytes depend on the members only.

    Args:
        members: Name in the archive → content.
        target: Archive to write; its folder must exist.
        published: Year and month stamped on every member, at its first midnight.
        compression: Level from 1 (fast) to 9 (small).
    """
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name, (*published, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = 0o644 << 16
            archive.writestr(member, content, compresslevel=compression)


def month_extract(members: dict[str, bytes], month: tuple[int, int]) -> dict[str, bytes]:
    """Puts a month's daily files into one, as a partner that sends its past does.

    Args:
        members: Files called `<stem>_YYYYMMDD.csv` → content, all with the same header line.
        month: Year and month of the files that are put together; others stay as they are.

    Returns:
        One file called after the last day of the month that has one, and the others.
    """
    stamp = f"_{month[0]}{month[1]:02d}"
    own = sorted(name for name in members if name[: -len("DD.csv")].endswith(stamp))
    if not own:
        return members
    rows = [members[name].split(b"\n", 1)[1] for name in own]
    header = members[own[0]].split(b"\n", 1)[0] + b"\n"
    others = {name: content for name, content in members.items() if name not in own}
    return others | {own[-1]: header + b"".join(rows)}
