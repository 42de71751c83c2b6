"""What changes when a partner issues a month again: a few rows added, removed or updated."""

from __future__ import annotations

from math import ceil

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.draws import choose, words
from csp_simulator.street_words import OUTCOMES

LAST_OUTCOME = "Last outcome category"
#: Shares of a month's rows; together at most 1 %.
CHANGED, LARGEST_REMOVED, LARGEST_ADDED = 0.004, 0.0025, 0.0025
#: A month with fewer rows is issued again as it was: one row would be more than 1 %.
FEWEST_ROWS = 100


def revise_street(rng: np.random.Generator, rows: pa.Table, fresh: pa.Table) -> pa.Table:
    """Gives the newer release of a force's month.

    Up to 0.4 % of the rows get a later outcome, up to 0.25 % vanish and up to 0.25 % are new.
    Rows that stand twice are left alone, so that they stay identical.

    Args:
        rng: Random stream of this revision.
        rows: The month as released before.
        fresh: Records to add from; as many as are needed are taken, if there are that many.
    """
    single = stands_once(rows)
    open_cases = single & pc.is_valid(rows["Crime ID"]).to_numpy(zero_copy_only=False)
    updated = _some(rng, np.flatnonzero(open_cases), _changes(rows))
    at = rows.schema.get_field_index(LAST_OUTCOME)
    later = np.zeros(len(rows), dtype=bool)
    later[updated] = True
    general = [weight for weight, _ in OUTCOMES.values()]
    before = pc.index_in(rows[LAST_OUTCOME], value_set=pa.array(list(OUTCOMES)))
    before = pc.fill_null(before, 0).to_numpy()
    drawn = choose(rng, general, len(rows))
    # An outcome that is drawn again gives way to the commonest, or the commonest to the second.
    drawn = np.where(drawn == before, np.where(before == 0, 1, 0), drawn)
    outcome = pc.if_else(pa.array(later), words(list(OUTCOMES), drawn), rows[LAST_OUTCOME])
    rows = rows.set_column(at, LAST_OUTCOME, outcome)
    return grow_and_shrink(rng, rows, np.flatnonzero(single), fresh)


def stands_once(rows: pa.Table) -> np.ndarray:
    """Marks the rows of street crime whose Crime ID no exact repeat shares."""
    ids = rows["Crime ID"]
    twice = ids.filter(rows["is_repeat"]).combine_chunks()
    return ~pc.is_in(ids, value_set=twice).to_numpy(zero_copy_only=False)


def revise_fire(rng: np.random.Generator, rows: pa.Table, fresh: pa.Table) -> pa.Table:
    """Gives the newer release of a month of incidents, with as small a revision.

    The number of calls of a few incidents is corrected; a few incidents come and go.
    """
    updated = np.zeros(len(rows), dtype=bool)
    updated[_some(rng, np.arange(len(rows)), _changes(rows))] = True
    at = rows.schema.get_field_index("NumCalls")
    calls = pc.if_else(pa.array(updated), pa.scalar("4.0"), rows["NumCalls"])
    rows = rows.set_column(at, "NumCalls", calls)
    revised = grow_and_shrink(rng, rows, np.arange(len(rows)), fresh)
    return revised.sort_by([("sort_key", "ascending")])


def _changes(rows: pa.Table) -> int:
    """Gives how many rows are updated; at least one, unless the month is tiny."""
    return ceil(len(rows) * CHANGED) if len(rows) >= FEWEST_ROWS else 0


def _some(rng: np.random.Generator, of: np.ndarray, n: int) -> np.ndarray:
    """Draws `n` of the given positions, or all when there are fewer."""
    return rng.choice(of, min(n, len(of)), replace=False)


def grow_and_shrink(
    rng: np.random.Generator, rows: pa.Table, removable: np.ndarray, fresh: pa.Table
) -> pa.Table:
    """Removes a few of the removable rows and appends a few fresh ones."""
    removed = _some(rng, removable, int(len(rows) * LARGEST_REMOVED * rng.random()))
    kept = np.ones(len(rows), dtype=bool)
    kept[removed] = False
    added = int(len(rows) * LARGEST_ADDED * rng.random())
    return pa.concat_tables([rows.filter(pa.array(kept)), fresh.slice(0, added)]).combine_chunks()
