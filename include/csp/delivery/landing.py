"""Landing: a received file is looked at while it is copied, and kept under its sha256.

What holds personal data is kept sealed (encrypted) or not at all, as the feed's contract says.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from csp.lake.home import Home
from csp.privacy.keys import KeyRing
from csp.privacy.sealed import seal

CHUNK_BYTES = 1 << 20
RECEIVED = "received-"
LONGEST_INTAKE_SECONDS = 6 * 3600
PADDING = (b" ,", b", ", b' "', b'" ', b" \n", b"\n ", b" \r", b"\t", b"\xc2\xa0", b"\xa0")


@dataclass(frozen=True)
class LandedFile:
    """A received file, with what one pass over its bytes tells.

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


def receive(source: BinaryIO, home: Home) -> LandedFile:
    """Copy a stream aside and look at it; it is in landing only once `keep` has put it there.

    Args:
        source: The bytes as received.
        home: The data root.

    Returns:
        The received file, in scratch.
    """
    look = _Look()
    descriptor, aside = tempfile.mkstemp(dir=home.scratch, prefix=RECEIVED)
    try:
        with os.fdopen(descriptor, "wb") as target:
            while chunk := source.read(CHUNK_BYTES):
                look.take(chunk)
                target.write(chunk)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    return LandedFile(
        path=Path(aside),
        sha256=look.digest.hexdigest(),
        size_bytes=look.size,
        line_feeds=look.line_feeds,
        carriage_returns=look.carriage_returns,
        ends_with_line_feed=look.tail.endswith(b"\n"),
        is_ascii=look.is_ascii,
        has_nul=look.has_nul,
        may_be_padded=look.may_be_padded,
    )


def keep(received: LandedFile, home: Home, how: str, ring: KeyRing | None = None) -> Path | None:
    """Put a received file into landing, so that no half file is ever seen there.

    Args:
        received: The file, in scratch; gone from there afterwards.
        home: The data root.
        how: plain, sealed, or none.
        ring: The keys, when it is to be sealed.

    Returns:
        Where it lies; None when it is not kept. Keeping the same bytes twice keeps one file.
    """
    if how == "none":
        received.path.unlink(missing_ok=True)
        return None
    place = home.landed(received.sha256, sealed=how == "sealed")
    place.parent.mkdir(parents=True, exist_ok=True)
    if how == "plain":
        return received.path.replace(place)
    if ring is None:
        raise ValueError("a file cannot be sealed without a key")
    aside = received.path.with_name(received.path.name + ".sealing")
    with received.path.open("rb") as source, aside.open("wb") as target:
        seal(source, target, ring)
    aside.replace(place)
    received.path.unlink(missing_ok=True)
    return place


def sweep_received(home: Home) -> None:
    """Remove what an intake that was killed has left in scratch; it is still in the inbox."""
    oldest = time.time() - LONGEST_INTAKE_SECONDS
    for path in home.scratch.glob(f"{RECEIVED}*"):
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
        except FileNotFoundError:  # another process has just ended with it
            continue
