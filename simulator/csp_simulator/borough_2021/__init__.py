"""Scenario `borough-2021`: every feed from 2019-04 to 2021-12, as partners would send it.

Each module writes the feeds of one part of the partnership by a function `write`, and the labelled
bad inputs of its feeds by a function `faults`.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from csp_simulator.borough_2021.truth import BoroughTruth, DomainTruth
from csp_simulator.places import Borough
from csp_simulator.truth import Fault

#: The parts, in the order in which they are written.
PARTS = (
    "police",
    "cctv",
    "treatment",
    "iom",
    "civil_protection",
    "asb",
    "cohesion",
    "vawg",
    "programme",
)


def write(
    out: Path, borough: Borough, *, seed: int, scale: float, faults: bool = False
) -> BoroughTruth:
    """Writes every feed's deliveries and, when asked for, the labelled bad inputs.

    Args:
        out: Folder to write to.
        borough: Places to draw from.
        seed: Same seed and scale, same bytes.
        scale: Factor on every volume.
        faults: Also write the labelled bad inputs, under `faults/`.
    """
    written = write_deliveries(out / "deliveries", borough, seed=seed, scale=scale)
    injected = write_faults(out, borough, seed=seed) if faults else ()
    return BoroughTruth(seed, scale, written.feeds, written.figures, injected)


def write_deliveries(folder: Path, borough: Borough, *, seed: int, scale: float) -> DomainTruth:
    """Writes every feed's deliveries below a folder, and says what is true of them."""
    written = DomainTruth()
    for name in PARTS:
        part: DomainTruth = _module(name).write(folder, borough, seed=seed, scale=scale)
        written.feeds.update(part.feeds)
        written.figures.update(part.figures)
    return written


def write_faults(out: Path, borough: Borough, *, seed: int) -> tuple[Fault, ...]:
    """Writes the labelled bad inputs of every part below `<out>/faults`, and lists them."""
    return tuple(
        replace(fault, file=f"faults/{fault.file}")
        for name in PARTS
        for fault in _module(name).faults(out / "faults", borough, seed=seed)
    )


def _module(part: str) -> Any:  # noqa: ANN401 - a module is known by its functions
    """The module of a part, imported when the part is written."""
    return import_module(f"{__name__}.{part}")
