"""How much the control room sees in each month; the presentation's quarter is met exactly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from csp_simulator.borough_2021.cctv_words import LOCKDOWN, SEASON
from csp_simulator.borough_2021.periods import Q1, Period, month_end, months
from csp_simulator.draws import stream

#: Of the presentation's quarter, April to June 2021: log entries, criminal incidents and the
#: arrests they led to, wanted vehicles linked to serious crime and the arrests made from them.
QUARTER = {"entries": 3500, "criminal": 254, "arrests": 43, "vehicles": 42, "vehicle_arrests": 12}
#: Arrests that follow incidents of no criminal type, in an ordinary quarter.
OTHER_ARRESTS = 4
#: Vehicles a day that are on a list for lesser reasons.
LESSER_VEHICLES_A_DAY = 5.5
#: Criminal incidents for each evidence package, and the share of requests that end in one.
INCIDENTS_A_PACKAGE, PACKAGE_SHARE = 6.5, 0.78


@dataclass(frozen=True)
class MonthPlan:
    """What is drawn of one month.

    Attributes:
        first: Its first day.
        entries: Log entries, criminal or not.
        criminal: Criminal incidents among them.
        arrests: Arrests on those.
        other_arrests: Arrests on the others.
        vehicles: Vehicle-days linked to serious crime.
        vehicle_arrests: Arrests on those.
        lesser_vehicles: Vehicle-days of other reasons.
        requests: Requests for footage of the month.
    """

    first: date
    entries: int
    criminal: int
    arrests: int
    other_arrests: int
    vehicles: int
    vehicle_arrests: int
    lesser_vehicles: int
    requests: int

    @property
    def period(self) -> Period:
        """The month."""
        return Period(self.first, month_end(self.first))

    @property
    def name(self) -> str:
        """The month as a random stream is named after it."""
        return f"{self.first:%Y-%m}"

    @property
    def previous(self) -> date:
        """First day of the month before."""
        return (self.first - timedelta(1)).replace(day=1)


def busyness(first: date) -> float:
    """How busy a month's streets are, 1 in an ordinary one."""
    return SEASON[first.month - 1] * LOCKDOWN.get(f"{first:%Y-%m}", 1.0)


def shared_out(total: int, weights: list[float]) -> list[int]:
    """Shares a whole number out by weights, with nothing left over."""
    edges = np.round(np.cumsum(weights) / np.sum(weights) * total).astype(int)
    return np.diff([0, *edges]).tolist()


def month_plans(*, seed: int, scale: float) -> list[MonthPlan]:
    """Plans every month of the scenario."""
    firsts = list(months())
    drawn = {first: _drawn(first, seed, scale) for first in firsts}
    quarter = [first for first in firsts if first in Q1]
    weights = [busyness(first) for first in quarter]
    for what, total in QUARTER.items():
        parts = shared_out(max(1, round(total * scale)), weights)
        for first, part in zip(quarter, parts, strict=True):
            drawn[first][what] = part
    return [_plan(first, drawn[first], seed, scale) for first in firsts]


def month_plan(first: date, *, seed: int, scale: float) -> MonthPlan:
    """Plans one ordinary month, of the scenario or not."""
    return _plan(first, _drawn(first, seed, scale), seed, scale)


def _drawn(first: date, seed: int, scale: float) -> dict[str, int]:
    """Draws the counts of an ordinary month."""
    rng = stream(seed, "cctv", "volume", f"{first:%Y-%m}")
    means = {what: total / 3 * scale * busyness(first) for what, total in QUARTER.items()}
    return {what: int(rng.poisson(mean)) for what, mean in means.items()}


def _plan(first: date, counts: dict[str, int], seed: int, scale: float) -> MonthPlan:
    rng = stream(seed, "cctv", "more-volume", f"{first:%Y-%m}")
    days = month_end(first).day
    entries = max(counts["entries"], counts["criminal"])
    requests = round(counts["criminal"] / INCIDENTS_A_PACKAGE / PACKAGE_SHARE)
    has_criminal, has_vehicles = counts["criminal"] > 0, counts["vehicles"] > 0
    return MonthPlan(
        first=first,
        entries=entries,
        criminal=counts["criminal"],
        arrests=counts["arrests"] * has_criminal,
        other_arrests=int(rng.poisson(OTHER_ARRESTS / 3 * scale)) * (entries > counts["criminal"]),
        vehicles=counts["vehicles"],
        vehicle_arrests=counts["vehicle_arrests"] * has_vehicles,
        lesser_vehicles=int(rng.poisson(LESSER_VEHICLES_A_DAY * days * scale)),
        requests=requests,
    )


def spread_arrests(
    rng: np.random.Generator, arrests: int, among: np.ndarray, n: int, *, alone: float
) -> np.ndarray:
    """Arrests of each of `n` rows: `arrests` in all, on some of the rows `among`.

    Args:
        rng: The random stream.
        arrests: Arrests in all.
        among: Rows that may have some.
        n: Rows.
        alone: Rows with an arrest for each arrest; below 1, some rows have several.
    """
    count = np.zeros(n, dtype=int)
    if arrests and len(among):
        rows = rng.choice(among, min(len(among), max(1, round(arrests * alone))), replace=False)
        count[rows] = 1
        np.add.at(count, rng.choice(rows, arrests - len(rows)), 1)
    return count
