"""What becomes of the crimes that were drawn: outcome events, and the street file's last outcome.

A drawn crime carries its fate in columns that are never written: `outcome_1` after `lag_1` months
and, for some, `outcome_2` after `lag_2` months, as positions in `TYPES`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.borough_2021.police_words import (
    AFTER_A_CHARGE,
    CAUTIONED,
    CHARGED,
    LATE,
    OPEN_CASE,
    ORPHANED,
    OUTCOME_COLUMNS,
    OUTCOME_LAG,
    TWICE,
)
from csp_simulator.draws import choose, words
from csp_simulator.places import Borough
from csp_simulator.street_crime import Volume, draw_records
from csp_simulator.street_words import OUTCOMES, Force

TYPES = list(OUTCOMES)
LAST = "Last outcome category"
NEVER = 99
MONTHS_OF_LAGS = len(OUTCOME_LAG)
#: A crime's court result comes so many months after the charge at most.
LONGEST_TO_COURT = 4
#: Share of charged crimes with a caution in the same month.
CAUTIONED_FIRST = 0.2


def with_fates(rng: np.random.Generator, rows: pa.Table) -> pa.Table:
    """Draws when and how each crime ends, by the last outcome it was drawn with."""
    n = len(rows)
    last = pc.fill_null(pc.index_in(rows[LAST], value_set=pa.array(TYPES)), -1).to_numpy()
    lag = choose(rng, OUTCOME_LAG, n)
    ends = (last >= 0) & (last != TYPES.index(OPEN_CASE))
    to_court = np.isin(last, [TYPES.index(name) for name in AFTER_A_CHARGE])
    cautioned = (last == TYPES.index(CHARGED)) & (rng.random(n) < CAUTIONED_FIRST)
    first = np.where(to_court, TYPES.index(CHARGED), last)
    first = np.where(cautioned, TYPES.index(CAUTIONED), first)
    wait = np.where(to_court, rng.integers(LONGEST_TO_COURT + 1, size=n), 0)
    second = to_court | cautioned
    fates = {
        "outcome_1": first.astype(np.int16),
        "lag_1": np.where(ends, lag, NEVER).astype(np.int16),
        "outcome_2": last.astype(np.int16),
        "lag_2": np.where(second, np.minimum(lag + wait, MONTHS_OF_LAGS - 1), NEVER).astype(
            np.int16
        ),
    }
    for name, values in fates.items():
        rows = rows.append_column(name, pa.array(values))
    return rows


def without_fates(rows: pa.Table) -> pa.Table:
    """Gives rows in the same form whose cases stay open."""
    n = len(rows)
    for name, value in (("outcome_1", 0), ("lag_1", NEVER), ("outcome_2", 0), ("lag_2", NEVER)):
        rows = rows.append_column(name, pa.array(np.full(n, value, dtype=np.int16)))
    return rows


def as_known(rows: pa.Table, age: int) -> pa.Table:
    """Gives rows with the last outcome known so many months after the crimes."""
    columns = (rows[name].to_numpy() for name in ("outcome_1", "lag_1", "outcome_2", "lag_2"))
    outcome_1, lag_1, outcome_2, lag_2 = columns
    still_open = TYPES.index(OPEN_CASE)
    last = np.where(lag_2 <= age, outcome_2, np.where(lag_1 <= age, outcome_1, still_open))
    is_crime = pc.is_valid(rows["Crime ID"])
    known = pc.if_else(is_crime, words(TYPES, last), pa.scalar(None, pa.string()))
    return rows.set_column(rows.schema.get_field_index(LAST), LAST, known)


@dataclass
class OutcomeFiles:
    """Outcome events by force and month in which they happened.

    Attributes:
        events: Force and month's number → tables of events; `late` counts the releases until one
            is first seen.
    """

    events: dict[tuple[str, int], list[pa.Table]] = field(default_factory=lambda: defaultdict(list))

    def add(self, rng: np.random.Generator, force: Force, number: int, rows: pa.Table) -> None:
        """Adds what becomes of the crimes of one month."""
        rows = rows.filter(pc.and_(pc.is_valid(rows["Crime ID"]), pc.invert(rows["is_repeat"])))
        for which in ("1", "2"):
            lags, types = rows[f"lag_{which}"].to_numpy(), rows[f"outcome_{which}"].to_numpy()
            order = np.argsort(lags, kind="stable")
            starts = np.searchsorted(lags[order], np.arange(MONTHS_OF_LAGS + 1))
            for lag in range(MONTHS_OF_LAGS):
                at = order[starts[lag] : starts[lag + 1]]
                if len(at):
                    self.events[force.slug, number + lag].append(_events(rng, rows, at, types[at]))

    def file(
        self,
        rng: np.random.Generator,
        force: Force,
        number: int,
        month: str,
        borough: Borough,
    ) -> pa.Table:
        """Gives a month's outcomes in random order with a `late` column; call once for each month.

        Args:
            rng: Random stream of this force's month.
            force: The force.
            number: Number of the month.
            month: The month as written.
            borough: Where crimes happen that no street file holds.
        """
        events = pa.concat_tables(self.events.pop((force.slug, number)))
        orphans = int(len(events) * ORPHANED) + 1
        drawn = draw_records(rng, force, month, Volume((orphans, 0, 0), (0, 0, 0)), borough)
        types = rng.integers(2, size=orphans)
        older = _events(rng, drawn, np.arange(orphans), types)
        again = rng.choice(len(events), int(len(events) * TWICE), replace=False)
        rows = pa.concat_tables([events, older, events.take(pa.array(again))])
        at = rows.schema.get_field_index("Month")
        rows = rows.set_column(at, "Month", pa.repeat(month, len(rows)))
        return rows.take(pa.array(rng.permutation(len(rows)))).combine_chunks()


def _events(
    rng: np.random.Generator, crimes: pa.Table, at: np.ndarray, types: np.ndarray
) -> pa.Table:
    """Makes events of some crimes; the outcome file writes `No location` in small letters."""
    rows = crimes.select(OUTCOME_COLUMNS[:-1]).take(pa.array(at))
    location = pc.replace_substring(rows["Location"], "No Location", "No location")
    rows = rows.set_column(rows.schema.get_field_index("Location"), "Location", location)
    late = choose(rng, (1 - sum(LATE), *LATE), len(at)).astype(np.int8)
    rows = rows.append_column("Outcome type", words(TYPES, types))
    return rows.append_column("late", pa.array(late))
