"""A bar that shows how far a long command is, while a person watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

Told = Callable[[], None]


@contextmanager
def watched() -> Iterator[Callable[[str, int], Told]]:
    """Yields what is called before many things are looked at: what they are, and how many.

    What that gives is called after each. On a terminal there is a bar for it, gone at the end;
    a log gets nothing.
    """
    console = Console(stderr=True)
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )

    def begin(what: str, count: int) -> Told:
        task = bars.add_task(what, total=count)
        return lambda: bars.advance(task)

    with bars:
        yield begin
