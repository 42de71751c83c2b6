"""Partners that do not exist: deliveries in the partners' own form, with a known truth.

Everything written here is synthetic. The truth is kept apart from the deliveries, so a warehouse
that took the deliveries in can be scored against it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from csp.errors import CspError
from csp.project import BOROUGH_SEEDS

if TYPE_CHECKING:
    from csp_simulator.borough_2021.truth import BoroughTruth
    from csp_simulator.truth import SimulationTruth

__all__ = ["DAY_AFTER", "SCENARIOS", "SimulationTruth", "simulate"]

#: Scenario name → what it writes.
SCENARIOS: dict[str, str] = {
    "borough-year": (
        "Twelve months, 2020-10 to 2021-09, of police street crime and London Fire Brigade "
        "incidents, each month re-issued once with small revisions."
    ),
    "borough-2021": (
        "Every partner's feeds from 2019-04 to 2021-12; each figure of the partnership's "
        "presentation of autumn 2021 is true of it."
    ),
    "borough-half-year": (
        "Every partner's feeds of borough-2021 from 2021-04 to 2021-09 at a fifth of its volume, "
        "for tests; the presentation's figures do not hold in it."
    ),
    "street-rows": (
        "One valid police street file of 1,000,000 rows times the scale, for benchmarks."
    ),
}

#: Scenario name → the day after its last record, on which a rehearsal judges feeds late.
DAY_AFTER = {
    "borough-year": date(2021, 10, 1),
    "borough-2021": date(2022, 1, 1),
    "borough-half-year": date(2021, 10, 1),
}


def simulate(
    scenario: str,
    out: Path,
    *,
    seed: int = 2021,
    scale: float = 1.0,
    faults: bool = False,
    seeds: Path | None = None,
) -> SimulationTruth | BoroughTruth:
    """Writes one scenario's deliveries and their truth.

    Args:
        scenario: A name in `SCENARIOS`.
        out: Folder to write to; made when absent, earlier files are overwritten.
        seed: Same seed and scale, same bytes; another seed, other records.
        scale: Factor on every volume; 1 is the borough's usual volume.
        faults: Also write labelled bad inputs under `faults/` (not for street-rows).
        seeds: Folder with lsoa.csv and ward.csv; the project's own when not given.

    Returns:
        What was written, as a reader should find it.

    Raises:
        CspError: The scenario is unknown, the scale not positive, or faults do not exist for it.
    """
    _check(scenario, scale, faults)
    # Imported late, so that reading SCENARIOS (command-line help) costs nothing.
    from csp_simulator import (  # noqa: PLC0415
        borough_2021,
        borough_half_year,
        borough_year,
        street_rows,
    )
    from csp_simulator.places import load_borough  # noqa: PLC0415

    borough = load_borough(seeds or BOROUGH_SEEDS)
    truth: SimulationTruth | BoroughTruth
    if scenario == "street-rows":
        truth = street_rows.write(out, borough, seed=seed, scale=scale)
    elif scenario == "borough-2021":
        truth = borough_2021.write(out, borough, seed=seed, scale=scale, faults=faults)
    elif scenario == "borough-half-year":
        truth = borough_half_year.write(out, borough, seed=seed, scale=scale, faults=faults)
    else:
        truth = borough_year.write(out, borough, seed=seed, scale=scale, faults=faults)
    truth.save(out)
    return truth


def _check(scenario: str, scale: float, faults: bool) -> None:
    """Refuses what cannot be simulated."""
    if scenario not in SCENARIOS:
        raise CspError(f"There is no scenario {scenario!r}; there are: {', '.join(SCENARIOS)}.")
    if not 0 < scale < float("inf"):
        raise CspError(f"The scale must be a positive number, not {scale}.")
    if faults and scenario == "street-rows":
        raise CspError("There are no labelled bad inputs for street-rows.")


def __getattr__(name: str) -> object:
    """Gives `SimulationTruth` on first use, without importing Arrow at start."""
    if name == "SimulationTruth":
        from csp_simulator.truth import SimulationTruth  # noqa: PLC0415

        return SimulationTruth
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
