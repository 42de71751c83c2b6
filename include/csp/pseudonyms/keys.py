"""The pseudonymisation key: where it comes from, and the sub-keys made from it."""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn, get_args

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from csp.contracts.columns import Purpose
from csp.errors import CspError
from csp.project import PROJECT_ROOT

KEY_BYTES = 32
DEFAULT_KEY_FILE = PROJECT_ROOT / ".keys" / "pseudonym.key"
PURPOSES: tuple[str, ...] = get_args(Purpose)
AIRFLOW_CONNECTION = "csp_pseudonym_key"

_EPOCH = re.compile(r"[0-9]{4}Q[1-4]")
_KEY_TEXT = re.compile(r"[0-9A-Fa-f]{64}")
_NO_SALT = bytes(KEY_BYTES)
_TO_DO = (
    "data about persons cannot be ingested without it. Make one with 'csp keys create', or say "
    "where it is with CSP_KEY_FILE or, under Airflow, with the connection "
    f"'{AIRFLOW_CONNECTION}' (docs/runbooks/pseudonymisation-key.md)"
)


class KeyMissingError(CspError):
    """There is no key to make tokens with; the message never holds any part of one.

    Args:
        feed: The feed whose data wait for it, when known.
        why: What was found in place of the key.
    """

    def __init__(self, why: str, *, feed: str | None = None) -> None:
        self.why = why
        begin = f"data of {feed} cannot be ingested, for want of the " if feed else ""
        super().__init__(f"{begin}pseudonymisation key: {why}")


class KeyRefusedError(KeyMissingError):
    """A key was found, but not one that may be used."""


class KeyRing:
    """The master key of one epoch; whatever is keyed gets a sub-key of its own.

    It shows no key when printed, and cannot be pickled, so that it reaches neither a log nor XCom.

    Args:
        master: 32 random bytes.
        epoch: The quarter from which the key is used, as in `2021Q2`.
        source: Where the key came from, for people.
    """

    __slots__ = ("__master", "epoch", "source")

    def __init__(self, master: bytes, epoch: str, *, source: str = "handed in") -> None:
        if len(master) != KEY_BYTES:
            raise KeyRefusedError(f"the key of {source} is not {KEY_BYTES} bytes long")
        self.__master = bytes(master)
        self.epoch = checked_epoch(epoch)
        self.source = source

    @classmethod
    def from_environment(cls, feed: str | None = None) -> KeyRing:
        """The key that a face has handed in, else the key file's.

        Args:
            feed: The feed it is wanted for; named in the error when there is none.

        Raises:
            KeyMissingError: There is none, or it may not be used.
        """
        return _handed_in or read_key_file(key_file(), feed=feed)

    def sub_key(self, purpose: str) -> bytes:
        """The key for tokens of one purpose.

        Raises:
            CspError: The purpose is not approved.
        """
        if purpose not in PURPOSES:
            raise CspError(
                f"'{purpose}' is no approved purpose of a token; "
                f"approved are: {', '.join(PURPOSES)}"
            )
        return self._derived(f"csp/v1|purpose={purpose}|epoch={self.epoch}")

    def sealing_key(self) -> bytes:
        """The key that stored files are sealed with."""
        return self._derived(f"csp/v1|sealing|epoch={self.epoch}")

    def fingerprint(self) -> str:
        """Eight hex digits by which two people can tell whether they hold the same key."""
        return self._derived(f"csp/v1|fingerprint|epoch={self.epoch}").hex()[:8]

    def _derived(self, info: str) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, _NO_SALT, info.encode()).derive(self.__master)

    def __repr__(self) -> str:
        return f"KeyRing(epoch={self.epoch!r}, source={self.source!r})"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a key ring stays in its process; it cannot be pickled or copied")


_handed_in: KeyRing | None = None


def use_key(ring: KeyRing | None) -> None:
    """Use a key from another place than the key file, in this whole process.

    Args:
        ring: The key; None to go back to the key file.
    """
    global _handed_in  # noqa: PLW0603 - one key for a process, whoever asks for it
    _handed_in = ring


def key_file() -> Path:
    """Where the key file is: `CSP_KEY_FILE`, or `.keys/pseudonym.key` in the project."""
    return Path(os.environ.get("CSP_KEY_FILE") or DEFAULT_KEY_FILE).expanduser().absolute()


def checked_epoch(epoch: str) -> str:
    """Hold that an epoch is a quarter, so that it cannot blur what a sub-key is made for."""
    if not _EPOCH.fullmatch(epoch):
        raise KeyRefusedError("the epoch of a key is a quarter, as in 2021Q2")
    return epoch


def key_of_text(text: str, epoch: str, *, source: str) -> KeyRing:
    """The key ring of a key written as 64 hex digits."""
    if not _KEY_TEXT.fullmatch(text):
        raise KeyRefusedError(f"the key of {source} is not 64 hex digits")
    return KeyRing(bytes.fromhex(text), epoch, source=source)


def read_key_file(path: Path, *, feed: str | None = None) -> KeyRing:
    """Read a key file.

    Args:
        path: The file: JSON with `key` (64 hex digits) and `epoch`.
        feed: The feed it is wanted for; named in the error.

    Raises:
        KeyMissingError: There is no such file.
        KeyRefusedError: Others may read it, it lies with the data, or it holds no key.
    """
    try:
        refuse_beside_data(path)
        return _key_of_content(_private_content(path), path)
    except FileNotFoundError:
        raise KeyMissingError(f"{path} is not there, and {_TO_DO}", feed=feed) from None
    except OSError as error:
        raise KeyRefusedError(f"{path} cannot be read ({error.strerror})", feed=feed) from None
    except KeyRefusedError as error:
        raise KeyRefusedError(error.why, feed=feed) from None


def _private_content(path: Path) -> bytes:
    with path.open("rb") as stream:
        mode = stat.S_IMODE(os.fstat(stream.fileno()).st_mode)
        if mode & 0o077:
            raise KeyRefusedError(
                f"{path} may be read by others than its owner (mode {mode:04o}); "
                f"run: chmod 600 {path}"
            )
        return stream.read()


def _key_of_content(content: bytes, path: Path) -> KeyRing:
    try:
        said = json.loads(content)
        text, epoch = str(said["key"]), str(said["epoch"])
    except (ValueError, TypeError, LookupError):
        # What was read is not chained to the error: it may be the key.
        raise KeyRefusedError(f'{path} is not JSON with "key" and "epoch"') from None
    return key_of_text(text, epoch, source=str(path))


def refuse_beside_data(path: Path) -> None:
    """Hold that a key does not lie with the data it protects: whoever copies one has both."""
    # The same as `csp.storage.home`, which lies a row above and cannot be asked.
    data_root = Path(os.environ.get("CSP_HOME", "data")).resolve()
    if path.resolve().is_relative_to(data_root):
        raise KeyRefusedError(
            f"{path} lies in the data root {data_root}; keep the key apart from the data and say "
            "where it is with CSP_KEY_FILE"
        )


def this_quarter() -> str:
    """The epoch of a key that is made today."""
    today = datetime.now(UTC)
    return f"{today.year}Q{(today.month + 2) // 3}"


def create_key_file(path: Path, epoch: str | None = None) -> KeyRing:
    """Write a new random key that only its owner can read.

    Args:
        path: A file that is not there yet, outside the data root.
        epoch: The quarter from which it is used; this quarter when not given.

    Returns:
        The new key.

    Raises:
        CspError: The file is there already, or cannot be written.
    """
    epoch = checked_epoch(epoch or this_quarter())
    refuse_beside_data(path)
    master = secrets.token_bytes(KEY_BYTES)
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise CspError(
            f"{error.filename} is there already and is not overwritten: tokens made with it could "
            "never be made again; to rotate, see docs/runbooks/pseudonymisation-key.md"
        ) from None
    except OSError as error:
        raise CspError(f"{path} cannot be written ({error.strerror})") from None
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump({"key": master.hex(), "epoch": epoch}, stream)
        stream.write("\n")
    return KeyRing(master, epoch, source=str(path))
