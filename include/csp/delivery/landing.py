"""Landing: a received file is kept for ever under its sha256, and looked at while it is copied."""

from __future__ import annotations

import hashlib
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from csp.lake.home import Home

CHUNK_BYTES = 1 << 20
# Each blank that is trimmed, and the bytes without which no allowed encoding writes it: one byte
# is looked for, as that is the fastest there is and no chunk's edge can hide it.
BLANKS = {" ": b" ", "\t": b"\t", "\u00a0": b"\xa0", "\ufeff": b"\xef\xfe"}


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
        blanks: The blanks that the file may hold, and so a value may have around it.
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
    blanks: str
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
        self.size = self.line_feeds = self.carriage_returns = 0
        self.is_ascii, self.has_nul, self.last = True, False, b""
        self.blanks: set[str] = set()

    def take(self, chunk: bytes) -> None:
        """Look at the next bytes; a line end over a chunk's edge is seen with the last byte."""
        self.size += len(chunk)
        self.line_feeds += chunk.count(b"\n")
        if b"\r" in chunk or self.last == b"\r":
            self.carriage_returns += chunk.count(b"\r\n") + (self.last + chunk[:1] == b"\r\n")
        self.is_ascii = self.is_ascii and chunk.isascii()
        self.has_nul = self.has_nul or b"\x00" in chunk
        self.blanks |= {
            blank for blank, marks in BLANKS.items() if any(mark in chunk for mark in marks)
        }
        self.last = chunk[-1:]


def land(source: BinaryIO, home: Home) -> LandedFile:
    """Copy a stream into landing, write aside and rename, so that no half file is ever seen.

    Args:
        source: The bytes as received.
        home: The data root.

    Returns:
        The landed file; landing the same bytes twice keeps one file.
    """
    look, digest = _Look(), hashlib.sha256()
    descriptor, aside = tempfile.mkstemp(dir=home.scratch)
    try:
        # Hashing takes as long as all the rest, and lets another thread run meanwhile.
        with os.fdopen(descriptor, "wb") as target, ThreadPoolExecutor(1) as hasher:
            while chunk := source.read(CHUNK_BYTES):
                hashed = hasher.submit(digest.update, chunk)
                look.take(chunk)
                target.write(chunk)
                hashed.result()
        sha256 = digest.hexdigest()
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
        ends_with_line_feed=look.last == b"\n",
        is_ascii=look.is_ascii,
        has_nul=look.has_nul,
        blanks="".join(blank for blank in BLANKS if blank in look.blanks),
    )
