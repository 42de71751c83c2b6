"""The camera register, and what every camera did on every day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.borough_2021.cctv_words import ASSET_TYPES, FAULT_STATES, OWNERS
from csp_simulator.borough_2021.london_times import (
    as_days,
    day_minutes,
    to_utc,
    written,
    written_days,
)
from csp_simulator.borough_2021.periods import WHOLE
from csp_simulator.draws import blanked, choose, joined, stream, text, words
from csp_simulator.places import Borough, Points

CAMERAS, FEWEST_CAMERAS = 350, 12
#: Shares of the cameras that come, go or are moved between 2019-04 and 2021-12. At scale 1 one
#: comes in every month, so that no two registers are the same file.
COMING, GOING, MOVED = 0.1, 0.03, 0.015
LISTED = 0.9
#: Share of camera-days that hold a fault, and of those that are lost whole.
FAULTY, LOST_DAY = 0.07, 0.02
NEVER = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Cameras:
    """The cameras; positions before and after a move, as indices of `points`.

    Attributes:
        ids: Numbers, as `TH-CAM-041`.
        points: Where cameras can stand.
        place: Where each stands first.
        moved_to: Where it stands from `moved_on` on.
        moved_on: First day at the second place; no day for most.
        begun: Day it was put into use.
        ended: Day it was taken out of use; no day for most.
        kinds: The columns that never change: type, owner and the like.
    """

    ids: pa.Array
    points: Points
    place: np.ndarray
    moved_to: np.ndarray
    moved_on: np.ndarray
    begun: np.ndarray
    ended: np.ndarray
    kinds: pa.Table

    def places(self, which: np.ndarray, days: np.ndarray) -> np.ndarray:
        """Where cameras stand on days, as indices of `points`."""
        is_moved = days >= self.moved_on[which]
        return np.where(is_moved, self.moved_to[which], self.place[which])

    def in_use(self, day: np.datetime64) -> np.ndarray:
        """Which cameras work on a day, as indices."""
        return np.flatnonzero((self.begun <= day) & ~(self.ended <= day))


def draw_cameras(borough: Borough, *, seed: int, scale: float) -> Cameras:
    """Draws the cameras; `scale` multiplies their number."""
    rng = stream(seed, "cctv", "cameras")
    n = max(FEWEST_CAMERAS, round(CAMERAS * scale))
    points = borough.points["2021"]
    whole = as_days(WHOLE.days)
    begun = np.datetime64("2006-03-01") + rng.integers(0, 4700, n)
    ended, moved_on = np.full(n, NEVER), np.full(n, NEVER)
    first_days = np.unique(whole.astype("datetime64[M]")).astype("datetime64[D]")
    mixed = rng.permutation(n)
    coming, settled = mixed[: round(n * COMING)], mixed[round(n * COMING) :]
    month = first_days[np.arange(len(coming)) % (len(first_days) - 1)]
    begun[coming] = month + rng.integers(1, 28, len(coming))
    going, moving = settled[: round(n * GOING)], settled[round(n * GOING) :][: round(n * MOVED)]
    ended[going] = rng.choice(whole, len(going))
    # A register is of the first of a month, so a camera is found at its new place from then on.
    moved_on[moving] = rng.choice(first_days[1:], len(moving))
    owner = words(list(OWNERS), choose(rng, list(OWNERS.values()), n))
    number = text(np.arange(1, n + 1), width=3)
    kinds = pa.table(
        {
            "asset_type": words(list(ASSET_TYPES), choose(rng, list(ASSET_TYPES.values()), n)),
            "owner": owner,
            "dpia_ref": blanked(joined("DPIA-2019-", number), pc.not_equal(owner, "COUNCIL")),
            "sccop_listed": words(["false", "true"], (rng.random(n) < LISTED).astype(int)),
            "fault_sla_hours": words(["4", "24", "72"], choose(rng, (1, 6, 3), n)),
        }
    )
    place, moved_to = points.draw(rng, n), points.draw(rng, n)
    return Cameras(
        joined("TH-CAM-", number), points, place, moved_to, moved_on, begun, ended, kinds
    )


def register(cameras: Cameras, month: date) -> pa.Table:
    """Gives the register of the first of a month; cameras out of use stay in it."""
    day = np.datetime64(month)
    known = np.flatnonzero(cameras.begun <= day)
    at = cameras.places(known, np.full(len(known), day))
    ended = np.where(cameras.ended[known] <= day, cameras.ended[known], NEVER)
    return pa.table(
        {
            "camera_id": cameras.ids.take(pa.array(known)),
            "commissioned_on": written_days(cameras.begun[known]),
            "decommissioned_on": written_days(ended),
            "lat": degrees(cameras.points.latitude[at]),
            "lon": degrees(cameras.points.longitude[at]),
            "ward_code": cameras.points.table["ward_code"].combine_chunks().take(pa.array(at)),
            **{
                name: cameras.kinds[name].combine_chunks().take(pa.array(known))
                for name in cameras.kinds.column_names
            },
        }
    )


def degrees(values: np.ndarray) -> pa.Array:
    """Writes degrees to about a metre."""
    return pc.cast(pa.array(np.round(values, 5)), pa.string())


@dataclass(frozen=True)
class StatusMonth:
    """One month of intervals, in the order of their days.

    Attributes:
        rows: The rows of the files.
        day: The day of each row.
        up: Minutes up.
        available: All minutes but the planned ones.
    """

    rows: pa.Table
    day: np.ndarray
    up: int
    available: int


def draw_status(cameras: Cameras, days: list[date], *, seed: int) -> StatusMonth:
    """Draws what the cameras in use did on the days of a month."""
    rng = stream(seed, "cctv", "status", f"{days[0]:%Y-%m}")
    each = [(np.datetime64(day), cameras.in_use(np.datetime64(day))) for day in days]
    camera = np.concatenate([used for _, used in each])
    day = np.repeat([day for day, _ in each], [len(used) for _, used in each])
    n = len(camera)
    luck = rng.random(n)
    is_lost, is_faulty = luck < LOST_DAY, (luck >= LOST_DAY) & (luck < LOST_DAY + FAULTY)
    fault = choose(rng, list(FAULT_STATES.values()), n) + 1  # 0 is UP
    begin = np.where(is_faulty, rng.integers(1, 1100, n), 0)
    length = np.minimum(rng.lognormal(4.2, 0.9, n).astype(int) + 5, 240)
    whole = day_minutes(day)
    # Up to three intervals: before the fault, the fault, after it; a day without one has the first.
    starts = np.stack([np.zeros(n, int), begin, begin + length], axis=1)
    lengths = np.stack([np.where(is_faulty, begin, whole), length, whole - begin - length], axis=1)
    states = np.stack([np.where(is_lost, fault, 0), fault, np.zeros(n, int)], axis=1)
    is_row = np.stack([np.ones(n, bool), is_faulty, is_faulty], axis=1).ravel()
    camera, day = np.repeat(camera, 3)[is_row], np.repeat(day, 3)[is_row]
    start, minutes, state = (part.ravel()[is_row] for part in (starts, lengths, states))
    names = ["UP", *FAULT_STATES]
    ids = cameras.ids.take(pa.array(camera))
    at = to_utc(day.astype("datetime64[s]")) + start * np.timedelta64(60, "s")
    ref = joined("TH-F-", pc.replace_substring(written_days(day), "-", ""), ids, by="-")
    has_ref = np.isin(state, [names.index("DOWN"), names.index("DEGRADED")])
    rows = pa.table(
        {
            "camera_id": ids,
            "interval_start": written(at),
            "interval_minutes": text(minutes),
            "state": words(names, state),
            "fault_ref": blanked(ref, ~has_ref),
        }
    )
    up = int(minutes[state == 0].sum())
    available = int(minutes[state != names.index("PLANNED")].sum())
    return StatusMonth(rows, day, up, available)
