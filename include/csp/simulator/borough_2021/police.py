"""Police feeds of the scenario: data.police.uk archives, MPS counts, the section 17A return.

Each monthly archive re-issues the two months before its own with small revisions. The fire side of
the scenario (London Fire Brigade incidents) is written from here too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp.simulator.borough_2021 import mps_counts, section17a
from csp.simulator.borough_2021.outcomes import (
    NEVER,
    TYPES,
    OutcomeFiles,
    as_known,
    with_fates,
    without_fates,
)
from csp.simulator.borough_2021.periods import months
from csp.simulator.borough_2021.police_words import (
    CAUTIONED,
    OUTCOME_COLUMNS,
    SEARCH_COLUMNS,
)
from csp.simulator.borough_2021.stop_search import draw_searches
from csp.simulator.borough_2021.truth import DomainTruth, FeedTruth
from csp.simulator.borough_year import published, write_fire
from csp.simulator.draws import stream
from csp.simulator.partner_files import csv_bytes, write_archive
from csp.simulator.places import Borough
from csp.simulator.revisions import grow_and_shrink, stands_once
from csp.simulator.street_crime import Volume, draw_month, draw_records
from csp.simulator.street_words import FORCES, STREET_COLUMNS, Force
from csp.simulator.truth import ASB

#: An archive holds its own month and so many before it.
REISSUED = 2
#: The archives are large and read once, so they are packed fast rather than small.
COMPRESSION = 1
STREET, OUTCOMES, SEARCHES = "police_street_crime", "police_outcome", "police_stop_search"
Columns = tuple[str, ...]
KINDS = {STREET: "street", OUTCOMES: "outcomes", SEARCHES: "stop-and-search"}
#: Outcome groups of the figures, as positions in `TYPES`.
CHARGES = ("Awaiting court outcome", "Court result unavailable", "Suspect charged")
OUT_OF_COURT = (
    "Local resolution",
    CAUTIONED,
    "Offender given a drugs possession warning",
    "Offender given penalty notice",
)
NO_SUSPECT = ("Investigation complete; no suspect identified",)
GROUPS = {"charged": CHARGES, "out_of_court": OUT_OF_COURT, "no_suspect": NO_SUSPECT}


@dataclass
class _Tally:
    """What was written so far.

    Attributes:
        files, rows: By feed.
        current: Rows of the newest release, by feed, force and month.
        newest: Newest release of street crime, by force and month.
    """

    files: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    current: dict[tuple[str, str, str], int] = field(default_factory=dict)
    newest: dict[tuple[str, str], pa.Table] = field(default_factory=dict)

    def count(self, feed: str, force: Force, month: str, rows: int) -> None:
        """Counts one archive member."""
        self.files[feed] += 1
        self.rows[feed] += rows
        self.current[feed, force.slug, month] = rows

    def feeds(self) -> dict[str, FeedTruth]:
        """Sums up."""
        current: Counter[str] = Counter()
        for (feed, _, _), rows in self.current.items():
            current[feed] += rows
        return {f: FeedTruth(self.files[f], self.rows[f], current[f]) for f in KINDS}


def write(folder: Path, borough: Borough, *, seed: int, scale: float) -> DomainTruth:
    """Writes every police and fire file of the scenario below `folder`."""
    tally = _write_archives(folder / "police", borough, seed, scale)
    recorded = _crimes_by_ward(tally)
    feeds = tally.feeds()
    feeds |= mps_counts.write(folder / "mps", borough, recorded, seed=seed)
    feeds |= section17a.write(folder / "police", borough, seed=seed, scale=scale)
    feeds |= _write_fire(folder / "fire", borough, seed, scale)
    return DomainTruth(feeds, _figures(tally))


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
                tally.newest[force.slug, month] = drawing.street[force.slug, number]
        write_archive(
            dict(sorted(members.items())),
            folder / f"{name}.zip",
            published=published(name),
            compression=COMPRESSION,
        )
    return tally


def _crimes_by_ward(tally: _Tally) -> dict[str, dict[str, int]]:
    """Crimes of the Metropolitan Police in the borough by month and ward, without repeats."""
    counts: dict[str, dict[str, int]] = {}
    for (slug, month), rows in tally.newest.items():
        if slug == FORCES[0].slug:
            crimes = rows.filter(_is_crime_in_borough(rows))
            found = crimes["ward_code"].value_counts().to_pylist()
            counts[month] = {item["values"]: item["counts"] for item in found}
    return counts


def _is_crime_in_borough(rows: pa.Table) -> pa.ChunkedArray:
    """Marks distinct crimes, not ASB, that lie in the borough."""
    is_crime = pc.and_(pc.not_equal(rows["Crime type"], ASB), pc.invert(rows["is_repeat"]))
    return pc.and_(is_crime, pc.equal(rows["place"], "borough"))


def _figures(tally: _Tally) -> dict[str, object]:
    """Counts crimes and ASB by month, and how the crimes of April to June 2020 ended in a year."""
    crimes: Counter[str] = Counter()
    asb: Counter[str] = Counter()
    ended: dict[str, int] = defaultdict(int)
    for (_, month), rows in tally.newest.items():
        is_crime = _is_crime_in_borough(rows)
        crimes[month] += pc.sum(is_crime).as_py() or 0
        in_borough = pc.equal(rows["place"], "borough")
        asb[month] += pc.sum(pc.and_(in_borough, pc.equal(rows["Crime type"], ASB))).as_py() or 0
        if "2020-04" <= month <= "2020-06":
            cohort = rows.filter(is_crime)
            ended["crimes"] += len(cohort)
            for group, names in GROUPS.items():
                ended[group] += _ended(cohort, names)
    return {
        "S01.crimes_by_month": dict(sorted(crimes.items())),
        "S02.asb_by_month": dict(sorted(asb.items())),
        "S05.cohort_2020_q2": dict(ended),
    }


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
