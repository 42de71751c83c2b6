"""Draws one force's month of stop and search, as rows of the published file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021.periods import month_end
from csp_simulator.borough_2021.police_words import (
    AGES,
    ETHNICITIES,
    GENDERS,
    OBJECTS,
    SEARCH_COLUMNS,
    SEARCH_HOURS,
    SEARCH_OUTCOMES,
    SEARCH_TYPES,
    SEARCHES,
    TRI_STATE,
)
from csp_simulator.draws import blanked, choose, words
from csp_simulator.places import Borough
from csp_simulator.street_words import Force

#: Months on whose first midnight London is an hour ahead of UTC.
SUMMER = range(4, 11)
HOUR, DAY = 3600, 86_400
NO_POSITION, TWICE, LATE = 0.08, 0.006, 0.005


def draw_searches(
    rng: np.random.Generator, force: Force, month: date, scale: float, borough: Borough
) -> pa.Table:
    """Draws searches in order of time; `late` marks the few that only re-issues hold.

    `place` says where the search was: borough, outside or none.
    """
    mean, inside = SEARCHES[force.slug]
    n = max(1, int(rng.poisson(mean * scale)))
    at = np.sort(_times(rng, n, month))
    ethnicity = choose(rng, [weight for _, weight in ETHNICITIES.values()], n)
    purpose = choose(rng, [weight for _, weight in OBJECTS.values()], n)
    outcome = choose(rng, list(SEARCH_OUTCOMES.values()), n)
    found = (outcome > 0) & (rng.random(n) < 0.7)  # noqa: PLR2004 - most outcomes are linked
    unknown = rng.random(n) < 0.6  # noqa: PLR2004 - most files leave it blank
    drawn = {
        "Type": _drawn(rng, SEARCH_TYPES, n),
        "Date": pa.array([f"{text}+00:00" for text in np.datetime_as_string(at, "s")]),
        "Part of a policing operation": words(TRI_STATE, choose(rng, (95, 0, 5), n)),
        "Policing operation": pa.nulls(n, pa.string()),
        **_positions(rng, force, n, inside, borough),
        "Gender": _drawn(rng, GENDERS, n),
        "Age range": _drawn(rng, AGES, n),
        "Self-defined ethnicity": words(list(ETHNICITIES), ethnicity),
        "Officer-defined ethnicity": words([seen for seen, _ in ETHNICITIES.values()], ethnicity),
        "Legislation": words([law for law, _ in OBJECTS.values()], purpose),
        "Object of search": words(list(OBJECTS), purpose),
        "Outcome": words(list(SEARCH_OUTCOMES), outcome),
        "Outcome linked to object of search": words(TRI_STATE, np.where(unknown, 2, found)),
        "Removal of more than just outer clothing": words(TRI_STATE, choose(rng, (30, 2, 68), n)),
        "late": pa.array(rng.random(n) < LATE),
    }
    rows = pa.table(drawn).select([*SEARCH_COLUMNS, "place", "late"])
    # Two people searched together may be recorded alike to the letter.
    position = np.concatenate([np.arange(n), rng.choice(n, int(n * TWICE), replace=False)])
    return rows.take(pa.array(np.sort(position))).combine_chunks()


def _drawn(
    rng: np.random.Generator, weights: Mapping[str, float] | Mapping[str | None, float], n: int
) -> pa.Array:
    """Draws words by their weight."""
    return words(list(weights), choose(rng, list(weights.values()), n))


def _times(rng: np.random.Generator, n: int, month: date) -> np.ndarray:
    """Draws instants in UTC that lie in the local month, most of them in the evening."""
    after = month_end(month) + timedelta(1)
    begin, end = (_local_midnight(day) for day in (month, after))
    days = (after - month).days
    seconds = (
        rng.integers(days, size=n) * DAY
        + choose(rng, SEARCH_HOURS, n) * HOUR
        + rng.integers(HOUR // 60, size=n) * 60
    )
    at = begin + seconds.astype("timedelta64[s]")
    return np.minimum(at, end - np.timedelta64(1, "m"))


def _local_midnight(first: date) -> np.datetime64:
    """The first midnight of a month in London, in UTC."""
    ahead = np.timedelta64(HOUR if first.month in SUMMER else 0, "s")
    return np.datetime64(first, "s") - ahead


def _positions(
    rng: np.random.Generator, force: Force, n: int, inside: float, borough: Borough
) -> dict[str, pa.Array]:
    """Draws map points in and around the borough; some searches have none."""
    around = borough.points["city" if force.slug == "city-of-london" else "neighbours"]
    pools = (borough.points["2011"], around)
    outside = (rng.random(n) >= inside).astype(int)
    drawn = [pool.draw(rng, n) for pool in pools]
    starts = (0, pools[0].table.num_rows)
    at = np.where(outside, starts[1] + drawn[1], drawn[0])
    table = pa.concat_tables([pool.table for pool in pools]).combine_chunks()
    found = table.take(pa.array(at))
    blank = rng.random(n) < NO_POSITION
    place = np.where(blank, 2, outside)
    columns = {
        name: blanked(found[name].combine_chunks(), blank) for name in ("Latitude", "Longitude")
    }
    return {**columns, "place": words(("borough", "outside", "none"), place)}
