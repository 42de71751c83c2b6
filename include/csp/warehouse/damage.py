"""What is not as it was kept, told so that a person can act on it; and looking for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, TypeVar

#: Hashing lets other threads run; more than two for each processor only wait for the disk.
LOOKING = min(8, 2 * (os.cpu_count() or 1))

Kind = Literal["missing", "changed", "unreadable", "not read", "surplus", "contradicts"]
#: Called once for each thing that has been looked at.
Told = Callable[[], None]
#: Called before many things are looked at: what they are, and how many.
Watch = Callable[[str, int], Told]

Asked = TypeVar("Asked")
Found = TypeVar("Found")


@dataclass(frozen=True)
class Damage:
    """One thing that is not as it was kept; never with a value of a row.

    Attributes:
        kind: missing, changed, unreadable, surplus; `not read` for want of the key; or
            `contradicts`, when two things that are kept cannot both be true.
        place: A path below the data root, or a table of the ledger and its row.
        what: What is so, in a sentence without its full stop.
        to_do: What to do next, likewise.
        feed: The feed it is of, if it is of one.
        delivery_id: The delivery, if it is of one.
    """

    kind: Kind
    place: str
    what: str
    to_do: str
    feed: str | None = None
    delivery_id: str | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.what}; {self.to_do}"


def nobody() -> None:
    """Tell nobody."""


def unwatched(_what: str, _count: int) -> Told:
    """Let nobody watch."""
    return nobody


def looked_at(
    look: Callable[[Asked], Found], asked: Iterable[Asked], told: Told = nobody
) -> Iterator[Found]:
    """What looking at each gives, in order; several threads look at once.

    Args:
        look: Reads files; it must not touch a session.
        asked: What is to be looked at.
        told: Called after each.
    """
    with ThreadPoolExecutor(LOOKING) as pool:
        for found in pool.map(look, asked):
            told()
            yield found
