"""Draws civil-protection incidents, and counts them for the presentation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from csp_simulator.borough_2021.civil_words import (
    DISTRICTS,
    INCIDENT_TYPES,
    INCIDENTS,
    LEVEL_SHARES,
    LEVELS,
    MONTH_FACTOR,
    OVER_MIDNIGHT,
    WHARF,
)
from csp_simulator.borough_2021.periods import WHOLE
from csp_simulator.draws import choose, seasonal_days, stream
from csp_simulator.places import Borough

TYPES = tuple(INCIDENT_TYPES)
DAY, MINUTE = np.timedelta64(1, "D"), np.timedelta64(1, "m")
NEVER = np.datetime64("NaT", "s")
#: Sites lie further apart than any two declarations of one incident.
APART_DEGREES, NEAR_DEGREES = 0.0050, 0.0003
MAJOR = LEVELS.index("MAJOR")


@dataclass
class Declarations:
    """One element a declaration; `of` is the incident it is of, and equals `own` for the first."""

    own: np.ndarray
    of: np.ndarray
    reported: np.ndarray
    kind: np.ndarray
    level: np.ndarray
    responded: np.ndarray
    numbers: dict[str, np.ndarray]
    times: dict[str, np.ndarray]

    @property
    def is_first(self) -> np.ndarray:
        """Whether the declaration is the first of its incident."""
        return self.own == self.of


def sites(borough: Borough) -> list[tuple[float, float, str]]:
    """Places of the borough too far apart to be taken for one, away from the fixture's."""
    chosen = [(WHARF[2], WHARF[1], WHARF[3])]
    for lsoa in borough.lsoas["2011"]:
        near = (
            abs(lsoa.longitude - x) * 0.62 + abs(lsoa.latitude - y) < APART_DEGREES
            for x, y, _ in chosen
        )
        if not any(near):
            chosen.append((lsoa.longitude, lsoa.latitude, lsoa.ward))
    return chosen[1:]


def draw_declarations(borough: Borough, *, seed: int, scale: float) -> Declarations:
    """Draws every declaration in order of report, second declarations of an incident included."""
    rng = stream(seed, "civil", "incident")
    reported, responded, doubled = _reports(rng, scale)
    n = len(reported)
    kind = choose(rng, [part[0] for part in INCIDENT_TYPES.values()], n)
    level = choose(rng, LEVEL_SHARES, n)
    level = np.where(responded, level, np.minimum(level, MAJOR - 1))
    place = rng.permutation(len(spots := sites(borough)))[np.arange(n) % len(spots)]
    numbers = {
        "longitude": np.array([spot[0] for spot in spots])[place],
        "latitude": np.array([spot[1] for spot in spots])[place],
        "ward": np.array([int(spot[2][1:]) for spot in spots])[place],
        "district": rng.integers(len(DISTRICTS), size=n),
    }
    typical = np.array([part[3] for part in INCIDENT_TYPES.values()])[kind]
    people = np.where(level > 0, rng.poisson(typical), 0)
    numbers |= {"evacuated": people, "displaced": people // 3}
    numbers |= {"minor": rng.poisson(0.4, n), "serious": rng.binomial(1, 0.06, n)}
    numbers |= {"requests": np.where(level == MAJOR, 1 + rng.poisson(3, n), 0)}
    numbers |= {"acm": np.zeros(n, dtype=np.int64)}
    _fixtures(reported, kind, level, responded, numbers)
    times = _times(rng, reported, level, people)
    drawn = Declarations(
        np.arange(n), np.arange(n), reported, kind, level, responded, numbers, times
    )
    return _declare_again(rng, drawn, doubled)


def _reports(rng: np.random.Generator, scale: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draws when incidents were reported, which had a response, which are declared twice."""
    parts = []
    for first, last, n, for_information, twice in INCIDENTS.values():
        begin = np.datetime64(first) + (first != WHOLE.first and first.day == 31)  # noqa: PLR2004
        end = np.datetime64(last) - (3 if last == WHOLE.last else last.day == 1)
        counts = [round(part * scale) for part in (n, for_information, twice)]
        total = counts[0] + counts[1]
        days = seasonal_days(rng, begin, end, MONTH_FACTOR, total)
        answered = rng.permutation(np.arange(total) >= counts[1])
        again = np.zeros(total, dtype=bool)
        again[rng.permutation(np.flatnonzero(answered))[: counts[2]]] = True
        parts.append((days, answered, again))
    days, responded, doubled = (np.concatenate(part) for part in zip(*parts, strict=True))
    clock = rng.integers(2 * 60, 23 * 60, len(days)) * MINUTE
    reported = days.astype("datetime64[s]") + clock
    order = np.argsort(reported)
    return reported[order], responded[order], doubled[order]


def _fixtures(
    reported: np.ndarray,
    kind: np.ndarray,
    level: np.ndarray,
    responded: np.ndarray,
    numbers: dict[str, np.ndarray],
) -> None:
    """Turns two drawn incidents of the last twelve months into the named ones."""
    answered = responded & (reported >= np.datetime64(INCIDENTS["in"][0]))
    for at, name in ((WHARF[0], "FIRE_RESIDENTIAL"), (OVER_MIDNIGHT, "UTILITY_WATER")):
        distance = np.where(answered, np.abs((reported - np.datetime64(at)).astype(int)), 1 << 60)
        row = int(np.argmin(distance))
        answered[row] = False
        reported[row], kind[row], level[row] = np.datetime64(at), TYPES.index(name), 1
        if at == WHARF[0]:
            level[row] = MAJOR
            numbers["latitude"][row], numbers["longitude"][row] = WHARF[1:3]
            numbers["ward"][row] = int(WHARF[3][1:])
            numbers["district"][row] = DISTRICTS.index("E14")
            for what, said in (("evacuated", 120), ("displaced", 45), ("requests", 14)):
                numbers[what][row] = said
            numbers["acm"][row] = 1


def _times(
    rng: np.random.Generator, reported: np.ndarray, level: np.ndarray, people: np.ndarray
) -> dict[str, np.ndarray]:
    """Draws the times of the response; each step is at or after the one before it."""
    n = len(reported)

    def later(base: np.ndarray, low: int, high: int, known: np.ndarray) -> np.ndarray:
        return np.where(known, base + rng.integers(low, high, n) * MINUTE, NEVER)

    every = np.ones(n, dtype=bool)
    start = later(reported, 4, 55, every)
    shelter = (level > 0) & (people >= 20)  # noqa: PLR2004
    opened = later(start, 30, 150, shelter)
    return {
        "declared": later(reported, 2, 50, level > 0),
        "start": start,
        "opened": opened,
        "closed": later(opened, 120, 700, shelter),
        "lalo": later(start, 10, 60, level > 0),
        "gold": later(start, 30, 120, level == MAJOR),
        "down": later(start, 800, 2400, level == MAJOR),
        "over": later(start, 60, 1000, level < MAJOR),
    }


def _declare_again(
    rng: np.random.Generator, drawn: Declarations, doubled: np.ndarray
) -> Declarations:
    """Adds second declarations: by another team, a little later and a little way off."""
    drawn.times["down"] = np.where(
        np.isnat(drawn.times["down"]), drawn.times["over"], drawn.times["down"]
    )
    del drawn.times["over"]
    again = np.flatnonzero(doubled)
    every = np.concatenate([drawn.own, again])
    is_again = np.arange(len(every)) >= len(drawn.own)
    delay = np.where(is_again, rng.integers(10, 40, len(every)), 0) * MINUTE
    order = np.argsort(drawn.reported[every] + delay, kind="stable")
    every, is_again, delay = every[order], is_again[order], delay[order]
    rank = np.empty(len(drawn.own), dtype=np.int64)
    rank[every[~is_again]] = np.flatnonzero(~is_again)
    numbers = {name: values[every].copy() for name, values in drawn.numbers.items()}
    for name in ("longitude", "latitude"):
        numbers[name] += np.where(is_again, NEAR_DEGREES, 0)
    numbers["requests"] *= ~is_again
    return Declarations(
        own=np.arange(len(every)),
        of=rank[every],
        reported=drawn.reported[every] + delay,
        kind=drawn.kind[every],
        level=np.where(is_again, 0, drawn.level[every]),
        responded=drawn.responded[every],
        numbers=numbers,
        times={name: values[every] + delay for name, values in drawn.times.items()},
    )


def incident_figures(drawn: Declarations, first: date, last: date) -> dict[str, object]:
    """Figures of the incidents with a response that were reported in a period."""
    local = drawn.reported.astype("datetime64[D]")
    counted = drawn.is_first & drawn.responded
    counted &= (local >= np.datetime64(first)) & (local <= np.datetime64(last))
    minutes = (drawn.times["start"] - drawn.reported).astype("timedelta64[m]").astype(int)

    def count(values: np.ndarray, names: tuple[str, ...]) -> dict[str, int]:
        found = np.bincount(values[counted], minlength=len(names))
        return {name: int(n) for name, n in zip(names, found, strict=True) if n}

    wards, rows = np.unique(drawn.numbers["ward"][counted], return_counts=True)
    return {
        "K090": int(counted.sum()),
        "K090.by_ward": {f"E{w:08d}": int(n) for w, n in zip(wards, rows, strict=True)},
        "K091.by_type": count(drawn.kind, TYPES),
        "K091.by_level": count(drawn.level, LEVELS),
        "K092.rest_centres": int((counted & ~np.isnat(drawn.times["opened"])).sum()),
        "K092.households": int(drawn.numbers["displaced"][counted].sum()),
        "K093": int(drawn.numbers["requests"][counted].sum()),
        "K094": float(np.median(minutes[counted])),
        "K094.by_quarter": _by_quarter(drawn, minutes),
    }


def _by_quarter(drawn: Declarations, minutes: np.ndarray) -> dict[str, float]:
    """Median minutes from report to response by the calendar quarter's first month."""
    counted = drawn.is_first & drawn.responded
    month = drawn.reported.astype("datetime64[M]").astype(int)
    quarters = np.unique(month[counted] // 3)
    return {
        str(np.datetime64(int(quarter) * 3, "M")): float(
            np.median(minutes[counted & (month // 3 == quarter)])
        )
        for quarter in quarters
    }
