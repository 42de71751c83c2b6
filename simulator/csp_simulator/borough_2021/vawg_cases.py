"""Draws referrals to VAWG services and the cases of the MARAC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021 import vawg_words as say
from csp_simulator.borough_2021.council_dispatch import (
    Records,
    Stage,
    days_in_months,
    later,
    optional,
    records,
    saved_on,
)
from csp_simulator.borough_2021.periods import WHOLE, months
from csp_simulator.borough_2021.prevent_work import chosen
from csp_simulator.draws import blanked, joined, poisson_clipped, text, words
from csp_simulator.street_crime import crime_ids

YES_NO = ("N", "Y")
REFERRED_AGAIN, WITHOUT_SCORE, ENGAGED, MISSED_REPEAT = 0.2, 0.18, 0.7, 0.04
WITHOUT_NEEDS, SENT_LATE, DAYS_OF_A_YEAR = 0.15, 0.05, 365
#: A person comes back to the conference after 2 to 24 meetings, within the year.
LONGEST_GAP_IN_MEETINGS = 24
MISSED_IN_MINUTES = 0.03
CORRECTED_MEETINGS = (10, 31, 52)


def draw_referrals(rng: np.random.Generator, scale: float) -> Records:
    """Draws the referrals of the whole time: received, then taken up or not, and closed."""
    received = days_in_months(rng, _demand(rng, scale))
    n = len(received)
    since = received >= np.datetime64(say.SOLACE_FROM)
    before = chosen(rng, say.SERVICES_BEFORE, n).to_numpy(zero_copy_only=False)
    after = chosen(rng, say.SERVICES_SINCE, n).to_numpy(zero_copy_only=False)
    people = _people(rng, n)
    engaged = rng.random(n) < ENGAGED
    engaged_on = later(received, rng.integers(1, 15, n))
    closed_on = later(received, 20 + rng.integers(0, 140, n))
    nobody = np.ones(n, dtype=bool)
    first = {
        "referral_id": joined("VR-", text(np.arange(1, n + 1), width=6)),
        "received_on": received,
        "service": pa.array(np.where(since, after, before), pa.string()),
        "source": chosen(rng, say.SOURCES, n),
        "risk": optional(rng.binomial(24, 0.52, n), rng.random(n) < WITHOUT_SCORE),
        "victim_token": crime_ids(rng, n).take(pa.array(people)),
        "engaged_on": optional(engaged_on, nobody),
        "closed_on": optional(closed_on, nobody),
        "repeat_12m": words(YES_NO, _seen_before(rng, people, received).astype(int)),
        "needs": blanked(chosen(rng, say.NEEDS, n), rng.random(n) < WITHOUT_NEEDS),
    }
    taken_up = {**first, "engaged_on": optional(engaged_on, ~engaged)}
    closed = {**taken_up, "closed_on": closed_on}
    saved = saved_on(rng, later(received, np.where(rng.random(n) < SENT_LATE, 12, 0)))
    taken_up_at = np.maximum(saved, saved_on(rng, engaged_on)) + np.timedelta64(3600, "s")
    return records(
        Stage(first, saved),
        Stage(taken_up, taken_up_at, engaged),
        Stage(closed, saved_on(rng, later(closed_on, rng.integers(1, 8, n)))),
    )


def _demand(rng: np.random.Generator, scale: float) -> list[int]:
    """Draws the referrals of each month; demand grows, and rose under lockdown."""
    means = [
        (say.REFERRALS_AT_FIRST + say.GROWTH_A_MONTH * number) * say.LOCKDOWNS.get(month, 1)
        for number, month in enumerate(months())
    ]
    return [max(poisson_clipped(rng, mean * scale), 1) for mean in means]


def _people(rng: np.random.Generator, n: int) -> np.ndarray:
    """Draws who is referred: somebody new, or somebody of the referrals shortly before."""
    own = np.arange(n)
    back = own - rng.integers(1, max(n // 4, 2), n)
    return np.where((rng.random(n) < REFERRED_AGAIN) & (back >= 0), back, own)


def _seen_before(rng: np.random.Generator, people: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Whether the same person was referred in the year before, as services mostly notice."""
    order = np.lexsort((days, people))
    same = np.concatenate([[False], np.diff(people[order]) == 0])
    gap = np.concatenate([[0], np.diff(days[order]).astype(int)])
    seen = np.zeros(len(people), dtype=bool)
    seen[order] = same & (gap <= DAYS_OF_A_YEAR)
    return seen & (rng.random(len(people)) >= MISSED_REPEAT)


@dataclass(frozen=True)
class Meeting:
    """One meeting of the conference.

    Attributes:
        day: Its day.
        issues: Its minutes as sent: the first issue and, for a few, a corrected one.
        people: Number of the person of each case of the newest issue.
    """

    day: date
    issues: tuple[pa.Table, ...]
    people: np.ndarray


def draw_meetings(rng: np.random.Generator, scale: float) -> list[Meeting]:
    """Draws every meeting; about a third of its cases were heard within the year before."""
    meetings: list[Meeting] = []
    tokens = crime_ids(rng, int(say.CASES_A_MEETING * scale * 100) + 100)
    new = 0
    for number in range((WHOLE.last - say.FIRST_MEETING).days // say.MEETING_EVERY + 1):
        day = say.FIRST_MEETING + timedelta(number * say.MEETING_EVERY)
        n = max(poisson_clipped(rng, say.CASES_A_MEETING * scale), 2)
        recent = [m.people for m in meetings[-LONGEST_GAP_IN_MEETINGS:-1]]
        pool = np.unique(np.concatenate(recent)) if recent else np.zeros(0, dtype=np.int64)
        last = meetings[-1].people if meetings else pool
        pool = np.setdiff1d(pool, last)
        repeats = rng.binomial(n, say.REPEAT_SHARE)
        in_record = round(repeats * min(number / say.MEETINGS_A_YEAR, 1))
        back = rng.choice(pool, min(in_record, len(pool)), replace=False)
        people = np.concatenate([back, np.arange(new, new + n - len(back))])
        new += n - len(back)
        # In the first year some come back from before the record begins.
        known = np.arange(n) < max(repeats, len(back))
        minutes = _minutes(rng, day, tokens.take(pa.array(people)), known)
        order = pa.array(rng.permutation(n))
        minutes, people = minutes.take(order), people[order.to_numpy()]
        issues: tuple[pa.Table, ...] = (minutes,)
        if number in CORRECTED_MEETINGS:
            issues, people = (minutes, minutes.slice(1)), people[1:]
        meetings.append(Meeting(day, issues, people))
    return meetings


def _minutes(rng: np.random.Generator, day: date, tokens: pa.Array, known: np.ndarray) -> pa.Table:
    """Writes the minutes of one meeting."""
    n = len(tokens)
    diversity = chosen(rng, say.DIVERSITY, n)
    said = known & (rng.random(n) >= MISSED_IN_MINUTES)
    return pa.table(
        {
            "meeting_date": pa.repeat(pa.scalar(day, pa.date32()), n),
            "case_token": tokens,
            "repeat_flag": words(YES_NO, said.astype(int)),
            "children_count": np.minimum(rng.poisson(1.3, n), 9),
            "diversity_codes": blanked(diversity, np.array(diversity) == ""),
            "actions": 1 + rng.poisson(4, n),
            "referring_agency": chosen(rng, say.AGENCIES, n),
        }
    )
