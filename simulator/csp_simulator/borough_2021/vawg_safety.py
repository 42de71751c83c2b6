"""Draws Sanctuary works, one home sometimes twice, and VAWG training."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021 import vawg_words as say
from csp_simulator.borough_2021.council_dispatch import (
    Records,
    Stage,
    apportion,
    days_in_months,
    later,
    records,
    saved_on,
    scaled,
)
from csp_simulator.borough_2021.periods import LAST_12_MONTHS
from csp_simulator.borough_2021.prevent_work import chosen
from csp_simulator.draws import blanked, joined, text, words
from csp_simulator.street_crime import crime_ids

YES_NO = ("N", "Y")
STAYED, HARMED_AGAIN, KNOWN_AFTER_SIX_MONTHS, RECOUNTED = 0.87, 0.09, 0.9, 0.05
#: Days from the works to the question whether all is well: six months and a little more.
SIX_MONTHS = 184


def draw_installations(rng: np.random.Generator, scale: float) -> Records:
    """Draws the works of the whole time, and what was known of them six months later."""
    homes = days_in_months(rng, scaled(say.HOMES_A_MONTH, scale), weekdays=True)
    home, installed, is_upgrade = _with_upgrades(rng, homes)
    n = len(installed)
    surveyed = later(installed, -rng.integers(3, 15, n))
    household = rng.poisson(1.2, len(homes))
    first = {
        "install_id": joined("SI-", text(np.arange(1, n + 1), width=5)),
        "referral_on": later(surveyed, -rng.integers(1, 10, n)),
        "survey_on": surveyed,
        "install_on": installed,
        "measure_codes": pa.array(
            np.where(is_upgrade, "ALARM", np.array(chosen(rng, say.MEASURES, n), dtype=object)),
            pa.string(),
        ),
        "tenure": chosen(rng, say.TENURES, len(homes)).take(pa.array(home)),
        "risk": chosen(rng, say.RISKS, n),
        "home_token": crime_ids(rng, len(homes)).take(pa.array(home)),
        "household_children": household[home],
        "still_at_home_6m": pa.nulls(n, pa.string()),
        "repeat_incident_6m": pa.nulls(n, pa.string()),
    }
    asked = saved_on(rng, later(installed, SIX_MONTHS + rng.integers(1, 21, n)))
    second = {
        **first,
        "still_at_home_6m": words(YES_NO, (rng.random(n) < STAYED).astype(int)),
        "repeat_incident_6m": words(YES_NO, (rng.random(n) < HARMED_AGAIN).astype(int)),
    }
    return records(
        Stage(first, saved_on(rng, later(installed, rng.integers(0, 6, n)))),
        Stage(second, asked, rng.random(n) < KNOWN_AFTER_SIX_MONTHS),
    )


def _with_upgrades(
    rng: np.random.Generator, homes: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Home, day and kind of all works.

    Upgrades do not cross the edges of the presentation's period, so that the homes of the period
    are the same whether counted by their first works or by any works.
    """
    again = np.flatnonzero(rng.random(len(homes)) < say.UPGRADED)
    days = later(homes[again], rng.integers(20, 120, len(again)))
    edges = np.array(
        [LAST_12_MONTHS.first, LAST_12_MONTHS.last + timedelta(1)], dtype="datetime64[D]"
    )
    stays = np.searchsorted(edges, days, "right") == np.searchsorted(edges, homes[again], "right")
    again, days = again[stays], days[stays]
    home = np.concatenate([np.arange(len(homes)), again])
    installed = np.concatenate([homes, days])
    is_upgrade = np.arange(len(home)) >= len(homes)
    order = np.argsort(installed, kind="stable")
    return home[order], installed[order], is_upgrade[order]


def draw_training(rng: np.random.Generator, scale: float) -> Records:
    """Draws the training sessions; Ask for Angela reaches many venues, some of them twice."""
    fixed = [
        *(("CHAMPION", day, "COUNCIL", count) for day, count in say.CHAMPION_SESSIONS.items()),
        *say.OTHER_SESSIONS,
    ]
    venues = round(say.ANGELA_VENUES * scale) or 1
    twice = rng.choice(venues, min(round(say.ANGELA_TWICE * scale), venues), replace=False)
    venue = np.concatenate([np.arange(venues), twice])
    days = np.arange(np.datetime64(say.ANGELA_FIRST), np.datetime64(say.ANGELA_LAST + timedelta(1)))
    held = np.concatenate(
        [rng.choice(days[np.is_busday(days)], len(venue)), _days([day for _, day, _, _ in fixed])]
    )
    angela = apportion(rng, round(say.ANGELA_ATTENDEES * scale), len(venue))
    kinds = chosen(rng, say.VENUE_TYPES, venues).take(pa.array(venue)).to_pylist()
    order = np.argsort(held, kind="stable")
    held, take, n = held[order], pa.array(order), len(held)
    tokens = crime_ids(rng, venues + len(fixed))
    places = np.concatenate([venue, venues + np.arange(len(fixed))])
    programmes = ["ASK_FOR_ANGELA"] * len(venue) + [programme for programme, *_ in fixed]
    champions = pa.array([programme == "CHAMPION" for programme in programmes]).take(take)
    first = {
        "session_id": joined("VT-", text(np.arange(1, n + 1), width=5)),
        "date": held,
        "programme": pa.array(programmes).take(take),
        "venue_token": blanked(tokens.take(pa.array(places)).take(take), champions.to_numpy(False)),
        "venue_type": pa.array(kinds + [kind for _, _, kind, _ in fixed]).take(take),
        "attendees": np.concatenate([angela, [count for *_, count in fixed]])[order],
    }
    saved = saved_on(rng, later(held, rng.integers(0, 4, n)))
    corrected = rng.random(n) < RECOUNTED
    before = {**first, "attendees": np.maximum(first["attendees"] - corrected, 0)}
    again = saved + rng.integers(3, 30, n).astype("timedelta64[D]")
    return records(Stage(before, saved), Stage(first, again, corrected))


def _days(days: list[date]) -> np.ndarray:
    return np.array(days, dtype="datetime64[D]")
