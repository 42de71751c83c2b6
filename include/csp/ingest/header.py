"""A file's first line: is it a CSV, which layout is it, and which column stands where."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from csp.contracts import Contract
from csp.contracts.platform import FileFormat, Layout
from csp.ingest.findings import (
    FIX,
    REJECT,
    WARN,
    Finding,
    RejectedError,
    delivery_finding,
    reject,
)
from csp.ingest.reading import UTF_16_MARKS
from csp.ingest.recognise import header_share, plain_header

MOST_HEADER_BYTES = 64 << 10
MARKUP = ("<!doctype", "<html", "<?xml", "<head", "<body", "{", "%pdf")


@dataclass(frozen=True)
class HeaderMap:
    """Where each column of the contract stands in the file.

    Attributes:
        layout: Name of the layout the header fits best.
        headers: The header as written, in file order.
        positions: Column name → position in the file, from 0.
        findings: What was fixed or is unknown in the header.
        spread: Position and header of each column of a wide file that becomes a row (`unpivot` in
            the contract); empty for other files.
        spread_columns: Column of the contract → `spread_name`, when it holds the header of such a
            column, or `spread_value`, when it holds the field below it.
    """

    layout: str
    headers: list[str]
    positions: dict[str, int]
    findings: list[Finding] = field(default_factory=list)
    spread: list[tuple[int, str]] = field(default_factory=list)
    spread_columns: dict[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, str]:
        """Column name → field of the source relation that holds its text."""
        return {name: f"c{at}" for name, at in self.positions.items()} | self.spread_columns

    @property
    def rows_per_line(self) -> int:
        """Rows that each line of the file stands for."""
        return max(len(self.spread), 1)


def _as_text(start: bytes, encodings: Sequence[str]) -> str:
    """The beginning of a file in the first encoding that fits; it may end within a character."""
    tried = ["utf-16"] if start.startswith(UTF_16_MARKS) else encodings
    for encoding in tried:
        try:
            return codecs.getincrementaldecoder(encoding)().decode(start)
        except UnicodeDecodeError:
            continue
    return start.decode(tried[0], errors="replace")


def read_header(path: Path, file_format: FileFormat) -> list[str]:
    """The first line's fields, as the format splits and decodes them.

    Raises:
        RejectedError: D01 for an empty file, D02 for markup, binary or an endless first line.
    """
    with path.open("rb") as stream:
        start = stream.read(MOST_HEADER_BYTES)
    if not start.strip():
        raise reject("D01", "the file holds nothing; ask the partner to send it again")
    if b"\x00" in start and not start.startswith(UTF_16_MARKS):
        raise reject("D02", "the file is binary, not text; ask for a CSV")
    text = _as_text(start, file_format.encodings)
    line = text.splitlines()[0]
    if line.lstrip("\ufeff \t").lower().startswith(MARKUP):
        raise reject("D02", "the file is a web page or another format under the name of a CSV")
    if len(text) > len(line) or len(start) < MOST_HEADER_BYTES:
        delimiter, quote = file_format.delimiter, file_format.quote
        fields = csv.reader([line.removeprefix("\ufeff")], delimiter=delimiter, quotechar=quote)
        first, *others = next(fields, []) or [""]
        return ["\ufeff" + first if line.startswith("\ufeff") else first, *others]
    raise reject("D02", "the first line has no end within 64 KiB")


def map_header(contract: Contract, headers: list[str]) -> HeaderMap:
    """Bind columns by name, whatever their order, case or blanks.

    Raises:
        RejectedError: D16 when a column that must not be sent is there, D03 when a column that the
            layout has is missing.
    """
    headers, split = _split_at_tabs(headers)
    layout = max(
        contract.platform.layouts, key=lambda item: header_share(contract, headers, item.name)
    )
    by_plain: dict[str, int] = {}
    for position, header in enumerate(headers):
        by_plain.setdefault(plain_header(header), position)
    spread, spread_columns = _spread(contract, layout, headers)
    positions, written_differently, missing = {}, list(split), []
    for column in contract.columns:
        names = column.headers(layout.name)
        if column.name in spread_columns:
            continue
        found = next((n for n in names if plain_header(n) in by_plain), None)
        if found is not None:
            positions[column.name] = by_plain[plain_header(found)]
            if headers[positions[column.name]] != found:
                written_differently.append(found)
        elif names and (column.required or not _may_be_absent(contract, column.name)):
            missing.append(names[0])
    if layout.unpivot and not spread:
        missing.append(layout.unpivot.headers)
    known = {*positions.values(), *(position for position, _ in spread)}
    unknown = _unknown(layout.ignoredHeaders, headers, known)
    if unknown and contract.platform.unknownColumns == "reject":
        raise _must_not_be_sent(unknown)
    if missing:
        listed = ", ".join(f"'{name}'" for name in missing)
        raise reject(
            "D03",
            f"column {listed} is not in the header of layout '{layout.name}'; "
            "ask the partner to send the file with it",
            len(missing),
        )
    findings = _header_findings(unknown, written_differently)
    return HeaderMap(layout.name, headers, positions, findings, spread, spread_columns)


def _split_at_tabs(headers: list[str]) -> tuple[list[str], list[str]]:
    """A header that holds a tab is two (seen in a real exporter); gives those that were split."""
    split = [header for header in headers if "\t" in header.strip()]
    parts = [part for header in headers for part in header.strip("\t").split("\t")]
    return (parts, [part for header in split for part in header.split("\t")[:1]])


def _spread(
    contract: Contract, layout: Layout, headers: list[str]
) -> tuple[list[tuple[int, str]], dict[str, str]]:
    """Which columns of a wide file become rows, each header once."""
    if layout.unpivot is None:
        return [], {}
    spread: dict[str, int] = {}
    for position, header in enumerate(headers):
        if re.fullmatch(layout.unpivot.headers, header.strip()):
            spread.setdefault(header.strip(), position)
    columns = {
        column.name: field_name
        for column in contract.columns
        for heading, field_name in (
            (layout.unpivot.name, "spread_name"),
            (layout.unpivot.value, "spread_value"),
        )
        if heading in column.headers(layout.name)
    }
    return [(position, header) for header, position in spread.items()], columns


def _may_be_absent(contract: Contract, column: str) -> bool:
    return column in contract.platform.mayBeAbsent


def _unknown(ignored: list[str], headers: list[str], known: set[int]) -> list[int]:
    """Positions, from 1, of the columns that the contract neither knows nor leaves out."""
    ignored_plain = {plain_header(name) for name in ignored}
    return [
        position + 1
        for position, header in enumerate(headers)
        if position not in known and plain_header(header) not in ignored_plain
    ]


def _must_not_be_sent(unknown: list[int]) -> RejectedError:
    """The refusal of a file whose unknown columns may hold what must not be in our hands."""
    places = ", ".join(map(str, unknown))
    detail = f"column at position {places}; the file is not kept, send it without"
    finding = delivery_finding("D16", REJECT, detail, len(unknown))
    return RejectedError(finding, must_not_be_kept=True)


def _header_findings(unknown: list[int], different: list[str]) -> list[Finding]:
    findings = []
    if unknown:
        places = ", ".join(str(position) for position in unknown)
        findings.append(
            delivery_finding("D08", WARN, f"unknown column at position {places}", len(unknown))
        )
    if different:
        listed = ", ".join(f"'{name}'" for name in different)
        findings.append(delivery_finding("D09", FIX, f"read as {listed}", len(different)))
    return findings
