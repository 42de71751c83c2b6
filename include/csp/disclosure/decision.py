"""What may be shown of one cell: rounding, small counts, and what was published before."""

from __future__ import annotations

import math
from dataclasses import dataclass

from csp.disclosure.counts import (
    LEAST_DENOMINATOR,
    LEAST_SHOWN,
    NUMERATOR,
    PARTS,
    ROUNDED_TO,
    Counts,
    least_shown,
)


@dataclass(frozen=True)
class Earlier:
    """A cell of the publication before, and the exact counts behind it.

    Attributes:
        shown: What was published; nulls when hidden.
        exact: The counts of that day.
        rounded_from: The counts when what is shown was last decided.
    """

    shown: Counts
    is_suppressed: bool
    exact: Counts
    rounded_from: Counts


@dataclass(frozen=True)
class Decision:
    """What may be shown of a cell.

    Attributes:
        shown: Rounded counts; nulls when hidden.
        exact: The exact counts that this publication goes by.
        rounded_from: Those of the publication in which what is shown was decided.
        is_kept_apart: Whether what is shown stands for an earlier count, so that it may lie
            further from today's than rounding alone explains.
        is_revised: Whether the exact counts differ from those of the publication before.
        stands_still: Whether the KPI is published as it was, for want of a safe way to renew it.
    """

    shown: Counts
    is_suppressed: bool
    exact: Counts
    rounded_from: Counts
    is_kept_apart: bool = False
    is_revised: bool = False
    stands_still: bool = False


def limits_of(shown: float | None, part: str, *, is_share: bool = False) -> tuple[float, float]:
    """Between what a count lies of which this is shown; None for hidden.

    A share is hidden whole, so its numerator may be anything.
    """
    if shown is None:
        return (0.0 if is_share and part == NUMERATOR else 1.0), math.inf
    if shown == 0:
        return 0.0, 0.0
    half = ROUNDED_TO // 2
    return max(shown - half, float(least_shown(part))), shown + half


def lies_apart(shown: Counts, exact: Counts) -> bool:
    """Whether a count lies further from what is shown than rounding explains."""
    for part in PARTS:
        if (count := exact.part(part)) is not None:
            low, high = limits_of(shown.part(part), part)
            if not low <= count <= high:
                return True
    return False


def too_small(counts: Counts) -> bool:
    """Whether a count, or a share for its numerator or its denominator, must be hidden."""
    numerator, denominator = counts.known(NUMERATOR), counts.denominator
    return 0 < numerator < LEAST_SHOWN or (
        denominator is not None and 0 < denominator < LEAST_DENOMINATOR
    )


def has_moved(now: float | None, then: float | None) -> bool:
    """Whether a count is another than the one shown before: by five or more, or from or to zero."""
    if now is None or then is None:
        return now is not then
    return abs(now - then) >= ROUNDED_TO or (now == 0) != (then == 0)
