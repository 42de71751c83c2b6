"""Landing: a received file is looked at while it is copied, and kept under its sha256.

What holds personal data is kept sealed (encrypted) or not at all, as the feed's contract says.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from csp.pseudonyms.keys import KeyRing
from csp.pseudonyms.sealed import seal

CHUNK_BYTES = 1 << 20
MOST_CHUNKS_WAITING = 4
RECEIVED = "received-"
# Each blank that is trimmed, and the bytes without which no allowed encoding writes it: one byte
# is looked for, as that is the fastest there is and no chunk's edge can hide it.
BLANKS = {" ": b" ", "\t": b"\t", "\u00a0": b"\xa0", "\ufeff": b"\xef\xfe"}
# What a line holds that holds nothing: blanks, line ends, and the second bytes of UTF-16.
NOTHING = b" \t\r\n\x00"
LINE_END = re.compile(rb"[\r\n]")


@dataclass(frozen=True)
class LandedFile:
    """A received file, with what one pass over its bytes tells.

    Attributes:
        path: Where it lies, in scratch.
        sha256: 64 hexadecimal characters.
        size_bytes: Its size.
        line_feeds: Number of line feeds.
        carriage_returns: Number of line feeds that follow a carriage return.
        ends_with_line_feed: Whether the last byte is a line feed.
        is_ascii: Whether every byte is ASCII.
        has_nul: Whether a byte is zero, which no text file but UTF-16 has.
        blanks: The blanks that the file may hold, and so a value may have around it.
        has_rows: Whether it says anything below its first line.
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
    has_rows: bool

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
        # None before the first line that is not blank, False once it has ended.
        self.is_in_header: bool | None = None
        self.has_rows = False

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
        if not self.has_rows:
            self._look_below_first_line(chunk)

    def _look_below_first_line(self, chunk: bytes) -> None:
        """Whether anything but blanks stands below the first line that is not blank."""
        if self.is_in_header is None:
            chunk = chunk.lstrip(NOTHING)
            self.is_in_header = True if chunk else None
        if self.is_in_header:
            end = LINE_END.search(chunk)
            self.is_in_header, chunk = end is None, chunk[end.end() :] if end else b""
        self.has_rows = bool(chunk.strip(NOTHING))


def _hashed_beside(source: IO[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    """The chunks of a stream; all of them are in the digest when they are through.

    Hashing takes as long as all the rest, and lets another thread run meanwhile. For a file of one
    chunk, as most are, starting a thread costs more.
    """
    chunk = source.read(CHUNK_BYTES)
    if len(chunk) < CHUNK_BYTES:
        digest.update(chunk)
        if chunk:
            yield chunk
        chunk = source.read(CHUNK_BYTES)
    if not chunk:
        return
    with ThreadPoolExecutor(1) as hasher:
        hashed: deque[Future[None]] = deque()
        while chunk:
            hashed.append(hasher.submit(digest.update, chunk))
            yield chunk
            if len(hashed) > MOST_CHUNKS_WAITING:
                hashed.popleft().result()
            chunk = source.read(CHUNK_BYTES)
        for last in hashed:
            last.result()


def receive(source: IO[bytes], folder: Path) -> LandedFile:
    """Copy a stream aside and look at it; it is in landing only once it is put into place there.

    Args:
        source: The bytes as received.
        folder: Where the copy is put, in scratch.

    Returns:
        The received file, in scratch.
    """
    look, digest = _Look(), hashlib.sha256()
    descriptor, aside = tempfile.mkstemp(dir=folder, prefix=RECEIVED)
    try:
        with os.fdopen(descriptor, "wb") as target:
            for chunk in _hashed_beside(source, digest):
                target.write(chunk)
                look.take(chunk)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    return LandedFile(
        path=Path(aside),
        sha256=digest.hexdigest(),
        size_bytes=look.size,
        line_feeds=look.line_feeds,
        carriage_returns=look.carriage_returns,
        ends_with_line_feed=look.last == b"\n",
        is_ascii=look.is_ascii,
        has_nul=look.has_nul,
        blanks="".join(blank for blank in BLANKS if blank in look.blanks),
        has_rows=look.has_rows,
    )


def ready_to_keep(received: LandedFile, how: str, ring: KeyRing | None, aside: Path) -> Path | None:
    """A received file as it is to be kept, still in scratch.

    Args:
        received: The file.
        how: plain, sealed, or none.
        ring: The keys, when it is to be sealed.
        aside: Where the sealed file is written.

    Returns:
        Where it lies; None when it is not kept.
    """
    if how == "none":
        return None
    if how == "plain":
        return received.path
    if ring is None:
        raise ValueError("a file cannot be sealed without a key")
    with received.path.open("rb") as source, aside.open("wb") as target:
        seal(source, target, ring)
    return aside
