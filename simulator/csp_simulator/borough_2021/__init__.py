"""Scenario `borough-2021`: every feed from 2019-04 to 2021-12, as partners would send it.

Each module writes the feeds of one part of the partnership by a function `write`, and the labelled
bad inputs of its feeds by a function `faults`.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path

from csp_simulator.borough_2021.truth import BoroughTruth, DomainTruth
from csp_simulator.places import Borough

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
    modules = [import_module(f"{__name__}.{name}") for name in PARTS]
    written = DomainTruth()
    for module in modules:
        part: DomainTruth = module.write(out / "deliveries", borough, seed=seed, scale=scale)
        written.feeds.update(part.feeds)
        written.figures.update(part.figures)
    injected = tuple(
        replace(fault, file=f"faults/{fault.file}")
        for module in modules
        if faults
        for fault in module.faults(out / "faults", borough, seed=seed)
    )
    return BoroughTruth(seed, scale, written.feeds, written.figures, injected)
