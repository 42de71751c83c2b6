"""Published figures beside the partners' own: people of areas, and indicators of the borough."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from csp.project import BOROUGH_SEEDS
from csp_simulator.borough_2021.programme_words import (
    GROWTH,
    INDICATOR_COLUMNS,
    INDICATORS,
    POPULATION_COLUMNS,
    WORKDAY_FACTOR,
)
from csp_simulator.borough_2021.truth import FeedTruth
from csp_simulator.partner_files import csv_bytes, text_table

Row = dict[str, Any]
BOROUGH = "E09000030"
#: The year whose estimates were published a second time, and when.
REVISED, REVISED_ON = 2019, "2021-06"


def write_population(folder: Path) -> tuple[FeedTruth, dict[str, object]]:
    """Writes a file for each mid-year; one year was published again after a revision."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = areas()
    rows = 0
    for year, share in GROWTH.items():
        issues = {"": share * 0.995 if year == REVISED else share}
        if year == REVISED:
            issues[f"_released_{REVISED_ON}"] = share
        for suffix, factor in issues.items():
            table = population(listed, year, factor)
            rows += len(table)
            content = csv_bytes(text_table(table, POPULATION_COLUMNS), POPULATION_COLUMNS)
            (folder / f"population_estimates_{year}{suffix}.csv").write_bytes(content)
    truth = FeedTruth(len(GROWTH) + 1, rows, len(GROWTH) * (len(listed) + 1))
    people = sum(n for _, kind, n in listed if kind == "ward")
    return truth, {"R1.population_2020": people}


def areas() -> list[tuple[str, str, int]]:
    """Code, kind and residents in mid-2020 of the wards and of the LSOAs of 2011."""
    found = []
    for seed, kind in (("ward", "ward"), ("lsoa", "lsoa")):
        with (BOROUGH_SEEDS / f"{seed}.csv").open(encoding="utf-8-sig", newline="") as file:
            found += [
                (row[f"{seed}_code"], kind, int(row["population_mid2020"]))
                for row in csv.DictReader(file)
                if row["population_mid2020"]
            ]
    return found


def population(listed: Sequence[tuple[str, str, int]], year: int, factor: float) -> list[Row]:
    """The estimates of one year; the borough is the sum of its wards."""
    rows = []
    borough_residents = borough_workday = 0
    for code, kind, people in listed:
        residents = round(people * factor)
        workday = round(residents * WORKDAY_FACTOR.get(code, 0.8)) if kind == "ward" else None
        if workday is not None:
            borough_residents += residents
            borough_workday += workday
        vintage = "2014" if kind == "ward" else "2011"
        rows.append((code, kind, vintage, year, residents, workday))
    total = (BOROUGH, "borough", "2009", year, borough_residents, borough_workday)
    return [dict(zip(POPULATION_COLUMNS, row, strict=True)) for row in (total, *rows)]


def write_indicators(folder: Path) -> tuple[FeedTruth, dict[str, object]]:
    """Writes a file of published figures for each year."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = 0
    for place, year in enumerate(GROWTH):
        table = [
            {
                "indicator_code": code,
                "area_code": BOROUGH,
                "area_kind": "borough",
                "span_start": f"{year - years + 1}-01-01",
                "span_end": f"{year}-12-31",
                "value": values[place],
                "lower": round(values[place] - width, 1),
                "upper": round(values[place] + width, 1),
                "unit": unit,
                "publisher": publisher,
            }
            for code, unit, publisher, years, values, width in INDICATORS
        ]
        rows += len(table)
        content = csv_bytes(text_table(table, INDICATOR_COLUMNS), INDICATOR_COLUMNS)
        (folder / f"published_indicators_{year}.csv").write_bytes(content)
    last = {code: values[-1] for code, _, _, _, values, _ in INDICATORS}
    figures: dict[str, object] = {"K052": last["DRUG_DEATHS_3Y"], "K054": last["OCU_RATE"]}
    return FeedTruth(len(GROWTH), rows, rows), figures
