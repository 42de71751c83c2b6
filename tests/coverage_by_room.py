"""Prints how much of each room the tests have reached: the last line of `make coverage`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import coverage

from csp.project import PROJECT_ROOT

SOURCES = (PROJECT_ROOT / "include", PROJECT_ROOT / "simulator")
PACKAGES = ("csp", "csp_airflow", "csp_simulator")


def room_of(path: Path) -> str:
    """A room of `csp` for each file of it, `csp` for those that lie in none, else the package."""
    package, *inside = path.parts
    return f"{package}/{inside[0]}" if package == "csp" and len(inside) > 1 else package


def shares(lines: Iterable[tuple[Path, int, int]]) -> dict[str, float]:
    """Room → share of its lines that were reached, in per cent; `all` is that of all rooms.

    Args:
        lines: File as Python's path finds it, its lines, and how many of them were reached.
    """
    counted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for path, every, reached in lines:
        for name in (room_of(path), "all"):
            counted[name][0] += every
            counted[name][1] += reached
    rooms = sorted(counted, key=lambda name: (name == "all", name))
    return {name: 100 * counted[name][1] / max(counted[name][0], 1) for name in rooms}


def measured() -> Iterable[tuple[Path, int, int]]:
    """Every file of the packages, with its lines and those that the last run reached."""
    found = coverage.Coverage()
    found.load()
    for source in SOURCES:
        for package in PACKAGES:
            for path in sorted((source / package).rglob("*.py")):
                _, every, _, missing, _ = found.analysis2(str(path))
                yield path.relative_to(source), len(every), len(every) - len(missing)


if __name__ == "__main__":
    said = ", ".join(f"{room} {share:.0f} %" for room, share in shares(measured()).items())
    print(f"coverage: {said}")  # noqa: T201 - what it is run for
