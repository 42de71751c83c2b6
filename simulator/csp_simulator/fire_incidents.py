"""Draws a month of London Fire Brigade incidents, as rows of the published file.

Beside the published columns a drawn table has three of its own, never written to a file:
`in_borough`, `first_pump_seconds` (null without a first pump) and `sort_key` (day and second of
the call).
"""

from __future__ import annotations

from calendar import monthrange

import numpy as np
import pyarrow as pa

from csp_simulator.draws import blanked, choose, joined, poisson_clipped, text, words
from csp_simulator.fire_places import draw_where
from csp_simulator.fire_words import (
    ADDRESS_QUALIFIERS,
    CALLS_A_DAY,
    COST_BY_FINANCIAL_YEAR,
    FINANCIAL_YEAR_STARTS,
    FIRE_COLUMNS,
    FIRST_PUMP_MEDIAN,
    FIRST_PUMP_SIGMA,
    GROUP_SHARES,
    GROUPS,
    HOURS,
    LONG_JOB,
    LONGEST_SECONDS,
    NO_FIRST_PUMP,
    NO_SECOND_PUMP,
    NO_UPRN,
    NO_USRN,
    NOT_GEOCODED,
    PROPERTY_CATEGORIES,
    PROPERTY_TYPES,
    SPECIAL_SERVICES,
    STOP_CODES,
    THIRD_PUMP,
)
from csp_simulator.places import Borough

DRAWN_COLUMNS = (*FIRE_COLUMNS, "in_borough", "first_pump_seconds", "sort_key")
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: The local hour that does not exist, where a month of the scenarios has one: day, hour.
CLOCKS_FORWARD = {"2021-03": (28, 1)}


def draw_incidents(
    rng: np.random.Generator, month: str, scale: float, borough: Borough, *, late: bool = False
) -> pa.Table:
    """Draws a month's incidents in order of call.

    Args:
        rng: Random stream of this month.
        month: Such as 2021-06.
        scale: Factor on 280 calls a day over London.
        borough: Wards and points to place incidents at.
        late: Number them as incidents that a later release adds, so that no number is twice.
    """
    days = monthrange(int(month[:4]), int(month[5:]))[1]
    n = poisson_clipped(rng, CALLS_A_DAY * days * scale)
    group = choose(rng, GROUP_SHARES, n)
    category = _category(rng, group)
    dwelling = category == list(PROPERTY_CATEGORIES).index("Dwelling")
    where = draw_where(rng, dwelling, borough)
    columns = _call(rng, month, days, n, late=late)
    columns |= _kind(rng, group, category)
    columns |= _property_references(rng, dwelling, where["IncGeo_WardCode"])
    columns |= {name: where[name].combine_chunks() for name in where.column_names}
    columns |= _attendance(rng, month, columns)
    return pa.table(columns).select(DRAWN_COLUMNS)


def _call(
    rng: np.random.Generator, month: str, days: int, n: int, *, late: bool
) -> dict[str, pa.Array]:
    """Draws date, local time and number; dates are written 01 Jan 2009."""
    year, number = int(month[:4]), int(month[5:])
    day = rng.integers(1, days + 1, n)
    hour = choose(rng, HOURS, n)
    gap_day, gap_hour = CLOCKS_FORWARD.get(month, (0, 0))
    hour = np.where((day == gap_day) & (hour == gap_hour), hour + 1, hour)
    key = np.sort((day * 24 + hour) * 3600 + rng.integers(3600, size=n))
    day, hour, rest = key // 86400, key // 3600 % 24, key % 3600
    # Numbers run through the year; late ones take the odd numbers in between.
    start = (number - 1) * 31 * CALLS_A_DAY
    serial = (2 * (start + np.arange(n)) + late) % 1_000_000
    date = joined(text(day, width=2), f" {MONTH_NAMES[number - 1]} {year}")
    clock = joined(*(text(part, width=2) for part in (hour, rest // 60, rest % 60)), by=":")
    return {
        "IncidentNumber": joined(
            text(serial, width=6), "-", text(day, width=2), f"{number:02d}{year}"
        ),
        "DateOfCall": date,
        "CalYear": pa.repeat(str(year), n),
        "TimeOfCall": clock,
        "HourOfCall": text(hour),
        "NumCalls": joined(text(rng.geometric(0.72, n)), ".0"),
        "sort_key": pa.array(key),
    }


def _category(rng: np.random.Generator, group: np.ndarray) -> np.ndarray:
    """Draws the property category by incident group."""
    category = np.zeros(len(group), dtype=np.int64)
    for number in range(len(GROUPS)):
        chosen = group == number
        weights = [weight[number] for weight in PROPERTY_CATEGORIES.values()]
        category[chosen] = choose(rng, weights, int(chosen.sum()))
    return category


def _kind(rng: np.random.Generator, group: np.ndarray, category: np.ndarray) -> dict[str, pa.Array]:
    """Draws stop code, special service and property type to go with group and category."""
    n = len(group)
    stop, kind = np.full(n, "", dtype=object), np.full(n, "", dtype=object)
    for number, name in enumerate(GROUPS):
        chosen = group == number
        codes = STOP_CODES[name]
        drawn = choose(rng, list(codes.values()), int(chosen.sum()))
        stop[chosen] = np.array(list(codes), dtype=object)[drawn]
    for number, name in enumerate(PROPERTY_CATEGORIES):
        chosen = category == number
        types = PROPERTY_TYPES[name]
        drawn = choose(rng, 1 / np.arange(1, len(types) + 1), int(chosen.sum()))
        kind[chosen] = np.array(types, dtype=object)[drawn]
    special = words(list(SPECIAL_SERVICES), choose(rng, list(SPECIAL_SERVICES.values()), n))
    qualifier = choose(rng, list(ADDRESS_QUALIFIERS.values()), n)
    return {
        "IncidentGroup": words(GROUPS, group),
        "StopCodeDescription": pa.array(stop, pa.string()),
        "SpecialServiceType": blanked(special, group != GROUPS.index("Special Service"), by="NULL"),
        "PropertyCategory": words(list(PROPERTY_CATEGORIES), category),
        "PropertyType": pa.array(kind, pa.string()),
        "AddressQualifier": words(list(ADDRESS_QUALIFIERS), qualifier),
    }


def _property_references(
    rng: np.random.Generator, dwelling: np.ndarray, ward: pa.ChunkedArray
) -> dict[str, pa.Array]:
    """Invents UPRN (0.0 for dwellings, often blank) and USRN, written as decimals."""
    n = len(ward)
    uprn = joined(text(rng.integers(900_000_000_000, 999_999_999_999, n)), ".0")
    usrn = joined(text(rng.integers(90_000_000, 99_999_999, n)), ".0")
    uprn = blanked(uprn, dwelling, by="0.0")
    return {
        "UPRN": blanked(uprn, ~dwelling & (rng.random(n) < NO_UPRN)),
        "USRN": blanked(usrn, rng.random(n) < NO_USRN),
    }


def _attendance(
    rng: np.random.Generator, month: str, so_far: dict[str, pa.Array]
) -> dict[str, pa.Array]:
    """Draws the pumps: seconds to arrive, stations, numbers, minutes and notional cost."""
    station = so_far["IncidentStationGround"]
    n = len(station)
    border = np.array(so_far["FRS"].to_numpy(zero_copy_only=False) != "London")
    none = border | (rng.random(n) < (NO_FIRST_PUMP - NOT_GEOCODED) / (1 - NOT_GEOCODED))
    alone = none | (rng.random(n) < (NO_SECOND_PUMP - NO_FIRST_PUMP) / (1 - NO_FIRST_PUMP))
    first = FIRST_PUMP_MEDIAN * np.exp(rng.normal(0, FIRST_PUMP_SIGMA, n))
    first = np.clip(np.rint(first), 1, LONGEST_SECONDS).astype(np.int64)
    second = np.minimum(first + 1 + rng.geometric(1 / 80, n), LONGEST_SECONDS)
    pumps = np.where(alone, 1, 2 + (rng.random(n) < THIRD_PUMP))
    minutes = 60 * pumps + np.where(rng.random(n) < LONG_JOB, rng.integers(1, 240, n), 0)
    financial_year = int(month[:4]) - (month[5:] < FINANCIAL_YEAR_STARTS)
    cost = -(-minutes * COST_BY_FINANCIAL_YEAR.get(financial_year, 352) // 60)

    def decimal(numbers: np.ndarray) -> pa.Array:
        return joined(text(numbers), ".0")

    return {
        "FirstPumpArriving_AttendanceTime": blanked(decimal(first), none),
        "FirstPumpArriving_DeployedFromStation": blanked(station, none),
        "SecondPumpArriving_AttendanceTime": blanked(decimal(second), alone, by="NULL"),
        "SecondPumpArriving_DeployedFromStation": blanked(station, alone, by="NULL"),
        "NumStationsWithPumpsAttending": decimal(np.maximum(pumps - 1, 1)),
        "NumPumpsAttending": decimal(pumps),
        "PumpCount": text(pumps),
        "PumpMinutesRounded": decimal(minutes),
        "Notional Cost (£)": decimal(cost),
        "first_pump_seconds": pa.array(first, mask=none),
    }
