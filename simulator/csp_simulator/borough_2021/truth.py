"""What the scenario wrote, counted from the draw and not from the files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from csp_simulator.truth import Fault, save_truth


@dataclass(frozen=True)
class FeedTruth:
    """One feed of the scenario.

    Attributes:
        files: Files and archive members written.
        rows: Rows in them, repeats and older versions included.
        current: Rows that a reader should find: newest version of each record, newest release of
            each period, newest snapshot of each register.
    """

    files: int
    rows: int
    current: int


@dataclass(frozen=True)
class DomainTruth:
    """One part of the scenario.

    Attributes:
        feeds: Feed id → what was written of it.
        figures: KPI id (`K021`, or `K021.by_ward`) → the figure that is true of what was drawn,
            for the presentation's period.
    """

    feeds: dict[str, FeedTruth] = field(default_factory=dict)
    figures: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class BoroughTruth:
    """Everything a reader of the deliveries should find; saved as truth.json."""

    seed: int
    scale: float
    feeds: dict[str, FeedTruth]
    figures: dict[str, object]
    faults: tuple[Fault, ...] = ()
    scenario: str = "borough-2021"
    label: str = "synthetic"

    def save(self, out: Path) -> None:
        """Writes truth.json and README.txt into `out`, beside the deliveries."""
        save_truth(self, out)
