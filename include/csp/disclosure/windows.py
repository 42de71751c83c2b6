"""Windows over one series in time: which hidden ones the shown ones give away, exactly and fast.

Counts that add up over time are differences of a running total, so that what is known of windows
is a bound on differences, and the tightest bounds are shortest paths between the ends of months.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Window:
    """A count between two ends of months.

    Attributes:
        start, end: Places of the running total before its first and behind its last month.
        low, high: Between what it lies, by what is published of it.
    """

    start: int
    end: int
    low: float
    high: float


class TightWindows:
    """Tightest bounds on all windows of one series.

    Args:
        length: Number of months.
        windows: All windows that something is known of.
    """

    def __init__(self, length: int, windows: list[Window]) -> None:
        self.windows = windows
        places = length + 1
        most = np.full((places, places), math.inf)
        np.fill_diagonal(most, 0)
        for place in range(length):
            most[place + 1, place] = 0  # running totals never fall
        for window in windows:
            start, end = window.start, window.end
            most[start, end] = min(most[start, end], window.high)
            most[end, start] = min(most[end, start], -window.low)
        for middle in range(places):
            np.minimum(most, most[:, [middle]] + most[[middle], :], out=most)
        #: Running total at the second place less that at the first, at most.
        self.most = most

    def bounds(self, window: Window) -> tuple[float, float]:
        """Least and greatest value of a window."""
        return (
            -float(self.most[window.end, window.start]),
            float(self.most[window.start, window.end]),
        )

    def holding(self, window: Window) -> list[int]:
        """Windows whose published bounds hold this one where it is."""
        start, end = window.start, window.end
        found = []
        for index, other in enumerate(self.windows):
            a, b = other.start, other.end
            holds_up = self._is_on_path(start, end, a, b, other.high) or self._is_on_path(
                start, end, b, a, -other.low
            )
            holds_down = self._is_on_path(end, start, a, b, other.high) or self._is_on_path(
                end, start, b, a, -other.low
            )
            if holds_up or holds_down:
                found.append(index)
        return found

    def _is_on_path(self, start: int, end: int, a: int, b: int, weight: float) -> bool:
        length = float(self.most[start, a]) + weight + float(self.most[b, end])
        return length < math.inf and length == float(self.most[start, end])
