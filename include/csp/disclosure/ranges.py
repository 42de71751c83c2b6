"""Between which values a number can lie, given linear relations: the arithmetic of an attack.

A number is safe when two points are known that fulfil every relation and lie far enough apart in
it; each point is checked by plain arithmetic, so that an error of the solver cannot make a number
look safe. One point tells of all numbers at once, so few are needed for many numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from csp.errors import CspError

if TYPE_CHECKING:
    from collections.abc import Hashable

    from scipy.sparse import csr_array

#: One number for each of the numbers of some relations.
Point = NDArray[np.float64]
#: Stands for "no upper limit"; a thousand people more than anything shown is wide enough.
FAR = 1000.0
TOLERANCE = 1e-6
#: Numbers are looked at one by one when this many looks at all of them have shown nothing new.
IDLE_ROUNDS = 1


class UnsolvableError(CspError):
    """No numbers fulfil the relations."""

    def __init__(self) -> None:
        super().__init__("published counts contradict one another; see docs/decisions/0017")


@dataclass
class Narrow:
    """A number that can lie in a narrow interval only.

    Attributes:
        low, high: Its least and greatest whole value.
        binding: Numbers whose limits hold it there.
    """

    low: float
    high: float
    binding: list[int]


@dataclass(frozen=True)
class _System:
    """Relations of one kind: rows of weights, and what each comes to; nothing where none are."""

    weights: csr_array | None = None
    constants: Point | None = None


class Relations:
    """Numbers with limits, and linear relations between them."""

    def __init__(self) -> None:
        self.low: list[float] = []
        self.high: list[float] = []
        self.names: dict[Hashable, int] = {}
        self._equal: list[tuple[dict[int, float], float]] = []
        self._at_most: list[tuple[dict[int, float], float]] = []
        self._systems: tuple[_System, _System] | None = None

    def number(self, name: Hashable, low: float = 0, high: float = math.inf) -> int:
        """The index of a number; new ones get the limits."""
        if name not in self.names:
            self.names[name] = len(self.low)
            self.low.append(low)
            self.high.append(high)
        return self.names[name]

    def equal(self, terms: Mapping[int, float], constant: float = 0) -> None:
        """The terms add up to the constant."""
        self._equal.append((dict(terms), constant))

    def at_most(self, terms: Mapping[int, float], constant: float = 0) -> None:
        """The terms add up to the constant at most."""
        self._at_most.append((dict(terms), constant))

    def limits(self, index: int, low: float, high: float) -> None:
        """Give a number other limits."""
        self.low[index], self.high[index] = low, high

    def _system(self, rows: list[tuple[dict[int, float], float]]) -> _System:
        from scipy.sparse import csr_array  # noqa: PLC0415 - only who solves pays for SciPy

        if not rows:
            return _System()
        starts = np.cumsum([0, *(len(terms) for terms, _ in rows)])
        places = np.array([index for terms, _ in rows for index in terms], dtype=np.int32)
        weights = np.array([weight for terms, _ in rows for weight in terms.values()], dtype=float)
        shape = (len(rows), len(self.low))
        constants = np.array([constant for _, constant in rows], dtype=float)
        return _System(csr_array((weights, places, starts), shape=shape), constants)

    def solve(self, objective: Point) -> tuple[Point, Point]:
        """The point with the least objective, and which limits hold it there.

        Raises:
            UnsolvableError: There is none.
        """
        from scipy.optimize import linprog  # noqa: PLC0415

        if self._systems is None:
            self._systems = self._system(self._equal), self._system(self._at_most)
        equal, at_most = self._systems
        low, high = np.array(self.low), np.array(self.high)
        far = FAR + 10 * max((h for h in self.high if h < math.inf), default=FAR)
        bounds = np.column_stack([low, np.minimum(high, far)])
        found = linprog(
            objective,
            A_ub=at_most.weights,
            b_ub=at_most.constants,
            A_eq=equal.weights,
            b_eq=equal.constants,
            bounds=bounds,
            method="highs-ds",
        )
        is_within = found.x is not None and _lies_within(found.x, low, high)
        if not is_within or not _holds(found.x, equal, at_most):
            raise UnsolvableError
        holding = np.abs(found.lower.marginals) + np.abs(found.upper.marginals)
        return found.x, holding

    def solve_any(self) -> Point:
        """Any point that fulfils everything.

        Raises:
            UnsolvableError: There is none.
        """
        return self.solve(np.zeros(len(self.low)))[0]


def _lies_within(point: Point, low: Point, high: Point) -> bool:
    """Whether a point keeps to the limits, by plain arithmetic."""
    return bool((point >= low - TOLERANCE).all() and (point <= high + TOLERANCE).all())


def _holds(point: Point, equal: _System, at_most: _System) -> bool:
    """Whether a point fulfils the relations, by plain arithmetic."""
    return bool(
        (
            equal.weights is None
            or np.abs(equal.weights @ point - equal.constants).max() <= TOLERANCE
        )
        and (
            at_most.weights is None
            or (at_most.weights @ point - at_most.constants).max() <= TOLERANCE
        )
    )


class RangeFinder:
    """Tells which numbers can lie in a narrow interval only; remembers what it has seen.

    Args:
        relations: The relations. Limits may be loosened between calls, never tightened, so that a
            point once found stays one.
        width: What is narrower than this is narrow.
    """

    def __init__(self, relations: Relations, width: float) -> None:
        self.relations, self.width = relations, width
        self.lowest = np.full(len(relations.low), math.inf)
        self.highest = np.full(len(relations.low), -math.inf)
        self.solved = 0

    def _see(self, objective: Point) -> Point:
        point, holding = self.relations.solve(objective)
        self.solved += 1
        np.minimum(self.lowest, point, out=self.lowest)
        np.maximum(self.highest, point, out=self.highest)
        return holding

    def _is_wide(self, index: int) -> bool:
        if self.lowest[index] > self.highest[index]:
            return False
        low, high = self._whole(index)
        return high - low >= self.width

    def _whole(self, index: int) -> tuple[int, int]:
        """The least and the greatest whole value that a number was seen to come near."""
        return (
            math.ceil(self.lowest[index] - TOLERANCE),
            math.floor(self.highest[index] + TOLERANCE),
        )

    def narrow(self, targets: Sequence[int], most: int | None = None) -> dict[int, Narrow]:
        """The numbers among these that are narrow, each with its interval.

        Args:
            targets: Indexes of the numbers.
            most: Stop when so many are found.

        Raises:
            UnsolvableError: Nothing fulfils the relations.
        """
        found: dict[int, Narrow] = {}
        left = self._by_many(list(targets))
        for index in left:
            if len(found) == most:
                break
            if self._is_wide(index):
                continue
            holding = self._ends(index)
            if not self._is_wide(index):
                binding = [int(i) for i in np.flatnonzero(holding > TOLERANCE)]
                found[index] = Narrow(*self._whole(index), binding)
        return found

    def _by_many(self, targets: list[int]) -> list[int]:
        """Pull all numbers to and fro at once, for as long as that shows some of them to be wide.

        Directions are drawn, but always the same ones.
        """
        left = [index for index in targets if not self._is_wide(index)]
        draw, idle = np.random.default_rng(len(targets)), 0
        while left and idle < IDLE_ROUNDS:
            before = len(left)
            objective = np.zeros(len(self.lowest))
            objective[left] = draw.choice([-1.0, 1.0], before)
            for sign in (1.0, -1.0):
                self._see(sign * objective)
            left = [index for index in left if not self._is_wide(index)]
            idle = idle + 1 if len(left) == before else 0
        return left

    def _ends(self, index: int) -> Point:
        holding = np.zeros(len(self.lowest))
        for sign in (-1.0, 1.0):
            objective = np.zeros(len(self.lowest))
            objective[index] = sign
            holding += self._see(objective)
            if self._is_wide(index):
                break
        return holding
