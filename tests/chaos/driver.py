"""Run `csp …` in a process of its own that a signal ends at a named place.

    python -m tests.chaos.driver MODULE:NAME WHEN COUNT SIGNAL -- ARGUMENTS OF csp

The function of that name is wrapped in this process only: WHEN is `before` or `after`, COUNT says
at which of its calls, SIGNAL is a name such as SIGKILL or SIGTERM. The signal is a real one, sent
by the process to itself, so that nothing but what the operating system does comes after it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Place:
    """Where a process ends.

    Attributes:
        name: Module and function, as `csp.files:write_whole` or `csp.ingest.rows:RowIngest.take`.
        when: before or after the call.
        count: At which call, 1 for the first.
        signal: The signal's name.
    """

    name: str
    when: str = "before"
    count: int = 1
    signal: str = "SIGKILL"

    def __str__(self) -> str:
        return f"{self.signal} {self.when} {self.name.split(':')[1]} {self.count}"

    def arguments(self) -> list[str]:
        """What the driver is called with."""
        return [self.name, self.when, str(self.count), self.signal]


def run_and_end(
    place: Place, arguments: Sequence[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command that ends at a place; it ends by itself when it never comes there."""
    return subprocess.run(
        [sys.executable, "-m", "tests.chaos.driver", *place.arguments(), "--", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def _wrapped(function: Callable[..., object], place: Place) -> Callable[..., object]:
    calls = 0

    @wraps(function)
    def ending(*args: object, **kwargs: object) -> object:
        nonlocal calls
        calls += 1
        is_here = calls == place.count
        if is_here and place.when == "before":
            os.kill(os.getpid(), signal.Signals[place.signal])
        result = function(*args, **kwargs)
        if is_here and place.when == "after":
            os.kill(os.getpid(), signal.Signals[place.signal])
        return result

    return ending


def _end_at(place: Place) -> None:
    module_name, _, qualified = place.name.partition(":")
    owner: Any = import_module(module_name)
    *path, last = qualified.split(".")
    for part in path:
        owner = getattr(owner, part)
    function = getattr(owner, last)
    setattr(owner, last, _wrapped(function, place))
    # What other modules have imported by name is wrapped there too.
    for module in list(sys.modules.values()):
        if module is not None and getattr(module, last, None) is function:
            setattr(module, last, getattr(owner, last))


def main() -> None:
    """Wrap the place, and run the command line."""
    at = sys.argv.index("--")
    name, when, count, signal_name = sys.argv[1:at]
    import csp.warehouse.refresh  # noqa: PLC0415 - so that all that is wrapped is loaded
    from csp.cli import main as csp  # noqa: PLC0415

    _end_at(Place(name, when, int(count), signal_name))
    sys.argv = ["csp", *sys.argv[at + 1 :]]
    csp()


if __name__ == "__main__":
    main()
