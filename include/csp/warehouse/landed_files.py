"""Received files as landing keeps them, read again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from csp.errors import CspError
from csp.ingest.landing import LandedFile, receive
from csp.ledger.tables import Delivery
from csp.pseudonyms.keys import KeyRing
from csp.pseudonyms.sealed import open_sealed
from csp.storage.home import Home


@contextmanager
def opened(path: Path, ring: KeyRing | None) -> Iterator[IO[bytes]]:
    """The bytes of a file of landing as they were received, unsealed where it is sealed.

    Raises:
        SealBrokenError: It is not what was sealed, or was sealed with another key.
        ValueError: It is sealed, and there is no key.
    """
    if path.suffix != ".sealed":
        with path.open("rb") as stream:
            yield stream
        return
    if ring is None:
        raise ValueError("a sealed file cannot be read without a key")
    with open_sealed(path, ring) as stream:
        yield stream


def received_again(
    home: Home, delivery: Delivery, ring: KeyRing | None, folder: Path
) -> LandedFile:
    """A delivery's file, received once more from landing.

    Args:
        home: The data root.
        delivery: The delivery.
        ring: The key, when the file is sealed.
        folder: Where the copy is put, in scratch.

    Raises:
        CspError: Landing has not got it, or its bytes are no longer those that were received.
    """
    sealed, plain = (home.landed(delivery.sha256, sealed=is_sealed) for is_sealed in (True, False))
    path = sealed if ring and sealed.exists() else plain
    place = path.relative_to(home.root)
    restore = "put it back from a copy of the data root, or ask the partner for it again"
    try:
        with opened(path, ring) as stream:
            landed = receive(stream, folder)
    except FileNotFoundError:
        raise CspError(f"{place} is not there; {restore}") from None
    except OSError as error:
        raise CspError(f"{place} cannot be read ({error.strerror}); {restore}") from None
    except CspError as error:
        raise CspError(f"{place}: {error}") from None
    if landed.sha256 != delivery.sha256:
        raise CspError(f"{place} does not hold the bytes that were received; {restore}")
    return landed
