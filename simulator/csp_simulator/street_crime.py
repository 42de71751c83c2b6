"""Draws one force's month of street crime and ASB, as rows of the published file.

Beside the published columns a drawn table has three of its own, never written to a file: `place`
(borough, outside or none), `ward_code` (of rows in the borough, else '') and `is_repeat` (the
second of two identical rows).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.draws import blanked, choose, poisson_clipped, words
from csp_simulator.places import Borough, Points
from csp_simulator.street_words import (
    ASB_SEASON,
    ASB_TYPE,
    CRIME_SEASON,
    CRIME_TYPES,
    DRUGS_TYPE,
    LOCKDOWN,
    NO_LOCATION,
    OUTCOMES,
    REPEATED,
    ROWS_A_MONTH,
    STATIONS,
    STREET_COLUMNS,
    Force,
)

PLACES = ("borough", "outside", "none")
#: First month in which a file mixes LSOA codes of 2011 and 2021, and the share of the new ones.
MIXED_FROM, SHARE_2021 = "2021-07", 0.5


@dataclass(frozen=True)
class Volume:
    """Distinct records to draw, by place (borough, outside, none)."""

    crimes: tuple[int, int, int]
    asb: tuple[int, int, int]


def month_volume(rng: np.random.Generator, force: Force, month: str, scale: float) -> Volume:
    """Draws how many records a force has in a month, by season and scale."""
    placed = ROWS_A_MONTH * force.share * scale * (1 - NO_LOCATION)
    calendar = int(month[5:]) - 1
    fewer, more = LOCKDOWN.get(month, (1, 1))
    parts = {}
    for kind, share, season in (
        ("crimes", 1 - force.asb, CRIME_SEASON[calendar] * fewer),
        ("asb", force.asb, ASB_SEASON[calendar] * more),
    ):
        mean = placed * share * season
        parts[kind] = [
            poisson_clipped(rng, mean * force.borough),
            poisson_clipped(rng, mean * (1 - force.borough)),
        ]
    unplaced = {kind: int(sum(n) * NO_LOCATION / (1 - NO_LOCATION)) for kind, n in parts.items()}
    (crimes, crimes_outside), (asb, asb_outside) = parts["crimes"], parts["asb"]
    return Volume((crimes, crimes_outside, unplaced["crimes"]), (asb, asb_outside, unplaced["asb"]))


def draw_records(
    rng: np.random.Generator, force: Force, month: str, volume: Volume, borough: Borough
) -> pa.Table:
    """Draws distinct records of one force and month in random order."""
    sizes = (*volume.crimes, *volume.asb)
    kind = rng.permutation(np.repeat(np.arange(6, dtype=np.int8), sizes))
    n = len(kind)
    place, is_asb = kind % 3, kind >= len(PLACES)
    types = choose(rng, force.types, n)
    types[is_asb] = ASB_TYPE
    where = _where(rng, force, month, place, borough)
    columns = {
        "Crime ID": blanked(crime_ids(rng, n), is_asb),
        "Month": pa.repeat(month, n),
        "Reported by": pa.repeat(force.name, n),
        "Falls within": pa.repeat(force.name, n),
        **{name: where[name] for name in where.column_names},
        "Crime type": words(CRIME_TYPES, types),
        "Last outcome category": blanked(_outcomes(rng, types), is_asb),
        "Context": pa.nulls(n, pa.string()),
        "place": words(PLACES, place),
        "is_repeat": pa.repeat(False, n),
    }
    return pa.table(columns).select([*STREET_COLUMNS, "place", "ward_code", "is_repeat"])


def draw_month(
    rng: np.random.Generator, force: Force, month: str, scale: float, borough: Borough
) -> pa.Table:
    """Draws a force's month as first released, with the few exact repeats a real file has."""
    volume = month_volume(rng, force, month, scale)
    distinct = draw_records(rng, force, month, volume, borough)
    crimes = np.flatnonzero(pc.is_valid(distinct["Crime ID"]).to_numpy())
    again = np.sort(rng.choice(crimes, int(len(crimes) * REPEATED), replace=False))
    repeats = distinct.take(pa.array(again))
    flag = repeats.schema.get_field_index("is_repeat")
    repeats = repeats.set_column(flag, "is_repeat", pa.repeat(True, len(again)))
    rows = pa.concat_tables([distinct, repeats])
    # A repeat stands somewhere below its first row.
    position = np.concatenate([np.arange(len(distinct)), rng.uniform(again, len(distinct))])
    return rows.take(pa.array(np.argsort(position, kind="stable"))).combine_chunks()


def crime_ids(rng: np.random.Generator, n: int) -> pa.Array:
    """Draws `n` Crime IDs of 64 lower-case hexadecimal characters."""
    letters = pa.py_buffer(rng.bytes(32 * n).hex().encode())
    ends = pa.py_buffer(np.arange(0, 64 * (n + 1), 64, dtype=np.int32))
    return pa.StringArray.from_buffers(n, ends, letters)


def _outcomes(rng: np.random.Generator, types: np.ndarray) -> pa.Array:
    """Draws the last outcome; drugs crimes have their own mix."""
    general, drugs = zip(*OUTCOMES.values(), strict=True)
    n = len(types)
    picked = np.where(types == DRUGS_TYPE, choose(rng, drugs, n), choose(rng, general, n))
    return words(list(OUTCOMES), picked)


def _where(
    rng: np.random.Generator, force: Force, month: str, place: np.ndarray, borough: Borough
) -> pa.Table:
    """Draws a map point for every record; a record without a location has none."""
    n = len(place)
    around = borough.points["city" if force.slug == "city-of-london" else "neighbours"]
    pools: list[Points] = [borough.points["2011"], borough.points["2021"], around]
    vintage = (rng.random(n) < SHARE_2021) & (month >= MIXED_FROM)
    pool = np.where(place == 0, vintage.astype(int), 2)
    starts = np.cumsum([0, *(points.table.num_rows for points in pools)])
    drawn = np.zeros(n, dtype=np.int64)
    for number, points in enumerate(pools):
        inside = pool == number
        drawn[inside] = starts[number] + points.draw(rng, int(inside.sum()))
    table = pa.concat_tables([points.table for points in pools]).combine_chunks()
    if force.slug == "btp":
        names = [f"On or near {STATIONS[i % len(STATIONS)]}" for i in range(table.num_rows)]
        at = table.schema.get_field_index("Location")
        table = table.set_column(at, "Location", pa.array(names))
    unplaced = place == PLACES.index("none")
    found = table.take(pa.array(drawn))
    blanks = {"Location": "No Location", "ward_code": ""}
    columns = {
        name: blanked(found[name].combine_chunks(), unplaced, by=blanks.get(name))
        for name in found.column_names
    }
    return pa.table(columns)
