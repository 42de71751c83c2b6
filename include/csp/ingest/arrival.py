"""How files arrive: a path is one file, an archive of several, or a folder of both."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import IO

from csp.faults import fault_of

MOST_UNPACKED_BYTES = 8 << 30
MOST_UNPACKED_RATIO = 200
SMALL_ARCHIVE_BYTES = 10 << 20
# A RuntimeError is what zipfile says of a password or of an unknown way of packing.
UNREADABLE = (zipfile.BadZipFile, EOFError, OSError, RuntimeError, zlib.error, lzma.LZMAError)


class ArchiveError(Exception):
    """An archive that must not be unpacked; the message says why, in one sentence."""


@dataclass(frozen=True)
class Arrival:
    """One file as it arrived.

    Attributes:
        path: The file, or the archive that holds it.
        member: Name inside the archive, or None.
    """

    path: Path
    member: str | None = None

    @property
    def name(self) -> str:
        """File name, or `archive.zip/member`, as rules on names see it."""
        return self.path.name if self.member is None else f"{self.path.name}/{self.member}"

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The bytes.

        Raises:
            ArchiveError: The archive's checksum does not hold, or it asks for a password.
            OSError: The disk or the system is at fault, here or where the bytes go.
        """
        if self.member is None:
            with self.path.open("rb") as stream:
                yield stream
            return
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as stream:
                yield stream
        except UNREADABLE as error:
            if fault_of(error):
                raise
            raise ArchiveError(f"member {self.member} cannot be unpacked") from error


def is_left_alone(path: PurePath) -> bool:
    """Whether a file is hidden or an unfinished upload, which nobody takes."""
    return path.name.startswith(".") or path.suffix == ".part"


def _members(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except (*UNREADABLE, ValueError) as error:
        if fault_of(error):
            raise
        raise ArchiveError("the archive is broken or cut short") from error
    for info in infos:
        inside = PurePosixPath(info.filename.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts or ":" in "".join(inside.parts[:1]):
            raise ArchiveError("a member's name points outside the archive")
    infos = [info for info in infos if not is_left_alone(PurePosixPath(info.filename))]
    if not infos:
        raise ArchiveError("the archive holds no file")
    unpacked = sum(info.file_size for info in infos)
    packed = max(sum(info.compress_size for info in infos), 1)
    is_bomb = unpacked > SMALL_ARCHIVE_BYTES and unpacked / packed > MOST_UNPACKED_RATIO
    if unpacked > MOST_UNPACKED_BYTES or is_bomb:
        raise ArchiveError("the archive unpacks to far more than it may hold")
    return sorted(info.filename for info in infos)


def arrivals(path: Path) -> list[Arrival]:
    """The files that one path stands for; folders are walked in sorted order.

    Args:
        path: A file, a zip archive or a folder.

    Returns:
        Files and archive members; hidden files and unfinished uploads (`.part`) are left.

    Raises:
        ArchiveError: An archive is broken or empty, points outside itself, or is a bomb.
            A folder never raises: its broken archives come back as plain files, to be rejected
            by name.
    """
    if path.is_dir():
        found: list[Arrival] = []
        for child in sorted(path.rglob("*")):
            if not child.is_file() or is_left_alone(child):
                continue
            try:
                found += arrivals(child)
            except ArchiveError:
                found.append(Arrival(child))
        return found
    if path.suffix.lower() == ".zip":
        return [Arrival(path, member) for member in _members(path)]
    return [Arrival(path)]
