"""Landing: a received file is kept for ever under its sha256, and looked at while it is copied."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from csp.lake.home import Home

CHUNK_BYTES = 1 << 20
PADDING = (b" ,", b", ", b' "', b'" ', b" \n", b"\n ", b" \r", b"\t", b"\xc2\xa0", b"\xa0")


@dataclass(frozen=True)
class LandedFile:
    """A file in landing, with what one pass over its bytes tells.

    Attributes:
        path: Where it lies.
        sha256: 64 hexadecimal characters.
        size_bytes: Its size.
        line_feeds: Number of line feeds.
        carriage_returns: Number of line feeds that follow a carriage return.
        ends_with_line_feed: Whether the last byte is a line feed.
        is_ascii: Whether every byte is ASCII.
        has_nul: Whether a byte is zero, which no text file but UTF-16 has.
        may_be_padded: Whether a value may have blanks around it (never wrongly False for ASCII).
        sent_as: Set when the same bytes, holding no rows, were sent before as another file.
    """

    path: Path
    sha256: str
    size_bytes: int
    line_feeds: int
    carriage_returns: int
    ends_with_line_feed: bool
    is_ascii: bool
    has_nul: bool
    may_be_padded: bool
    sent_as: str = ""

    @property
    def delivery_id(self) -> str:
        """The first 16 characters of the sha256 name the delivery everywhere.

        Two empty files say nothing of each other: what has no rows is told apart by its name too.
        """
        if not self.sent_as:
            return self.sha256[:16]
        return hashlib.sha256(f"{self.sha256} {self.sent_as}".encode()).hexdigest()[:16]

    @property
    def physical_lines(self) -> int:
        """Lines as an editor counts them."""
        return self.line_feeds + (0 if self.ends_with_line_feed or not self.size_bytes else 1)

    @property
    def has_mixed_line_ends(self) -> bool:
        """Whether some lines end with CRLF and others with LF."""
        return 0 < self.carriage_returns < self.line_feeds


class _Look:
    """What one pass over the bytes finds, chunk by chunk."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.size = self.line_feeds = self.carriage_returns = 0
        self.is_ascii, self.padded, self.tail = True, False, b""
        self.has_nul = False

    def take(self, chunk: bytes) -> None:
        """Look at the next bytes; a pattern over a chunk's edge is seen with the tail."""
        self.digest.update(chunk)
        self.size += len(chunk)
        self.line_feeds += chunk.count(b"\n")
        seam = self.tail + chunk[:2]
        if b"\r" in chunk or b"\r" in self.tail:
            edge = self.tail[-1:] + chunk[:1]
            self.carriage_returns += chunk.count(b"\r\n") + (edge == b"\r\n")
        self.is_ascii = self.is_ascii and chunk.isascii()
        self.has_nul = self.has_nul or b"\x00" in chunk
        if not self.padded:
            self.padded = any(mark in chunk or mark in seam for mark in PADDING)
        self.tail = (self.tail + chunk)[-2:]

    @property
    def may_be_padded(self) -> bool:
        """Whether a pattern was found, or the last value ends with a blank."""
        return self.padded or self.tail.endswith(b" ")


def land(source: BinaryIO, home: Home) -> LandedFile:
    """Copy a stream into landing, write aside and rename, so that no half file is ever seen.

    Args:
        source: The bytes as received.
        home: The data root.

    Returns:
        The landed file; landing the same bytes twice keeps one file.
    """
    look = _Look()
    descriptor, aside = tempfile.mkstemp(dir=home.scratch)
    try:
        with os.fdopen(descriptor, "wb") as target:
            while chunk := source.read(CHUNK_BYTES):
                look.take(chunk)
                target.write(chunk)
        sha256 = look.digest.hexdigest()
        place = home.landed(sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        Path(aside).replace(place)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    return LandedFile(
        path=place,
        sha256=sha256,
        size_bytes=look.size,
        line_feeds=look.line_feeds,
        carriage_returns=look.carriage_returns,
        ends_with_line_feed=look.tail.endswith(b"\n"),
        is_ascii=look.is_ascii,
        has_nul=look.has_nul,
        may_be_padded=look.may_be_padded,
    )
