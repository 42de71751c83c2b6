"""Reading a landed CSV with DuckDB, and accounting for every physical line of it."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from csp.contracts.platform import FileFormat
from csp.ingest.findings import FIX, Finding, delivery_finding, reject
from csp.ingest.landing import LandedFile
from csp.sql import quoted, quoted_list

LONGEST_LINE_BYTES = 2 << 20
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class ReadableText:
    """A landed file as UTF-8 with one kind of line end.

    Attributes:
        path: The landed file itself, or a decoded copy.
        findings: What had to be decoded or made alike.
        physical_lines: Lines as an editor counts them.
    """

    path: Path
    findings: list[Finding]
    physical_lines: int


def _encoding_of(landed: LandedFile, allowed: Sequence[str]) -> str:
    with landed.path.open("rb") as stream:
        start = stream.read(2)
    if start in UTF_16_MARKS:
        allowed = ["utf-16"]
    elif landed.has_nul:
        raise reject("D02", "the file holds zero bytes, which no text does; ask for it again")
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


def readable_text(landed: LandedFile, file_format: FileFormat, folder: Path) -> ReadableText:
    """The file as UTF-8 text; decoded into the folder only when it is not that already.

    Raises:
        RejectedError: D02 when no allowed encoding fits.
    """
    encoding = _encoding_of(landed, file_format.encodings)
    if encoding == "utf-8" and not landed.has_mixed_line_ends:
        return ReadableText(landed.path, [], landed.physical_lines)
    aside = folder / "decoded.csv"
    with (
        landed.path.open(encoding=encoding, newline="") as source,
        aside.open("w", encoding="utf-8", newline="") as target,
    ):
        held, line_feeds, last = "", 0, ""
        while chunk := source.read(1 << 20):
            text = held + chunk
            held = "\r" if text.endswith("\r") else ""
            text = text.removesuffix("\r").replace("\r\n", "\n")
            line_feeds, last = line_feeds + text.count("\n"), text[-1:] or last
            target.write(text)
        target.write(held)
    what = f"read as {encoding}" if encoding != "utf-8" else "CRLF and LF made alike"
    lines = line_feeds + (0 if (held or last) == "\n" else 1)
    return ReadableText(aside, [delivery_finding("D12", FIX, what)], lines)


def csv_source(path: Path, width: int, file_format: FileFormat) -> str:
    """The relation over a CSV's fields, c0, c1, …, all text, its header skipped."""
    columns = ", ".join(f"'c{position}': 'VARCHAR'" for position in range(width))
    tokens = quoted_list(file_format.says_nothing)
    # The reader must never leave a line out silently: what it cannot split it must name. With
    # ignore_errors instead, DuckDB also drops good lines that follow a misplaced quotation mark.
    return f"""read_csv({quoted(str(path))}, columns = {{{columns}}}, auto_detect = false,
        header = true, delim = {quoted(file_format.delimiter)}, quote = {quoted(file_format.quote)},
        escape = {quoted(file_format.quote)}, nullstr = [{tokens}],
        store_rejects = true, rejects_limit = 0, max_line_size = {LONGEST_LINE_BYTES})"""


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
        row_lines: Number of each row's first line; None when row n stands on line n + 1.
    """

    physical: int
    header: int
    blank: int
    rows: int
    continuation: int
    rejected: int
    rejected_at: list[int]
    row_lines: array[int] | None


def _rejected_records(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """Which lines DuckDB could not split, counting a line with its continuation as one."""
    rows = connection.execute("select distinct line from reject_errors order by line").fetchall()
    return [row[0] for row in rows]


def _is_left_open(line: bytes, is_open: bool, delimiter: bytes, quote: bytes) -> bool:
    """Whether a quoted value goes on below this line, given whether one goes on into it."""
    position = 0
    while True:
        if is_open:
            end = line.find(quote, position)
            if end < 0:
                return True
            if line.startswith(quote, end + 1):
                position = end + 2
                continue
            is_open, position = False, end + 1
        elif line.startswith(quote, position):
            is_open, position = True, position + 1
            continue
        end = line.find(delimiter, position)
        if end < 0:
            return False
        position = end + 1


def _first_lines(path: Path, file_format: FileFormat) -> tuple[array[int], set[int]]:
    """Number of every line that does not continue the one above, and which of them are empty."""
    delimiter, quote = file_format.delimiter.encode(), file_format.quote.encode()
    first, blank, is_open = array("q"), set(), False
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not is_open:
                first.append(number)
                if not line.strip(b"\r\n"):
                    blank.add(number)
            if is_open or quote in line:
                is_open = _is_left_open(line, is_open, delimiter, quote)
    return first, blank


def account_for_lines(
    connection: duckdb.DuckDBPyConnection,
    text: ReadableText,
    file_format: FileFormat,
    width: int,
    rows: int,
) -> LineAccount:
    """Account for every physical line.

    Args:
        connection: The engine that has just read the file.
        text: The file as it was read.
        file_format: How it was read.
        width: Number of columns.
        rows: Rows read.

    Raises:
        RejectedError: D05 when a line is unaccounted for, as after an unterminated quote.
    """
    physical, records = text.physical_lines, _rejected_records(connection)
    if physical == 1 + rows and not records:
        return LineAccount(physical, 1, 0, rows, 0, 0, [], None)
    first, continuation = array("q", range(1, physical + 1)), 0
    blank: set[int] = set()
    if physical != 1 + rows + len(records):
        first, blank = _first_lines(text.path, file_format)
        source = csv_source(text.path, width, file_format)
        counted = f"select coalesce(sum({_line_breaks(width)}), 0)::bigint from {source}"
        ((continuation,),) = connection.execute(counted).fetchall()
    rejected_at = [first[record - 1] for record in records if record <= len(first)]
    elsewhere = {1, *blank, *rejected_at}
    row_lines = array("q", (line for line in first if line not in elsewhere))
    left = physical - 1 - len(blank) - rows - continuation - len(records)
    if left or len(row_lines) != rows:
        where = f", the first near line {rejected_at[0]}" if rejected_at else ""
        lines = max(abs(left), abs(len(row_lines) - rows))
        raise reject(
            "D05",
            f"{lines} of {physical} lines are unaccounted for{where}; "
            "look there for a quotation mark that is not closed and ask for the file again",
            lines,
        )
    return LineAccount(
        physical, 1, len(blank), rows, continuation, len(records), rejected_at, row_lines
    )


def _line_breaks(width: int) -> str:
    """Expression over the source's fields: how many lines continue a row."""
    return " + ".join(
        f"coalesce(length(c{i}) - length(replace(c{i}, chr(10), '')), 0)" for i in range(width)
    )
