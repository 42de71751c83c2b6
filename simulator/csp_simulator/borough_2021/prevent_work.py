"""Draws Prevent sessions, which make the presentation's figures, and the suppressed totals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021 import cohesion_words as say
from csp_simulator.borough_2021.council_dispatch import (
    Records,
    Stage,
    apportion,
    days_in_months,
    later,
    optional,
    records,
    saved_on,
    scaled,
    within,
)
from csp_simulator.borough_2021.periods import H1, YEAR_TO_DATE, Period
from csp_simulator.draws import blanked, choose, joined, text, words

AUDIENCES = ("FRONTLINE", "SCHOOL_STAFF", "PUPIL", "PARENT", "COMMUNITY")
SCHOOL_AUDIENCES = ("SCHOOL_STAFF", "PUPIL")
#: Mean attendees where the presentation does not fix the total.
USUAL_ATTENDEES = 19
WITH_FORMS, FORMS_LATE, SECOND_PRODUCT = 0.8, 0.35, 0.4
#: Unique reference numbers that no school has.
FIRST_URN = 900_001


def draw_sessions(rng: np.random.Generator, scale: float) -> Records:
    """Draws the sessions of the whole time."""
    trained, supported = round(say.PREVENT_TRAINED * scale), round(say.SCHOOL_SUPPORTED * scale)
    kinds = (
        _sessions(rng, scaled(say.FRONTLINE_SESSIONS, scale), (0,), {YEAR_TO_DATE: trained}),
        _sessions(rng, scaled(say.SCHOOL_SESSIONS, scale), (1, 2), {H1: supported}),
        _sessions(rng, scaled(say.OTHER_SESSIONS, scale), (3, 4), {}),
    )
    held, audience, attendees = (np.concatenate(parts) for parts in zip(*kinds, strict=True))
    order = np.argsort(held, kind="stable")
    held, audience, attendees = held[order], audience[order], attendees[order]
    n = len(held)
    first_or_second = (rng.random(n) < SECOND_PRODUCT).astype(int)
    products = [product for name in AUDIENCES for product in say.PRODUCTS[name]]
    before = np.round(rng.uniform(1.8, 3.2, n), 1)
    has_forms = rng.random(n) < WITH_FORMS
    late_forms = has_forms & (rng.random(n) < FORMS_LATE)
    urn = joined(text(FIRST_URN + rng.integers(0, say.SCHOOLS, n)))
    after = np.minimum(np.round(before + rng.uniform(0.4, 1.7, n), 1), 5)
    first = {
        "session_id": joined("PS-", text(np.arange(1, n + 1), width=5)),
        "date": held,
        "audience": words(AUDIENCES, audience),
        "product": words(products, audience * 2 + first_or_second),
        "attendees": attendees,
        "school_urn": blanked(urn, ~np.isin(audience, (1, 2))),
        "confidence_pre": optional(before, ~has_forms),
        "confidence_post": optional(after, ~has_forms | late_forms),
    }
    saved = saved_on(rng, later(held, rng.integers(0, 4, n)))
    second = {**first, "confidence_post": optional(after, ~has_forms)}
    counted = saved + rng.integers(10, 45, n).astype("timedelta64[D]")
    return records(Stage(first, saved), Stage(second, counted, late_forms))


def _sessions(
    rng: np.random.Generator,
    counts: Sequence[int],
    audiences: Sequence[int],
    totals: dict[Period, int],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days, audiences and attendees of one kind of session; in a period they make its total."""
    held = days_in_months(rng, counts, weekdays=True)
    attendees = 2 + rng.poisson(USUAL_ATTENDEES - 2, len(held))
    for period, total in totals.items():
        inside = within(held, period.first, period.last)
        attendees[inside] = apportion(rng, total, int(inside.sum()))
    return held, rng.choice(audiences, len(held)), attendees


def draw_totals(rng: np.random.Generator, quarter: str, scale: float) -> pa.Table:
    """Draws the totals of one quarter; counts of 1 to 4 are suppressed by the sender."""
    means = np.outer(list(say.SECTORS.values()), list(say.CONCERNS.values())).ravel() * scale
    referred = rng.poisson(means)
    discussed = rng.binomial(referred, 0.45)
    adopted = rng.binomial(discussed, 0.5)
    n = len(means)
    sectors = np.repeat(np.arange(len(say.SECTORS)), len(say.CONCERNS))
    concerns = np.tile(np.arange(len(say.CONCERNS)), len(say.SECTORS))
    counts = dict(zip(say.REFERRAL_COLUMNS[3:], (referred, discussed, adopted), strict=True))
    return pa.table(
        {
            "quarter": pa.repeat(quarter, n),
            "sector": words(list(say.SECTORS), sectors),
            "concern_type": words(list(say.CONCERNS), concerns),
            **{
                name: optional(count, (count > 0) & (count < say.LEAST_SHOWN))
                for name, count in counts.items()
            },
        }
    )


def quarters() -> list[str]:
    """Quarters of the scenario."""
    named = [(2019 + i // 4, 1 + i % 4) for i in range(1, 12)]
    return [f"{year}Q{quarter}" for year, quarter in named]


def revised_totals(totals: pa.Table) -> pa.Table:
    """The totals with one more referral to the largest sector, as corrected later."""
    counts = totals["referrals"].to_pylist()
    top = max(range(len(counts)), key=lambda i: counts[i] or 0)
    counts[top] = (counts[top] or say.LEAST_SHOWN) + 1
    at = totals.schema.get_field_index("referrals")
    return totals.set_column(at, "referrals", pa.array(counts, pa.int64()))


def chosen(rng: np.random.Generator, shares: dict[str, float], n: int) -> pa.Array:
    """Draws words by their share."""
    return words(list(shares), choose(rng, list(shares.values()), n))
