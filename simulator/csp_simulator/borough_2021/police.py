"""Police feeds of the scenario: data.police.uk archives, MPS counts, the section 17A return.

Each monthly archive re-issues the two months before its own with small revisions. The fire side of
the scenario (London Fire Brigade incidents) is written from here too.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.borough_2021 import mps_counts, section17a
from csp_simulator.borough_2021.outcomes import (
    NEVER,
    TYPES,
    OutcomeFiles,
    as_known,
    with_fates,
    without_fates,
)
from csp_simulator.borough_2021.periods import months
from csp_simulator.borough_2021.police_faults import faults
from csp_simulator.borough_2021.police_words import (
    OUTCOME_COLUMNS,
    OUTCOME_GROUPS,
    SEARCH_COLUMNS,
)
from csp_simulator.borough_2021.stop_search import draw_searches
from csp_simulator.borough_2021.truth import DomainTruth, FeedTruth
from csp_simulator.borough_year import published, write_fire
from csp_simulator.draws import stream
from csp_simulator.partner_files import csv_bytes, write_archive
from csp_simulator.places import Borough
from csp_simulator.revisions import grow_and_shrink, stands_once
from csp_simulator.street_crime import Volume, draw_month, draw_records
from csp_simulator.street_words import FORCES, STREET_COLUMNS, Force
from csp_simulator.truth import ASB

__all__ = ["faults", "write"]

#: An archive holds its own month and so many before it.
REISSUED = 2
#: The archives are large and read once, so they are packed fast rather than small.
COMPRESSION = 1
STREET, OUTCOMES, SEARCHES = "police_street_crime", "police_outcome", "police_stop_search"
Columns = tuple[str, ...]
KINDS = {STREET: "street", OUTCOMES: "outcomes", SEARCHES: "stop-and-search"}
#: First and last month of the crimes whose outcomes are figures.
COHORT = ("2020-04", "2020-06")


@dataclass
class _Tally:
    """What was written so far.

    Attributes:
        files, rows: By feed.
        current: Rows of the newest release, by feed, force and month.
        wards: Crimes of the Metropolitan Police in the borough, by month and ward.
        crimes, asb: In the borough, by month.
        ended: How the crimes of April to June 2020 ended.
    """

    files: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    current: dict[tuple[str, str, str], int] = field(default_factory=dict)
    wards: dict[str, dict[str, int]] = field(default_factory=dict)
    crimes: Counter[str] = field(default_factory=Counter)
    asb: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)

    def count(self, feed: str, force: Force, month: str, rows: int) -> None:
        """Counts one archive member."""
        self.files[feed] += 1
        self.rows[feed] += rows
        self.current[feed, force.slug, month] = rows

    def settle(self, force: Force, month: str, rows: pa.Table) -> None:
        """Counts a force's month of street crime in its newest release, without exact repeats."""
        in_borough = rows.filter(pc.equal(rows["place"], "borough"))
        is_asb = pc.equal(in_borough["Crime type"], ASB)
        self.asb[month] += pc.sum(is_asb).as_py() or 0
        crimes = in_borough.filter(pc.invert(pc.or_(is_asb, in_borough["is_repeat"])))
        self.crimes[month] += len(crimes)
        if force is FORCES[0]:
            found = crimes["ward_code"].value_counts().to_pylist()
            self.wards[month] = {item["values"]: item["counts"] for item in found}
        if COHORT[0] <= month <= COHORT[1]:
            self.ended["crimes"] += len(crimes)
            for group, names in OUTCOME_GROUPS.items():
                self.ended[group] += _ended(crimes, names)

    def feeds(self) -> dict[str, FeedTruth]:
        """Sums up."""
        current: Counter[str] = Counter()
        for (feed, _, _), rows in self.current.items():
            current[feed] += rows
        return {f: FeedTruth(self.files[f], self.rows[f], current[f]) for f in KINDS}

    def figures(self) -> dict[str, object]:
        """What is true of the newest releases."""
        return {
            "S01.crimes_by_month": dict(sorted(self.crimes.items())),
            "S02.asb_by_month": dict(sorted(self.asb.items())),
            "S05.cohort_2020_q2": dict(self.ended),
        }


def write(folder: Path, borough: Borough, *, seed: int, scale: float) -> DomainTruth:
    """Writes every police and fire file of the scenario below `folder`."""
    tally = _write_archives(folder / "police", borough, seed, scale)
    feeds = tally.feeds()
    feeds |= mps_counts.write(folder / "mps", borough, dict(sorted(tally.wards.items())), seed=seed)
    feeds |= section17a.write(folder / "police", borough, seed=seed, scale=scale)
    feeds |= _write_fire(folder / "fire", borough, seed, scale)
    return DomainTruth(feeds, tally.figures())


@dataclass(frozen=True)
class _Drawing:
    """What has been drawn of the archives so far.

    Attributes:
        names: Months as written, in order.
        street: Newest release, by force and number of the month.
        other: Outcomes and searches, by feed, force and number of the month.
    """

    borough: Borough
    seed: int
    scale: float
    names: list[str]
    street: dict[tuple[str, int], pa.Table] = field(default_factory=dict)
    other: dict[tuple[str, str, int], pa.Table] = field(default_factory=dict)
    events: OutcomeFiles = field(default_factory=OutcomeFiles)

    def draw(self, force: Force, number: int) -> None:
        """Draws a force's month of all three kinds."""
        month, slug = self.names[number], force.slug
        rng = stream(self.seed, "street", slug, month)
        drawn = draw_month(rng, force, month, self.scale, self.borough)
        rng = stream(self.seed, "outcome", slug, month)
        self.street[slug, number] = rows = with_fates(rng, drawn)
        self.events.add(rng, force, number, rows)
        outcomes = self.events.file(rng, force, number, month, self.borough)
        self.other[OUTCOMES, slug, number] = outcomes
        rng, first = (
            stream(self.seed, "stop-search", slug, month),
            date.fromisoformat(f"{month}-01"),
        )
        searches = draw_searches(rng, force, first, self.scale, self.borough)
        self.other[SEARCHES, slug, number] = searches

    def forget(self, force: Force, number: int) -> None:
        """Lets go of a month that is not issued again."""
        del self.street[force.slug, number]
        for feed in (OUTCOMES, SEARCHES):
            del self.other[feed, force.slug, number]

    def revise(self, force: Force, number: int, release: int) -> None:
        """Turns a force's month into its next release: a few rows come and go."""
        month, rows = self.names[number], self.street[force.slug, number]
        rng = stream(self.seed, "street-revision", force.slug, month, str(release))
        volume = Volume((max(1, len(rows) // 200), 1, 0), (1, 0, 0))
        fresh = without_fates(draw_records(rng, force, month, volume, self.borough))
        removable = np.flatnonzero(stands_once(rows))
        self.street[force.slug, number] = grow_and_shrink(rng, rows, removable, fresh)

    def issue(self, force: Force, number: int, age: int) -> dict[str, tuple[pa.Table, Columns]]:
        """Gives the three members of a force's month, so many releases after its first."""
        outcomes = self.other[OUTCOMES, force.slug, number]
        searches = self.other[SEARCHES, force.slug, number]
        if not age:
            searches = searches.filter(pc.invert(searches["late"]))
        return {
            STREET: (as_known(self.street[force.slug, number], age), STREET_COLUMNS),
            OUTCOMES: (outcomes.filter(pc.less_equal(outcomes["late"], age)), OUTCOME_COLUMNS),
            SEARCHES: (searches, SEARCH_COLUMNS),
        }


def _write_archives(folder: Path, borough: Borough, seed: int, scale: float) -> _Tally:
    """Writes one archive a month of all forces and kinds."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{first:%Y-%m}" for first in months()]
    tally, drawing = _Tally(), _Drawing(borough, seed, scale, names)
    for release, name in enumerate(names):
        members: dict[str, bytes] = {}
        for force in FORCES:
            drawing.draw(force, release)
            for number in range(max(0, release - REISSUED), release + 1):
                month = names[number]
                if number < release:
                    drawing.revise(force, number, release)
                issued = drawing.issue(force, number, release - number)
                for feed, (rows, columns) in issued.items():
                    member = f"{month}/{month}-{force.slug}-{KINDS[feed]}.csv"
                    members[member] = csv_bytes(rows, columns)
                    tally.count(feed, force, month, len(rows))
                if release - number == REISSUED or release == len(names) - 1:
                    tally.settle(force, month, drawing.street[force.slug, number])
                    drawing.forget(force, number)
        write_archive(
            dict(sorted(members.items())),
            folder / f"{name}.zip",
            published=published(name),
            compression=COMPRESSION,
        )
    return tally


def _ended(crimes: pa.Table, names: tuple[str, ...]) -> int:
    """Counts crimes with an outcome of the named kinds; every fate is met within twelve months."""
    wanted = [TYPES.index(name) for name in names]
    met = np.zeros(len(crimes), dtype=bool)
    for which in ("1", "2"):
        reached = crimes[f"lag_{which}"].to_numpy() != NEVER
        met |= reached & np.isin(crimes[f"outcome_{which}"].to_numpy(), wanted)
    return int(met.sum())


def _write_fire(folder: Path, borough: Borough, seed: int, scale: float) -> dict[str, FeedTruth]:
    """Writes one file of incidents a month, each with its month and the month before it."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{first:%Y-%m}" for first in months()]
    newest, rows = write_fire(folder, borough, names, seed=seed, scale=scale)
    current = sum(month.incidents for month in newest)
    return {"fire_lfb_incident": FeedTruth(len(names), rows, current)}
