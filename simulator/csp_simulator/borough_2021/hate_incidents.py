"""Draws hate incidents as the register saves them: reported, followed up, now and then recast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.borough_2021 import cohesion_words as say
from csp_simulator.borough_2021.council_dispatch import (
    Records,
    Stage,
    days_in_months,
    later,
    optional,
    records,
    saved_on,
)
from csp_simulator.borough_2021.periods import months
from csp_simulator.draws import blanked, choose, joined, poisson_clipped, text, words
from csp_simulator.places import Borough
from csp_simulator.street_crime import crime_ids

YES_NO = ("N", "Y")
UNPLACED, NO_VICTIM, REPEAT_VICTIM, UNKNOWN_DAY = 0.12, 0.06, 0.12, 0.04
CRIME_WHEN_POLICE, CRIME_ELSEWHERE = 0.82, 0.4
SENT_LATE, FOLLOWED_UP, RECAST, SUPPORTED, NO_ACTION = 0.04, 0.55, 0.05, 0.55, 0.4


@dataclass(frozen=True)
class HateIncidents:
    """The register, and the day and strands of each incident.

    Attributes:
        records: Every version.
        reported_on: Day of the report of each incident.
        strands: Its strands.
    """

    records: Records
    reported_on: np.ndarray
    strands: pa.Array


def draw_hate_incidents(rng: np.random.Generator, borough: Borough, scale: float) -> HateIncidents:
    """Draws the incidents of the whole time."""
    reported = days_in_months(rng, _counts(rng, scale))
    n = len(reported)
    channels = choose(rng, list(say.CHANNELS.values()), n)
    happened = later(reported, -np.minimum(rng.geometric(0.45, n) - 1, 120))
    is_crime = rng.random(n) < np.where(channels == 0, CRIME_WHEN_POLICE, CRIME_ELSEWHERE)
    strands = _strands(rng, reported)
    points = borough.points["2021"]
    places = points.table["LSOA code"].combine_chunks().take(pa.array(points.draw(rng, n)))
    kinds = words(list(say.CRIME_TYPES), choose(rng, list(say.CRIME_TYPES.values()), n))
    first = {
        "hate_ref": joined("HC", text(np.arange(1, n + 1), width=6)),
        "occurred_on": optional(happened, rng.random(n) < UNKNOWN_DAY),
        "reported_on": reported,
        "channel": words(list(say.CHANNELS), channels),
        "strands": strands,
        "is_crime": words(YES_NO, is_crime.astype(int)),
        "crime_type": blanked(kinds, ~is_crime),
        "lsoa21_code": blanked(places, rng.random(n) < UNPLACED),
        "victim_token": _victims(rng, n),
        "support_referral": pa.nulls(n, pa.string()),
        "nfa_reason": pa.nulls(n, pa.string()),
    }
    return HateIncidents(_followed(rng, first, is_crime, kinds), reported, strands)


def _counts(rng: np.random.Generator, scale: float) -> list[int]:
    """Draws the incidents of each month, within the bounds at any scale."""
    return [
        int(
            np.clip(
                poisson_clipped(rng, say.HATE_SEASON[(month.month - 4) % 12] * scale),
                np.ceil(say.HATE_LEAST * scale),
                max(say.HATE_MOST * scale, 1),
            )
        )
        for month in months()
    ]


def _strands(rng: np.random.Generator, reported: np.ndarray) -> pa.Array:
    """Draws strands; antisemitic incidents are likelier in the month of their rise."""
    usual = np.array(list(say.STRANDS.values()))
    risen = usual * [say.ANTISEMITISM_RISE if "ANTI" in name else 1 for name in say.STRANDS]
    in_rise = reported.astype("datetime64[M]") == np.datetime64(say.ANTISEMITISM_MONTH, "M")
    n = len(reported)
    picked = np.where(in_rise, choose(rng, risen, n), choose(rng, usual, n))
    return words(list(say.STRANDS), picked)


def _victims(rng: np.random.Generator, n: int) -> pa.Array:
    """Draws pseudonyms; some people are harmed again."""
    own = np.arange(n)
    again = rng.random(n) < REPEAT_VICTIM
    who = np.where(again, (own * rng.random(n)).astype(np.int64), own)
    return blanked(crime_ids(rng, n).take(pa.array(who)), rng.random(n) < NO_VICTIM)


def _followed(
    rng: np.random.Generator, first: dict[str, object], is_crime: np.ndarray, kinds: pa.Array
) -> Records:
    """Saves each incident when reported, many when followed up, a few when recast as a crime."""
    reported = np.asarray(first["reported_on"])
    n = len(reported)
    late = rng.random(n) < SENT_LATE
    saved = saved_on(rng, later(reported, np.where(late, rng.integers(8, 31, n), 1)))
    followed = saved + rng.integers(7, 61, n).astype("timedelta64[D]")
    stopped = rng.random(n) < NO_ACTION
    reasons = words(list(say.NFA_REASONS), choose(rng, list(say.NFA_REASONS.values()), n))
    second = {
        **first,
        "support_referral": words(YES_NO, (rng.random(n) < SUPPORTED).astype(int)),
        "nfa_reason": blanked(reasons, ~stopped),
    }
    is_followed = rng.random(n) < FOLLOWED_UP
    recast = is_followed & ~is_crime & (rng.random(n) < RECAST * 5)
    third = {
        **second,
        "is_crime": pc.if_else(pa.array(recast), "Y", first["is_crime"]),
        "crime_type": pc.if_else(pa.array(recast), kinds, first["crime_type"]),
    }
    again = followed + rng.integers(5, 30, n).astype("timedelta64[D]")
    return records(
        Stage(first, saved),
        Stage(second, followed, is_followed),
        Stage(third, again, recast),
    )
