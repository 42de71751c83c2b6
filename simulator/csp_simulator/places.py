"""Places a record can lie in: the borough's LSOAs and, invented, those of its neighbours."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from csp.errors import CspError
from csp_simulator.data_files import Words, register
from csp_simulator.draws import choose
from csp_simulator.street_words import COMMA_LOCATION, COMMA_WARD, PLACE_TYPES, STREETS

say = Words("places")
WARD_FACTOR = say("ward_factor", dict[str, float])
LSOAS_PER_GROUP = 6
POINTS_PER_LSOA = 12
#: Spread of an LSOA's points about its centre in degrees (about 40 m each way).
LONGITUDE_SPREAD, LATITUDE_SPREAD = 0.0006, 0.0004
#: The list of map points is the same for every seed, as the real one is for every release.
POINT_LIST = 2013


class Neighbour(NamedTuple):
    """A neighbouring district in which LSOAs are invented.

    Attributes:
        first: First LSOA number of its usual range.
        lsoas: How many are invented.
    """

    district: str
    first: int
    lsoas: int
    longitude: float
    latitude: float


NEIGHBOURS = register("neighbours", Neighbour)


@dataclass(frozen=True)
class Lsoa:
    """A lower layer super output area; population in persons, centre in WGS84 degrees."""

    code: str
    name: str
    ward: str
    population: float
    longitude: float
    latitude: float


@dataclass(frozen=True)
class Points:
    """Map points that records are snapped to, with the chance of each in proportion to `weight`."""

    table: pa.Table
    weight: np.ndarray
    longitude: np.ndarray
    latitude: np.ndarray

    def draw(self, rng: np.random.Generator, n: int) -> np.ndarray:
        """Draws `n` points by their weight."""
        return choose(rng, self.weight, n)


@dataclass(frozen=True)
class Borough:
    """LSOAs of the borough by vintage, its ward names of 2020/21, and all its LSOA codes."""

    lsoas: dict[str, tuple[Lsoa, ...]]
    ward_names: dict[str, str]
    codes: frozenset[str]

    @cached_property
    def points(self) -> dict[str, Points]:
        """Points by pool: '2011', '2021', 'neighbours' (with the City) and 'city'."""
        around = neighbouring_lsoas(self.codes)
        city = tuple(area for area in around if area.name.startswith("City of London"))
        pools = {**self.lsoas, "neighbours": around, "city": city}
        return {pool: snap_points(areas) for pool, areas in pools.items()}


def load_borough(seeds: Path) -> Borough:
    """Reads lsoa.csv and ward.csv of the project's reference seeds.

    A code that is in both vintages with different best-fit wards is left out of the draw: the
    file does not say the vintage, so nobody could tell which ward was meant.
    """
    wards = {
        row["ward_code"]: row.get("ward_name_2019") or row["ward_name"]
        for row in _rows(seeds / "ward.csv")
    }
    rows = [row for row in _rows(seeds / "lsoa.csv") if row["ward_code"] in wards]
    ward_of: dict[str, set[str]] = {}
    for row in rows:
        ward_of.setdefault(row["lsoa_code"], set()).add(row["ward_code"])
    drawn = [row for row in rows if len(ward_of[row["lsoa_code"]]) == 1]
    people: dict[str, float] = {}
    for row in rows:
        if row["lsoa_vintage"] == "2011":
            people[row["ward_code"]] = people.get(row["ward_code"], 0) + _people(row)
    by_vintage = {}
    for vintage in ("2011", "2021"):
        chosen = [row for row in drawn if row["lsoa_vintage"] == vintage]
        by_vintage[vintage] = tuple(_lsoa(row, chosen, people) for row in chosen)
    return Borough(by_vintage, wards, frozenset(ward_of))


def _rows(path: Path) -> list[dict[str, str]]:
    """Reads one seed."""
    if not path.is_file():
        raise CspError(f"The simulator needs {path}; give the folder of the project's seeds.")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _people(row: dict[str, str]) -> float:
    """Gives the population of a seed row, 0 when it has none."""
    return float(row["population_mid2020"] or 0)


def _lsoa(row: dict[str, str], vintage: list[dict[str, str]], people: dict[str, float]) -> Lsoa:
    """Makes an LSOA; without a population of its own it has an equal part of its ward's."""
    beside = sum(other["ward_code"] == row["ward_code"] for other in vintage)
    return Lsoa(
        row["lsoa_code"],
        row["lsoa_name"],
        row["ward_code"],
        _people(row) or people[row["ward_code"]] / beside,
        float(row["longitude"]),
        float(row["latitude"]),
    )


def neighbouring_lsoas(taken: frozenset[str]) -> tuple[Lsoa, ...]:
    """Invents LSOAs of the neighbouring districts, none with a code of the borough."""
    rng = np.random.default_rng([POINT_LIST, len(NEIGHBOURS)])
    areas = []
    for district, first, count, longitude, latitude in NEIGHBOURS:
        for i in range(count):
            code = f"E01{first + i:06d}"
            name = f"{district} {1 + i // LSOAS_PER_GROUP:03d}{'ABCDEF'[i % LSOAS_PER_GROUP]}"
            east, north = rng.normal(0, (0.012, 0.007))
            if code not in taken:
                areas.append(Lsoa(code, name, "", 1700, longitude + east, latitude + north))
    return tuple(areas)


def snap_points(areas: tuple[Lsoa, ...]) -> Points:
    """Puts a few named points near the centre of every LSOA, some of them busier than others."""
    rng = np.random.default_rng([POINT_LIST, len(areas)])
    n = len(areas) * POINTS_PER_LSOA
    area = np.repeat(np.arange(len(areas)), POINTS_PER_LSOA)
    wards = np.array([lsoa.ward for lsoa in areas])
    longitude = np.array([lsoa.longitude for lsoa in areas])[area]
    latitude = np.array([lsoa.latitude for lsoa in areas])[area]
    longitude = longitude + rng.normal(0, LONGITUDE_SPREAD, n)
    latitude = latitude + rng.normal(0, LATITUDE_SPREAD, n)
    names = np.array([f"On or near {name}" for name in (*STREETS, *PLACE_TYPES)])
    location = names[rng.integers(len(names), size=n)].astype(object)
    location[np.flatnonzero(wards[area] == COMMA_WARD)[:1]] = COMMA_LOCATION
    busy = rng.lognormal(0, 0.5, len(areas))[area] / (1 + np.arange(n) % POINTS_PER_LSOA)
    factor = np.array([lsoa.population * WARD_FACTOR.get(lsoa.ward, 1) for lsoa in areas])[area]
    table = pa.table(
        {
            "Longitude": pa.array([f"{value:.6f}" for value in longitude]),
            "Latitude": pa.array([f"{value:.6f}" for value in latitude]),
            "Location": pa.array(location, pa.string()),
            "LSOA code": pa.array([lsoa.code for lsoa in areas]).take(pa.array(area)),
            "LSOA name": pa.array([lsoa.name for lsoa in areas]).take(pa.array(area)),
            "ward_code": pa.array([lsoa.ward for lsoa in areas]).take(pa.array(area)),
        }
    )
    return Points(table, busy * factor, longitude, latitude)
