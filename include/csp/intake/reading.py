"""Reading a landed CSV with DuckDB, and accounting for every physical line of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import duckdb

from csp.contracts.model import FileFormat
from csp.delivery.landing import LandedFile
from csp.intake.rules import quoted
from csp.intake.verdicts import FIX, Finding, delivery_finding, reject
from csp.lake.home import Home

MEMORY_LIMIT = os.environ.get("CSP_INTAKE_MEMORY", "1GB")
LONGEST_LINE_BYTES = 2 << 20


@dataclass(frozen=True)
class ReadableText:
    """A landed file as UTF-8 with one kind of line end.

    Attributes:
        path: The landed file itself, or a decoded copy in scratch.
        findings: What had to be decoded or made alike.
    """

    path: Path
    findings: list[Finding]


def open_engine(home: Home) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB with bounded memory, spilling into the data root."""
    connection = duckdb.connect()
    connection.execute(f"set memory_limit = {quoted(MEMORY_LIMIT)}")
    connection.execute(f"set temp_directory = {quoted(str(home.scratch))}")
    connection.execute("set preserve_insertion_order = true")
    connection.execute("set enable_progress_bar = false")
    return connection


def _encoding_of(landed: LandedFile, allowed: list[str]) -> str:
    with landed.path.open("rb") as stream:
        start = stream.read(4)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if landed.is_ascii:
        return "utf-8"
    for encoding in allowed:
        try:
            with landed.path.open(encoding=encoding, newline="") as stream:
                while stream.read(1 << 20):
                    pass
        except UnicodeError:
            continue
        return encoding
    raise reject("D02", f"the text is in none of the encodings {', '.join(allowed)}")


def readable_text(landed: LandedFile, file_format: FileFormat, home: Home) -> ReadableText:
    """The file as UTF-8 text; decoded aside only when it is not that already.

    Raises:
        RejectedError: D02 when no allowed encoding fits.
    """
    encoding = _encoding_of(landed, list(file_format.encodings))
    if encoding == "utf-8" and not landed.has_mixed_line_ends:
        return ReadableText(landed.path, [])
    aside = home.scratch / f"{landed.delivery_id}.decoded.csv"
    with (
        landed.path.open(encoding=encoding, newline="") as source,
        aside.open("w", encoding="utf-8", newline="") as target,
    ):
        held = ""
        while chunk := source.read(1 << 20):
            text = held + chunk
            held = "\r" if text.endswith("\r") else ""
            target.write(text.removesuffix("\r").replace("\r\n", "\n"))
        target.write(held)
    what = f"read as {encoding}" if encoding != "utf-8" else "CRLF and LF made alike"
    return ReadableText(aside, [delivery_finding("D12", FIX, what)])


def csv_source(path: Path, width: int, file_format: FileFormat, *, keep_rejects: bool) -> str:
    """The relation over a CSV's fields, c0, c1, …, all text, its header skipped."""
    columns = ", ".join(f"'c{position}': 'VARCHAR'" for position in range(width))
    tokens = ", ".join(quoted(token) for token in file_format.nullTokens)
    # The reader must never leave a line out silently: what it cannot split it must name.
    rejects = "store_rejects = true, rejects_limit = 0" if keep_rejects else "ignore_errors = true"
    return f"""read_csv({quoted(str(path))}, columns = {{{columns}}}, auto_detect = false,
        header = true, delim = {quoted(file_format.delimiter)}, quote = {quoted(file_format.quote)},
        escape = {quoted(file_format.quote)}, nullstr = [{tokens}], {rejects},
        max_line_size = {LONGEST_LINE_BYTES})"""


@dataclass(frozen=True)
class LineAccount:
    """Where every physical line of a file went.

    physical = header + blank + rows + continuation + rejected

    Attributes:
        physical: Lines as an editor counts them.
        header: Lines of the header.
        blank: Empty lines.
        rows: Rows split into columns, whatever their verdict.
        continuation: Lines that go on a quoted value of the line above.
        rejected: Lines that cannot be split into columns.
        rejected_at: Their numbers, from 1, in order.
    """

    physical: int
    header: int
    blank: int
    rows: int
    continuation: int
    rejected: int
    rejected_at: list[int]

    @property
    def is_plain(self) -> bool:
        """Whether row n stands on line n + 1."""
        return not (self.blank or self.continuation or self.rejected)


def rejected_lines(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """Numbers of the lines DuckDB could not split, each once, in order."""
    rows = connection.execute("select distinct line from reject_errors order by line").fetchall()
    return [row[0] for row in rows]


def account_for_lines(
    connection: duckdb.DuckDBPyConnection,
    landed: LandedFile,
    source: str,
    width: int,
    rows: int,
) -> LineAccount:
    """Account for every physical line.

    Args:
        connection: The engine that has just read the file with stored rejects.
        landed: The landed file.
        source: The same relation, without stored rejects.
        width: Number of columns.
        rows: Rows read.

    Raises:
        RejectedError: D05 when a line is unaccounted for, as after an unterminated quote.
    """
    rejected_at = rejected_lines(connection)
    left = landed.physical_lines - 1 - rows - len(rejected_at)
    blank = continuation = 0
    if left:
        blank = _blank_lines(landed.path)
        values = " + ".join(
            f"coalesce(length(c{i}) - length(replace(c{i}, chr(10), '')), 0)" for i in range(width)
        )
        continuation = connection.execute(f"select sum({values})::bigint from {source}").fetchone()[
            0
        ]
        left -= blank + (continuation or 0)
    if left:
        where = f", the first near line {rejected_at[0]}" if rejected_at else ""
        raise reject(
            "D05",
            f"{abs(left)} of {landed.physical_lines} lines are unaccounted for{where}; "
            "look there for a quotation mark that is not closed and ask for the file again",
            abs(left),
        )
    return LineAccount(
        landed.physical_lines, 1, blank, rows, continuation or 0, len(rejected_at), rejected_at
    )


def _blank_lines(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(1 for line in stream if not line.strip(b"\r\n"))
