"""Draws enforcement actions (A2): kind, time, place, person and how each penalty will go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from csp_simulator.borough_2021.asb_cases import hotspot
from csp_simulator.borough_2021.asb_files import day, days_in, happens
from csp_simulator.borough_2021.asb_words import (
    AGES,
    ASB_WARNING,
    COVID,
    KINDS,
    LIVES,
    NITROUS_OXIDE,
    NITROUS_OXIDE_AGES,
    NITROUS_OXIDE_BOX,
)
from csp_simulator.borough_2021.london_times import to_utc
from csp_simulator.borough_2021.periods import (
    NITROUS_OXIDE_ORDER,
    SINCE_OCTOBER_2020,
    WHOLE,
    YEAR_TO_DATE,
    Period,
    month_end,
    months,
)
from csp_simulator.draws import choose, poisson_clipped
from csp_simulator.places import Borough

#: Exact numbers in the periods of the presentation.
NOX_NOTICES, NOX_CANCELLED, COVID_NOTICES, NOX_BOXES, WARNINGS = 46, 2, 27, 2, 127
AFTER_DECK = Period(date(2021, 11, 1), WHOLE.last)
BEFORE_APRIL_2021 = Period(WHOLE.first, date(2021, 3, 31))
BOX_TIME = Period(date(2021, 6, 1), date(2021, 7, 31))
COURT_FINE_LIMIT = 1000
HOURS = (3, 2, 1, 1, 0, 0, 1, 2, 3, 4, 5, 5, 5, 5, 6, 6, 6, 7, 7, 7, 7, 7, 6, 5)
PROSECUTED_LIFE, CANCELLED_LIFE = 3, 7


@dataclass(frozen=True)
class Actions:
    """Drawn actions in order of issue; `life` is the number in LIVES, -1 for other actions."""

    kind: np.ndarray
    issued: np.ndarray
    life: np.ndarray
    place: np.ndarray
    age: np.ndarray
    fine: np.ndarray
    is_offered: np.ndarray
    is_accepted: np.ndarray


ALL_KINDS = (*KINDS, ASB_WARNING, NITROUS_OXIDE, NITROUS_OXIDE_BOX, COVID)
NUMBER = {id(kind): number for number, kind in enumerate(ALL_KINDS)}


def of_kinds(test: str, value: str) -> np.ndarray:
    """For each kind, whether one of its fields has a value."""
    return np.array([getattr(kind, test) == value for kind in ALL_KINDS])


def draw_actions(rng: np.random.Generator, borough: Borough, scale: float) -> Actions:
    """Draws every action: usual kinds by the month, those of the presentation in exact numbers."""
    kind, days, is_forced_off, is_sure = _days(rng, scale)
    hour = choose(rng, HOURS, len(days))
    local = days.astype("datetime64[s]") + (hour * 3600 + rng.integers(3600, size=len(days)))
    order = np.argsort(local, kind="stable")
    kind, local = kind[order], local[order]
    issued, n = to_utc(local), len(order)
    is_penalty, is_nox = of_kinds("action", "FPN")[kind], of_kinds("order", "nox")[kind]
    weights = np.array([weight for weight, _ in LIVES])
    sure = weights * (np.arange(len(LIVES)) != CANCELLED_LIFE)
    life = np.where(is_sure[order], choose(rng, sure, n), choose(rng, weights, n))
    life = np.where(is_forced_off[order], CANCELLED_LIFE, life)
    age = np.where(is_nox, choose(rng, NITROUS_OXIDE_AGES, n), choose(rng, AGES, n))
    place = borough.points["2021"].draw(rng, n)
    place[is_nox & happens(rng, n, 0.35)] = hotspot(borough)
    # The first notice under the nitrous-oxide order came to court, for the highest fine.
    fine = 10 * rng.integers(12, 45, n)
    if len(first := np.flatnonzero(is_nox & is_sure[order])):
        life[first[0]], fine[first[0]] = PROSECUTED_LIFE, COURT_FINE_LIMIT
    is_referral = of_kinds("action", "REFERRAL_TX")[kind]
    offered = is_referral | (rng.random(n) < np.where(is_nox, 0.8, 0.15))
    accepted = offered & (rng.random(n) < np.where(is_referral, 0.55, 0.25))
    life = np.where(is_penalty, life, -1)
    return Actions(kind, issued, life, place, age, fine, offered, accepted)


def _days(
    rng: np.random.Generator, scale: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Kind and day of every action, whether it is surely cancelled, and whether surely not."""
    parts: list[tuple[int, np.ndarray, bool, bool]] = []
    for kind in KINDS:
        for first in months():
            count = poisson_clipped(rng, kind.a_month * scale)
            days = day(first) + rng.integers(month_end(first).day, size=count)
            parts.append((NUMBER[id(kind)], days, False, False))
    exact = (
        (ASB_WARNING, BEFORE_APRIL_2021, 192, False),
        (ASB_WARNING, YEAR_TO_DATE, WARNINGS, False),
        (ASB_WARNING, AFTER_DECK, 36, False),
        (NITROUS_OXIDE, NITROUS_OXIDE_ORDER, NOX_NOTICES, False),
        (NITROUS_OXIDE, NITROUS_OXIDE_ORDER, NOX_CANCELLED, True),
        (NITROUS_OXIDE, AFTER_DECK, 14, False),
        (NITROUS_OXIDE_BOX, BOX_TIME, NOX_BOXES, False),
        (NITROUS_OXIDE_BOX, AFTER_DECK, 1, False),
        (COVID, SINCE_OCTOBER_2020, COVID_NOTICES, False),
        (COVID, SINCE_OCTOBER_2020, 1, True),
    )
    for kind, period, count, is_off in exact:
        days = days_in(rng, period, max(1, round(count * scale)))
        if kind is NITROUS_OXIDE and period is NITROUS_OXIDE_ORDER and not is_off:
            days[0] = day(date(2021, 5, 1))
            days[1:] = np.maximum(days[1:], day(date(2021, 5, 2)))
        parts.append((NUMBER[id(kind)], days, is_off, not is_off))
    sizes = [len(days) for _, days, _, _ in parts]
    return (
        np.repeat([number for number, _, _, _ in parts], sizes),
        np.concatenate([days for _, days, _, _ in parts]),
        np.repeat([off for _, _, off, _ in parts], sizes),
        np.repeat([sure for _, _, _, sure in parts], sizes),
    )
