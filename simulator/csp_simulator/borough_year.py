"""Scenario borough-year: twelve months of police and fire deliveries, each month re-issued once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from csp_simulator.bad_inputs import write_faults
from csp_simulator.draws import stream
from csp_simulator.fire_incidents import draw_incidents
from csp_simulator.fire_words import FIRE_COLUMNS
from csp_simulator.partner_files import csv_bytes, write_archive, write_csv
from csp_simulator.places import Borough
from csp_simulator.revisions import revise_fire, revise_street
from csp_simulator.street_crime import Volume, draw_month, draw_records
from csp_simulator.street_words import FORCES, STREET_COLUMNS, Force
from csp_simulator.truth import (
    Fault,
    FireMonth,
    SimulationTruth,
    StreetMonth,
    count_street,
    fire_month,
    street_month,
)

MONTHS = (
    *(f"2020-{month}" for month in (10, 11, 12)),
    *(f"2021-{month:02d}" for month in range(1, 10)),
)


def write(out: Path, borough: Borough, *, seed: int, scale: float, faults: bool) -> SimulationTruth:
    """Writes the year's deliveries and, when asked for, the labelled bad inputs."""
    police = _write_police(out / "deliveries" / "police", borough, seed, scale)
    fire, _ = write_fire(out / "deliveries" / "fire", borough, MONTHS, seed=seed, scale=scale)
    injected: tuple[Fault, ...] = ()
    if faults:
        injected = write_faults(out, borough, seed=seed, scale=scale)
    return SimulationTruth("borough-year", seed, scale, "synthetic", police, fire, injected)


def member_name(month: str, force: Force) -> str:
    """Gives the name data.police.uk gives a force's street file."""
    return f"{month}-{force.slug}-street.csv"


def _write_police(
    folder: Path, borough: Borough, seed: int, scale: float
) -> tuple[StreetMonth, ...]:
    """Writes one archive a release and counts every force's month in its newest release."""
    truth: dict[tuple[str, str], StreetMonth] = {}
    earlier: dict[str, pa.Table] = {}
    crlf = int(stream(seed, "crlf").integers(len(MONTHS)))
    folder.mkdir(parents=True, exist_ok=True)
    for number, release in enumerate(MONTHS):
        members: dict[str, bytes] = {}
        for force in FORCES:
            issued = {}
            if number:
                month = MONTHS[number - 1]
                issued[month] = _revised(earlier[force.slug], force, month, borough, seed)
            rng = stream(seed, "street", force.slug, release)
            issued[release] = earlier[force.slug] = draw_month(rng, force, release, scale, borough)
            for month, rows in issued.items():
                name = f"{month}/{member_name(month, force)}"
                members[name] = csv_bytes(rows, STREET_COLUMNS)
                if number == crlf and month == release and force.slug == "btp":
                    members[name] = members[name].replace(b"\n", b"\r\n")
                truth[month, force.slug] = street_month(
                    count_street(rows), release=release, force=force.slug, month=month
                )
        archive = folder / f"{release}.zip"
        write_archive(dict(sorted(members.items())), archive, published=published(release))
    return tuple(truth[key] for key in sorted(truth))


def published(release: str) -> tuple[int, int]:
    """Gives year and month of publication, two months after the release's own month."""
    months = int(release[:4]) * 12 + int(release[5:]) - 1 + 2
    return months // 12, months % 12 + 1


def _revised(rows: pa.Table, force: Force, month: str, borough: Borough, seed: int) -> pa.Table:
    """Gives a force's month as the next release has it."""
    rng = stream(seed, "street-revision", force.slug, month)
    volume = Volume((max(1, len(rows) // 200), 1, 0), (1, 0, 0))
    fresh = draw_records(rng, force, month, volume, borough)
    return revise_street(rng, rows, fresh)


def write_fire(
    folder: Path, borough: Borough, months: Sequence[str], *, seed: int, scale: float
) -> tuple[tuple[FireMonth, ...], int]:
    """Writes one file a release, with its month and the month before it.

    Returns:
        Every month in its newest release, and the rows of all files.
    """
    truth: dict[str, FireMonth] = {}
    written = 0
    earlier: tuple[str, pa.Table] | None = None
    for release in months:
        issued = []
        if earlier:
            month, rows = earlier
            rng = stream(seed, "fire-revision", month)
            fresh = draw_incidents(rng, month, scale / 200, borough, late=True)
            issued.append((month, revise_fire(rng, rows, fresh)))
        earlier = (release, draw_incidents(stream(seed, "fire", release), release, scale, borough))
        issued.append(earlier)
        path = folder / f"LFB Incident data {release}.csv"
        write_csv((rows for _, rows in issued), FIRE_COLUMNS, path)
        for month, rows in issued:
            written += len(rows)
            truth[month] = fire_month(rows, release=release, month=month)
    return tuple(truth[month] for month in sorted(truth)), written
