"""What the scenario wrote, counted from the draw and not from the files."""

from __future__ import annotations

from dataclasses import dataclass, field


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
