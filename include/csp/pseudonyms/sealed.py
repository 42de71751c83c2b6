"""Sealed files: bytes that only the holder of the key can read, and nobody can change unseen.

A sealed file is a header (magic, epoch, random salt) and chunks of 1 MiB, each encrypted with
AES-256-GCM under a key of the file's own. A chunk's nonce is its number and whether it is the last,
so a chunk that is changed, moved, left out or put behind the end is not opened.
"""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from csp.errors import CspError
from csp.pseudonyms.keys import KEY_BYTES, KeyRing

MAGIC = b"CSPSEAL1\n"
CHUNK_BYTES = 1 << 20
TAG_BYTES = 16

_EPOCH_BYTES = len("2021Q2")
_SALT_BYTES = 32
HEADER_BYTES = len(MAGIC) + _EPOCH_BYTES + _SALT_BYTES
_NUMBER_BYTES = 11


class SealBrokenError(CspError):
    """A sealed file is not as it was sealed, or was sealed with another key."""


class _Seal:
    """The cipher of one sealed file.

    Args:
        header: The file's first bytes; they are authenticated with each chunk.
        ring: The key.
    """

    def __init__(self, header: bytes, ring: KeyRing) -> None:
        salt = header[-_SALT_BYTES:]
        key = HKDF(SHA256(), KEY_BYTES, salt, b"csp/v1|sealed file").derive(ring.sealing_key())
        self._cipher = AESGCM(key)
        self._header = header

    @classmethod
    def new(cls, ring: KeyRing) -> tuple[bytes, _Seal]:
        """A header and the cipher that belongs to it."""
        header = MAGIC + ring.epoch.encode() + secrets.token_bytes(_SALT_BYTES)
        return header, cls(header, ring)

    @classmethod
    def of(cls, header: bytes, ring: KeyRing) -> _Seal:
        """The cipher of a sealed file's header."""
        if len(header) != HEADER_BYTES or not header.startswith(MAGIC):
            raise SealBrokenError("this is no sealed file: its first bytes are not a seal's")
        epoch = header[len(MAGIC) : -_SALT_BYTES]
        if epoch != ring.epoch.encode():
            raise SealBrokenError(
                f"the file was sealed with the key of epoch {epoch.decode('ascii', 'replace')!r}, "
                f"and the key at hand is of {ring.epoch}; fetch the older key from the custodian"
            )
        return cls(header, ring)

    def close(self, number: int, plain: bytes, *, last: bool) -> bytes:
        """Encrypt a chunk."""
        return self._cipher.encrypt(_nonce(number, last), plain, self._header)

    def open(self, number: int, chunk: bytes, *, last: bool) -> bytes:
        """Decrypt a chunk, or fail when it is not the one that was sealed in its place."""
        try:
            return self._cipher.decrypt(_nonce(number, last), chunk, self._header)
        except InvalidTag:
            raise SealBrokenError(
                f"part {number + 1} of the sealed file is not what was sealed: the file was cut, "
                "changed or put together anew, or the key is another one; restore it from a copy"
            ) from None


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(_NUMBER_BYTES, "big") + bytes([last])


def _read_full(source: IO[bytes], size: int) -> bytes:
    """Read so many bytes, fewer only at the end, also from a source that gives fewer at a time."""
    found = source.read(size)
    if len(found) == size or not found:
        return found
    parts = [found]
    missing = size - len(found)
    while missing and (found := source.read(missing)):
        parts.append(found)
        missing -= len(found)
    return b"".join(parts)


def _chunks(source: IO[bytes], size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Number, content, and whether it is the last, of each chunk; an empty source has one."""
    number, chunk = 0, _read_full(source, size)
    while following := _read_full(source, size):
        yield number, chunk, False
        number, chunk = number + 1, following
    yield number, chunk, True


def seal(source: IO[bytes], target: IO[bytes], ring: KeyRing) -> None:
    """Write the sealed form of a stream, a chunk at a time.

    Args:
        source: What is to be sealed.
        target: Where it is written.
        ring: The key.
    """
    header, cipher = _Seal.new(ring)
    target.write(header)
    for number, plain, last in _chunks(source, CHUNK_BYTES):
        target.write(cipher.close(number, plain, last=last))


def unseal(source: IO[bytes], target: IO[bytes], ring: KeyRing) -> None:
    """Write what a sealed stream holds, a chunk at a time.

    Each chunk is written only after it has proved whole; when a later one fails, the target holds
    the start of the content and has to be thrown away.

    Args:
        source: A sealed stream.
        target: Where the content is written.
        ring: The key it was sealed with.

    Raises:
        SealBrokenError: It is not what was sealed, or was sealed with another key.
    """
    cipher = _Seal.of(_read_full(source, HEADER_BYTES), ring)
    for number, chunk, last in _chunks(source, CHUNK_BYTES + TAG_BYTES):
        target.write(cipher.open(number, chunk, last=last))


@contextmanager
def open_sealed(path: Path, ring: KeyRing) -> Iterator[IO[bytes]]:
    """Open a sealed file for reading; its content never touches the disk.

    Args:
        path: The sealed file.
        ring: The key it was sealed with.

    Yields:
        The content as a stream that can also be sought in, as archives need it.

    Raises:
        SealBrokenError: It is not what was sealed. A missing end is told at once, a changed part
            when it is read.
    """
    with path.open("rb") as sealed, io.BufferedReader(_SealedContent(sealed, ring)) as content:
        yield content


class _SealedContent(io.RawIOBase):
    """The content of a sealed file, decrypted where it is read; one chunk in memory at a time."""

    def __init__(self, sealed: IO[bytes], ring: KeyRing) -> None:
        self._sealed = sealed
        self._cipher = _Seal.of(_read_full(sealed, HEADER_BYTES), ring)
        self._step = CHUNK_BYTES + TAG_BYTES
        size = os.fstat(sealed.fileno()).st_size - HEADER_BYTES
        self._last_number = max(size - 1, 0) // self._step
        self._position = 0
        self._number, self._chunk = -1, b""
        self._fetch(self._last_number)  # its mark proves that the end is there
        self._size = self._last_number * CHUNK_BYTES + len(self._chunk)

    def _fetch(self, number: int) -> None:
        if number != self._number:
            self._sealed.seek(HEADER_BYTES + number * self._step)
            chunk = _read_full(self._sealed, self._step)
            self._chunk = self._cipher.open(number, chunk, last=number == self._last_number)
            self._number = number

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be sought in."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to where the next read begins."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("a place before the start of the content")
        self._position = start + offset
        return self._position

    # The type of any buffer has no name before Python 3.12; readers of files hand in these two.
    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer up to the end of a chunk."""
        if self._position >= self._size:
            return 0
        number, start = divmod(self._position, CHUNK_BYTES)
        self._fetch(number)
        found = self._chunk[start : start + len(buffer)]
        buffer[: len(found)] = found
        self._position += len(found)
        return len(found)
