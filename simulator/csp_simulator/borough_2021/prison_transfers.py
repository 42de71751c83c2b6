"""Referrals from prison to community treatment; four in ten start within three weeks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021 import treatment_words as say
from csp_simulator.borough_2021.london_times import written_days
from csp_simulator.borough_2021.periods import LAST_12_MONTHS, WHOLE, months
from csp_simulator.borough_2021.treatment_episodes import NEVER, Clients, Episodes
from csp_simulator.borough_2021.treatment_people import People, draw_people, whole
from csp_simulator.borough_2021.truth import FeedTruth
from csp_simulator.draws import choose, joined, stream, text, words
from csp_simulator.partner_files import write_csv

FIRST, LAST = np.datetime64(WHOLE.first), np.datetime64(WHOLE.last)
THREE_WEEKS = 21
#: Referred people of whom the providers know nothing within three weeks, over the whole time.
NOT_CONTINUED = 375
TRIAGED_LATE = 0.15


def write_transfers(
    place: Path, clients: Clients, episodes: Episodes, *, seed: int, scale: float
) -> tuple[FeedTruth, dict[str, object]]:
    """Writes a file a month: releases of the month, and starts told since."""
    rng = stream(seed, "prison transfers")
    from_prison = np.flatnonzero(
        (episodes.source == say.PRISON_REFERRAL) & (episodes.triaged >= FIRST + THREE_WEEKS)
    )
    triaged = episodes.triaged[from_prison]
    n, lost = len(from_prison), whole(NOT_CONTINUED, scale)
    released = np.concatenate(
        [
            triaged - rng.integers(0, THREE_WEEKS + 1, n),
            FIRST + rng.integers(0, (LAST - FIRST).astype(int) + 1, lost),
        ]
    )
    late = released[n:] + rng.integers(THREE_WEEKS + 1, 60, lost)
    late = np.where((rng.random(lost) < TRIAGED_LATE) & (late <= LAST), late, NEVER)
    told = np.concatenate([triaged, late])
    known = clients.people.take(episodes.client[from_prison])
    unknown = draw_people(rng, lost, on=released[n:], heaped=0.1)
    people = People(
        *(
            np.concatenate([getattr(known, name), getattr(unknown, name)])
            for name in ("first", "surname", "born", "sex")
        )
    )
    order = np.lexsort((np.arange(len(released)), released))
    people, released, told = people.take(order), released[order], told[order]
    agency = np.concatenate([episodes.agency[from_prison], rng.integers(0, 4, lost)])[order]
    table = _table(rng, people, released, told, agency)
    feed = _write_months(place, table, released, told)
    return feed, _continuity(people, released, clients, episodes)


def _table(
    rng: np.random.Generator,
    people: People,
    released: np.ndarray,
    told: np.ndarray,
    agency: np.ndarray,
) -> pa.Table:
    n = len(released)
    year = pa.array(released.astype("datetime64[Y]").astype(str))
    return pa.table(
        {
            "transfer_id": joined("PT", year, text(np.arange(n) + 1, width=4), by="-"),
            "attributor_token": people.attributors(),
            "prison_code": words(say.PRISONS, choose(rng, say.PRISON_SHARE, n)),
            "release_date": written_days(released),
            "referral_date": written_days(released - rng.integers(3, 40, n)),
            "receiving_agency": words(say.AGENCIES, agency),
            "first_community_triage_date": written_days(told),
            "need_type": words(say.NEEDS, choose(rng, say.NEED_SHARE, n)),
            "status": pa.array(np.where(np.isnat(told), "NOT_STARTED", "STARTED")),
        }
    )


def _write_months(
    place: Path, table: pa.Table, released: np.ndarray, told: np.ndarray
) -> FeedTruth:
    """A start in a later month than the release comes with that month, after a row without it."""
    release_month, told_month = (days.astype("datetime64[M]") for days in (released, told))
    files = rows = 0
    for first in months():
        month = np.datetime64(first).astype("datetime64[M]")
        begun = (release_month == month) & ~(told_month > month)
        waiting = (release_month == month) & (told_month > month)
        changed = (told_month == month) & (release_month < month)
        n = int(waiting.sum())
        still = table.filter(pa.array(waiting))
        for name, values in (
            ("first_community_triage_date", pa.nulls(n, pa.string())),
            ("status", pa.array(["RELEASED"] * n, pa.string())),
        ):
            still = still.set_column(table.schema.get_field_index(name), name, values)
        parts = [table.filter(pa.array(begun)), still, table.filter(pa.array(changed))]
        write_csv(parts, say.TRANSFER_COLUMNS, place / f"prison_transfer_{first:%Y%m}.csv")
        files, rows = files + 1, rows + sum(len(part) for part in parts)
    return FeedTruth(files, rows, len(table))


def _continuity(
    people: People, released: np.ndarray, clients: Clients, episodes: Episodes
) -> dict[str, object]:
    """Who has a consented, structured episode of the same attributor within three weeks."""
    agreed = (clients.consents & ~clients.withdraws)[episodes.client] & episodes.structured
    begun = clients.people.keys[episodes.client[agreed]] * 10**5
    begun = np.sort(begun + episodes.triaged[agreed].astype(int))
    low = people.keys * 10**5 + released.astype(int)
    found = np.searchsorted(begun, low) < np.searchsorted(begun, low + THREE_WEEKS, side="right")
    settled = released + THREE_WEEKS <= LAST
    first, last = np.datetime64(LAST_12_MONTHS.first), np.datetime64(LAST_12_MONTHS.last)
    of = (released >= first) & (released <= last) & (settled | found)
    numerator, denominator = int((found & of).sum()), int(of.sum())
    value = round(100 * numerator / denominator, 4) if denominator else 0.0
    share = {"numerator": numerator, "denominator": denominator, "value": value}
    return {"S26.continuity_of_care": share}
