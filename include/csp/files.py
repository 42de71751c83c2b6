"""Writing files so that nobody ever reads half of one."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Mapping
from pathlib import Path

UNFINISHED = ".unfinished"
HASHED_AT_ONCE = 1 << 20


def unfinished(path: Path) -> Path:
    """A hidden name beside a path, this process's and thread's own, for what is still written."""
    writer = f"{os.getpid()}-{threading.get_ident()}"
    return path.with_name(f".{path.name}.{writer}{UNFINISHED}")


def write_whole(path: Path, content: bytes | str) -> None:
    """Let a file appear with all of its content, also when two processes write it at once.

    Args:
        path: The file; its folder is made when it is missing.
        content: Bytes, or text that is written as UTF-8.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = unfinished(path)
    try:
        aside.write_bytes(content.encode() if isinstance(content, str) else content)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def write_if_changed(files: Mapping[Path, str]) -> list[Path]:
    """Write the files whose text is another; what is as it should be keeps its time of change.

    Returns:
        The files written.
    """
    written = []
    for path, content in files.items():
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            write_whole(path, content)
            written.append(path)
    return written


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal characters."""
    digest, chunk = hashlib.sha256(), memoryview(bytearray(HASHED_AT_ONCE))
    with path.open("rb", buffering=0) as stream:
        while count := stream.readinto(chunk):
            digest.update(chunk[:count])
    return digest.hexdigest()
