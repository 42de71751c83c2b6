"""How files arrive: a path is one file, an archive of several, or a folder of both."""

from __future__ import annotations

import io
import lzma
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import IO, Any, cast

from csp.errors import CspError
from csp.faults import fault_of

MOST_UNPACKED_BYTES = 8 << 30
MOST_UNPACKED_RATIO = 200
SMALL_ARCHIVE_BYTES = 10 << 20
# A RuntimeError is what zipfile says of a password or of an unknown way of packing.
UNREADABLE = (zipfile.BadZipFile, EOFError, OSError, RuntimeError, zlib.error, lzma.LZMAError)


class ArchiveError(Exception):
    """An archive that must not be unpacked; the message says why, in one sentence."""


class FileGoneError(CspError):
    """A file that was there when it was listed is not there any more."""


class FileUnreadableError(CspError):
    """A file whose bytes the system does not give; the message says which and why."""


class _File(io.FileIO):
    """A file opened for reading, whose faults are told from those of what it holds."""

    def __init__(self, path: Path) -> None:
        try:
            super().__init__(path)
        except FileNotFoundError:
            raise FileGoneError(f"{path}: gone; another process has taken it") from None
        except OSError as error:
            raise _unreadable(path, error) from None
        self.path = path

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - the type has no name
        """Read as a file does."""
        try:
            return super().readinto(buffer)
        except OSError as error:
            raise _unreadable(self.path, error) from None


def _unreadable(path: Path, error: OSError) -> FileUnreadableError:
    return FileUnreadableError(
        f"{path} cannot be read ({error.strerror}); see who may read it, or whether its disk "
        "answers, and ingest it again"
    )


@dataclass(frozen=True)
class Arrival:
    """One file as it arrived.

    Attributes:
        path: The file, or the archive that holds it.
        member: Which file inside the archive, or None; two may have one name.
    """

    path: Path
    info: zipfile.ZipInfo | None = None

    @property
    def member(self) -> str | None:
        """Name inside the archive, or None."""
        return self.info.filename if self.info else None

    @property
    def name(self) -> str:
        """File name, or `archive.zip/member`, as rules on names see it."""
        return self.path.name if self.member is None else f"{self.path.name}/{self.member}"

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The bytes.

        Raises:
            ArchiveError: The archive's checksum does not hold, or it asks for a password.
            FileGoneError: It is not there any more.
            FileUnreadableError: The system does not give its bytes.
        """
        with io.BufferedReader(_File(self.path)) as file:
            if self.info is None:
                yield file
                return
            try:
                archive = zipfile.ZipFile(file)
                stream = archive.open(self.info)
            except UNREADABLE as error:
                if fault_of(error):
                    raise
                raise self._not_unpacked() from error
            with archive, stream:
                yield cast(IO[bytes], _Member(stream, self))

    def _not_unpacked(self) -> ArchiveError:
        return ArchiveError(f"member {self.member} cannot be unpacked")


class _Member(io.RawIOBase):
    """A member's bytes as they are unpacked; what fails then is the archive's fault."""

    def __init__(self, stream: IO[bytes], arrival: Arrival) -> None:
        self.stream, self.arrival = stream, arrival

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        try:
            return self.stream.read(size)
        except UNREADABLE as error:
            if fault_of(error):
                raise
            raise self.arrival._not_unpacked() from error


def is_left_alone(path: PurePath) -> bool:
    """Whether a file is hidden or an unfinished upload, which nobody takes."""
    return path.name.startswith(".") or path.suffix == ".part"


def _members(path: Path) -> list[zipfile.ZipInfo]:
    with io.BufferedReader(_File(path)) as file:
        try:
            with zipfile.ZipFile(file) as archive:
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
    return sorted(infos, key=lambda info: info.filename)


def arrivals(path: Path) -> list[Arrival]:
    """The files that one path stands for; folders are walked in sorted order.

    Args:
        path: A file, a zip archive or a folder.

    Returns:
        Files and archive members; hidden files and unfinished uploads (`.part`) are left.

    Raises:
        ArchiveError: An archive is broken or empty, points outside itself, or is a bomb.
            A folder never raises: its broken archives come back as plain files, to be rejected
            by name, and so does what cannot be read, to be refused.
        FileGoneError: An archive is not there any more.
        FileUnreadableError: The system does not give an archive's bytes.
    """
    if path.is_dir():
        return [arrival for child in _below(path) for arrival in arrivals_or_itself(child)]
    if path.suffix.lower() == ".zip":
        return [Arrival(path, info) for info in _members(path)]
    return [Arrival(path)]


def arrivals_or_itself(path: Path) -> list[Arrival]:
    """As `arrivals`; what cannot be opened comes back as a plain file, which says why when read."""
    try:
        return arrivals(path)
    except (ArchiveError, FileGoneError, FileUnreadableError):
        return [Arrival(path)]


def _below(folder: Path) -> list[Path]:
    """Files below a folder, sorted, and the folders below it that cannot be looked into."""
    closed: list[Path] = []
    files = [
        path
        for parent, _, names in os.walk(folder, onerror=lambda e: closed.append(Path(e.filename)))
        for path in (Path(parent, name) for name in names)
        if path.is_file() and not is_left_alone(path)
    ]
    return sorted([*files, *closed])
