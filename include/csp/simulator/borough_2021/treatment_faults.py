"""Labelled bad inputs of the treatment and cohort feeds."""

from __future__ import annotations

from pathlib import Path

from csp.simulator.places import Borough
from csp.simulator.truth import Fault


def faults(folder: Path, borough: Borough, *, seed: int) -> list[Fault]:
    """Writes one file for each case."""
    return []
