"""MPS counts of the London Datastore: wide files by ward and borough, and the dashboard's files.

One archive a quarter holds the release of its last month. The counts follow the street crimes that
were drawn, so both agree in order of magnitude; about 3 % of the offences have no ward.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021.periods import months
from csp_simulator.borough_2021.police_words import (
    CATEGORY_LENGTH,
    DASHBOARD_COLUMNS,
    DASHBOARD_KNIFE,
    DASHBOARD_OTHER,
    HACKNEY_FIRST_WARD,
    HACKNEY_WARDS,
    MPS_CATEGORIES,
    WITHOUT_WARD,
)
from csp_simulator.borough_2021.truth import FeedTruth
from csp_simulator.borough_year import published
from csp_simulator.draws import stream
from csp_simulator.partner_files import csv_bytes, write_archive
from csp_simulator.places import Borough

WARD_FILE = "MPS Ward Level Crime (most recent 24 months).csv"
BOROUGH_FILE = "MPS Borough Level Crime (most recent 24 months).csv"
DASHBOARD_FILE = "M1045_MonthlyCrimeDashboard_{}CrimeData.csv"
FULL_MONTHS, DASHBOARD_MONTHS, MONTHS_A_QUARTER = 24, 12, 3
#: Share of the offences that the oldest column, a stub, still holds.
STUB = 0.0006
SOLVED = 0.08
#: A row before its columns are named.
Cells = tuple[object, ...]
BOROUGHS = {"Tower Hamlets": "E09000030", "Hackney": "E09000012"}


@dataclass(frozen=True)
class _Counts:
    """Offences by month, ward and category, and by month, borough and category."""

    wards: list[tuple[str, str, str]]
    by_ward: dict[str, np.ndarray]
    by_borough: dict[str, np.ndarray]


def write(
    folder: Path, borough: Borough, recorded: dict[str, dict[str, int]], *, seed: int
) -> dict[str, FeedTruth]:
    """Writes one archive a quarter.

    Args:
        folder: Folder to write to.
        borough: The borough.
        recorded: Crimes in the borough by month and ward, which the counts follow.
        seed: Seed of the scenario.
    """
    folder.mkdir(parents=True, exist_ok=True)
    counts = _draw(borough, recorded, seed)
    names = [f"{first:%Y-%m}" for first in months()]
    releases = names[MONTHS_A_QUARTER - 1 :: MONTHS_A_QUARTER]
    wide = {"mps_ward_crime": 0, "mps_borough_crime": 0}
    dashboard_rows, dashboard_newest = 0, {}
    for release in releases:
        until = names[: names.index(release) + 1]
        shown = until[-FULL_MONTHS - 1 :]
        stub = shown[0] if len(shown) > FULL_MONTHS else None
        ward, by_borough = _wide(counts, shown, stub)
        wide["mps_ward_crime"] += len(ward) * len(shown)
        wide["mps_borough_crime"] += len(by_borough) * len(shown)
        members = {
            WARD_FILE: csv_bytes(ward, ward.column_names),
            BOROUGH_FILE: csv_bytes(by_borough, by_borough.column_names),
        }
        for kind, rows in _dashboard(counts, until[-DASHBOARD_MONTHS:], release, seed).items():
            members[DASHBOARD_FILE.format(kind)] = csv_bytes(rows, DASHBOARD_COLUMNS)
            dashboard_rows += len(rows)
            for cell in (
                rows.group_by(["Offence Group", "Month_Year"])
                .aggregate([([], "count_all")])
                .to_pylist()
            ):
                key = cell["Offence Group"], cell["Month_Year"]
                dashboard_newest[key] = cell["count_all"]
        archive = folder / f"MPS Recorded Crime {release}.zip"
        write_archive(members, archive, published=published(release))
    lines = {"mps_ward_crime": len(ward), "mps_borough_crime": len(by_borough)}
    feeds = {f: FeedTruth(len(releases), wide[f], lines[f] * len(names)) for f in wide}
    current = sum(dashboard_newest.values())
    feeds["mps_crime_dashboard"] = FeedTruth(3 * len(releases), dashboard_rows, current)
    return feeds


def _draw(borough: Borough, recorded: dict[str, dict[str, int]], seed: int) -> _Counts:
    """Draws the counts of every month once, so that releases agree."""
    own = sorted(borough.ward_names)
    wards = [(borough.ward_names[code], code, "Tower Hamlets") for code in own]
    wards += [
        (name, f"E05{HACKNEY_FIRST_WARD + i:06d}", "Hackney")
        for i, name in enumerate(HACKNEY_WARDS)
    ]
    weights = np.array([weight for _, _, weight in MPS_CATEGORIES])
    weights = weights / weights.sum()
    by_ward, by_borough = {}, {}
    for month, found in recorded.items():
        rng = stream(seed, "mps-counts", month)
        totals = [found.get(code, 0) for code in own]
        usual = sum(totals) / len(own)
        totals += list(rng.poisson(usual * 0.9, len(HACKNEY_WARDS)))
        by_ward[month] = counted = np.array([rng.multinomial(n, weights) for n in totals])
        in_wards = [counted[: len(own)].sum(axis=0), counted[len(own) :].sum(axis=0)]
        share = WITHOUT_WARD / (1 - WITHOUT_WARD)
        placed = []
        for known in in_wards:
            unplaced = round(known.sum() * share)
            placed.append(known + rng.multinomial(unplaced, known / max(known.sum(), 1)))
        unknown = rng.poisson(weights * usual * 0.5)
        by_borough[month] = np.array([*placed, unknown])
    return _Counts(wards, by_ward, by_borough)


def _wide(counts: _Counts, shown: list[str], stub: str | None) -> tuple[pa.Table, pa.Table]:
    """Gives the ward and the borough file: one line an area and category, one column a month."""
    majors = [major for major, _, _ in MPS_CATEGORIES]
    minors = [minor[:CATEGORY_LENGTH] for _, minor, _ in MPS_CATEGORIES]
    areas = {
        "ward": [
            {"WardName": n, "WardCode": c, "LookUp_BoroughName": b} for n, c, b in counts.wards
        ],
        "borough": [{"BoroughName": name} for name in (*BOROUGHS, "Unknown")],
    }
    tables = []
    for kind, values in (("ward", counts.by_ward), ("borough", counts.by_borough)):
        listed = areas[kind]
        columns: dict[str, object] = {
            "MajorText": [major for major in majors for _ in listed],
            "MinorText": [minor for minor in minors for _ in listed],
        }
        for name in listed[0]:
            columns[name] = [area[name] for area in listed] * len(majors)
        for month in shown:
            counted = values[month]
            if month == stub:
                counted = (counted * STUB).round().astype(int)
            columns[month.replace("-", "")] = counted.T.ravel()
        tables.append(pa.table(columns))
    return tables[0], tables[1]


def _dashboard(counts: _Counts, shown: list[str], release: str, seed: int) -> dict[str, pa.Table]:
    """Gives the three files of a release: all notifiable offences, other crime, knife crime."""
    year, month = published(release)
    refreshed = f"06/{month:02d}/{year}"
    rows: dict[str, list[Cells]] = {"TNO": [], "Other": [], "Knife": []}
    for name in shown:
        rng = stream(seed, "mps-dashboard", name)
        first = date.fromisoformat(f"{name}-01")
        for number, (area, code) in enumerate(BOROUGHS.items()):
            place = ("Borough", area, area, code)
            tno = zip(MPS_CATEGORIES, counts.by_borough[name][number], strict=True)
            rows["TNO"] += _measured(
                rng, first, place, ((g.upper(), s.upper(), int(n)) for (g, s, _), n in tno)
            )
            other = (
                (group, kind, int(rng.poisson(mean)))
                for group, kinds in DASHBOARD_OTHER.items()
                for kind, mean in kinds.items()
            )
            rows["Other"] += _measured(rng, first, place, other)
        rows["Knife"] += _knife(rng, first, counts)
    return {
        kind: pa.Table.from_pylist(
            [dict(zip(DASHBOARD_COLUMNS, (*row, refreshed), strict=True)) for row in listed]
        )
        for kind, listed in rows.items()
    }


def _knife(rng: np.random.Generator, first: date, counts: _Counts) -> list[Cells]:
    """Knife crime of wards, and of boroughs as the sum of their wards."""
    listed: list[Cells] = []
    for borough, code in BOROUGHS.items():
        wards = [ward for ward in counts.wards if ward[2] == borough]
        drawn = {
            kind: rng.multinomial(rng.poisson(mean), [1 / len(wards)] * len(wards))
            for kind, mean in DASHBOARD_KNIFE.items()
        }
        whole = (("Knife Crime", kind, int(n.sum())) for kind, n in drawn.items())
        listed += _measured(rng, first, ("Borough", borough, borough, code), whole)
        for number, (name, ward, _) in enumerate(wards):
            place = ("Safer Neighbourhood Teams", f"{borough} {name}", name, ward)
            each = (("Knife Crime", kind, int(n[number])) for kind, n in drawn.items())
            listed += _measured(rng, first, place, each)
    return listed


def _measured(
    rng: np.random.Generator,
    first: date,
    place: tuple[str, ...],
    counted: Iterable[tuple[str, str, int]],
) -> list[Cells]:
    """Rows of offences and of positive outcomes; what did not happen has no row."""
    start = first.year if first.month >= 4 else first.year - 1  # noqa: PLR2004 - April
    year = f"{start % 100}-{(start + 1) % 100}"
    index = (first.month - 4) % 12 + 1
    rows: list[Cells] = []
    for group, kind, offences in counted:
        solved = int(rng.binomial(offences, SOLVED))
        for measure, n in (("Offences", offences), ("Positive Outcomes", solved)):
            if n:
                month = f"{first:%d/%m/%Y}"
                rows.append(
                    (month, *place, group, kind, measure, f"fy{year}", f"{year}_{index:02d}", n)
                )
    return rows
