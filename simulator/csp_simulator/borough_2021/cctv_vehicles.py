"""Reads of listed vehicles: some vehicles are read again and again on one day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.borough_2021.cctv_cameras import Cameras
from csp_simulator.borough_2021.cctv_plan import MonthPlan, spread_arrests
from csp_simulator.borough_2021.cctv_words import (
    HOTLISTS,
    OTHER_REASONS,
    OTHER_RESULTS,
    SERIOUS_REASONS,
    SERIOUS_RESULTS,
)
from csp_simulator.borough_2021.london_times import (
    DAY_SECONDS,
    as_days,
    to_clock,
    to_utc,
    written,
)
from csp_simulator.borough_2021.periods import WHOLE
from csp_simulator.draws import blanked, choose, joined, stream, text, words
from csp_simulator.street_crime import crime_ids

#: Vehicles that come now and then, for each vehicle-day of a month.
POOL = 3
#: Share of vehicle-days on which the vehicle of another day comes again.
COMES_AGAIN = 0.1
#: Reads of the vehicle that a month's one burst holds.
BURST = 50
FARTHEST_READ_SECONDS = 3_500
#: Dispatch records that police make in a day.
SERIALS_A_DAY = 9_300
#: Share of results that become known a day or more later.
LATE_RESULT = 0.12
NO_TIME = np.datetime64("NaT", "s")
ARREST, REPEAT = "STOP_ARREST", "REPEAT_READ"


@dataclass(frozen=True)
class HitMonth:
    """One month of reads.

    Attributes:
        rows: Rows of the files, older versions included.
        file_day: The day whose file each row stands in.
        reads: Reads in all.
        refs: Reference of the first read of each vehicle-day.
        seen_at: Its time.
        camera: Its camera.
        is_free: Whether no arrest was made and the read may be linked to an incident.
        vehicles: Vehicle-days linked to serious crime.
        vehicles_with_arrest: Those with an arrest.
        arrests: Arrests.
    """

    rows: pa.Table
    file_day: np.ndarray
    reads: int
    refs: pa.Array
    seen_at: np.ndarray
    camera: np.ndarray
    is_free: np.ndarray
    vehicles: int
    vehicles_with_arrest: int
    arrests: int


@dataclass(frozen=True)
class Reads:
    """Reads of one month in the order of time.

    Attributes:
        of: The vehicle-day of each.
        is_first: Whether it is the first of its vehicle-day.
        at: When it was made.
    """

    of: np.ndarray
    is_first: np.ndarray
    at: np.ndarray


def _draw_reads(rng: np.random.Generator, day: np.ndarray) -> Reads:
    """Draws how often the vehicle of each vehicle-day is read, and when."""
    n = len(day)
    reads = rng.geometric(0.6, n)
    if n:
        reads[rng.integers(n)] = BURST
    first_second = rng.integers(0, DAY_SECONDS - 2 * FARTHEST_READ_SECONDS, n)
    of = np.repeat(np.arange(n), reads)
    ordinal = np.arange(len(of)) - np.repeat(np.cumsum(reads) - reads, reads)
    gap = FARTHEST_READ_SECONDS // BURST
    second = first_second[of] + ordinal * rng.integers(gap // 2, gap + 1, len(of))
    at = to_utc(day[of].astype("datetime64[s]") + second.astype("timedelta64[s]"), of_two="second")
    order = np.argsort(at, kind="stable")
    return Reads(of[order], ordinal[order] == 0, at[order])


def draw_hits(plan: MonthPlan, cameras: Cameras, *, seed: int) -> HitMonth:
    """Draws one month of reads."""
    rng = stream(seed, "cctv", "vehicles", plan.name)
    n = plan.vehicles + plan.lesser_vehicles
    days = as_days(plan.period.days)
    vehicle, day = _who_comes(rng, n, days)
    is_serious = np.arange(n) < plan.vehicles
    arrests = spread_arrests(rng, plan.vehicle_arrests, np.flatnonzero(is_serious), n, alone=0.8)
    reads = _draw_reads(rng, day)
    of, is_first, at = reads.of, reads.is_first, reads.at
    read_day = day[of]
    refs = numbered_refs("TH-VH-", read_day, width=4)
    reader = _readers(rng, cameras, days, len(of))
    result = _results(rng, is_serious, arrests)
    base = pa.table(
        {
            "hit_ref": refs,
            "hit_at": written(at),
            "camera_id": cameras.ids.take(pa.array(reader)),
            "vrm_token": _tokens(seed, POOL * max(n, 1)).take(pa.array(vehicle[of])),
            **{key: part.take(pa.array(of)) for key, part in _reasons(rng, is_serious).items()},
            **_police(rng, plan, at, is_first & (result[of] != "OBSERVED")),
        }
    )
    is_stopped = np.char.startswith(result[of], "STOP") & is_first
    final = {
        "stopped": words(["false", "true"], is_stopped.astype(int)),
        "arrest_count": text(np.where(is_first, arrests[of], 0)),
        "result_code": pa.array(np.where(is_first, result[of], REPEAT)),
    }
    rows, file_day = _versions(rng, base, final, read_day, is_first)
    leads = np.flatnonzero(is_first)
    return HitMonth(
        rows=rows,
        file_day=file_day,
        reads=len(of),
        refs=refs.take(pa.array(leads)),
        seen_at=at[leads],
        camera=reader[leads],
        is_free=arrests[of[leads]] == 0,
        vehicles=plan.vehicles,
        vehicles_with_arrest=int((arrests > 0).sum()),
        arrests=int(arrests.sum()),
    )


def numbered_refs(prefix: str, day: np.ndarray, *, width: int) -> pa.Array:
    """Numbers rows within their day, which ascends, and writes their references."""
    number = np.arange(len(day)) - np.searchsorted(day, day) + 1
    return day_refs(prefix, day, number, width=width)


def day_refs(prefix: str, day: np.ndarray, number: np.ndarray, *, width: int) -> pa.Array:
    """Writes references of a day and a number within it."""
    days = pc.replace_substring(pc.cast(pa.array(day), pa.string()), "-", "")
    return joined(
        pa.repeat(prefix, len(day)), days, pa.repeat("-", len(day)), text(number, width=width)
    )


def _who_comes(rng: np.random.Generator, n: int, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Draws vehicle and day of each vehicle-day; no vehicle has the same day twice."""
    vehicle = rng.permutation(POOL * n)[:n]
    day = rng.integers(0, len(days), n)
    again = round(n * COMES_AGAIN)
    if again:
        # Of all vehicle-days, mixed, so that the ones linked to serious crime are among both.
        mixed = rng.permutation(n)
        copies, models = mixed[:again], mixed[again : 2 * again]
        vehicle[copies] = vehicle[models]
        day[copies] = (day[models] + 1 + rng.integers(0, len(days) - 1, again)) % len(days)
    return vehicle, days[day]


def _tokens(seed: int, n: int) -> pa.Array:
    """The control room's tokens, the same vehicles every month."""
    return crime_ids(stream(seed, "cctv", "tokens"), n)


def _readers(rng: np.random.Generator, cameras: Cameras, days: np.ndarray, n: int) -> np.ndarray:
    """Draws the camera of each read among the number-plate readers, or all when there are none."""
    used = cameras.in_use(days[0])
    is_reader = pc.equal(cameras.kinds["asset_type"], "ANPR").to_numpy()
    readers = used[is_reader[used] & ~(cameras.ended[used] <= days[-1])]
    return rng.choice(readers if len(readers) else used, n)


def _reasons(rng: np.random.Generator, is_serious: np.ndarray) -> dict[str, pa.Array]:
    n = len(is_serious)
    codes = [*SERIOUS_REASONS, *OTHER_REASONS]
    serious = choose(rng, list(SERIOUS_REASONS.values()), n)
    other = choose(rng, list(OTHER_REASONS.values()), n) + len(SERIOUS_REASONS)
    return {
        "hotlist_source": words(list(HOTLISTS), choose(rng, list(HOTLISTS.values()), n)),
        "hotlist_reason_code": words(codes, np.where(is_serious, serious, other)),
        "linked_serious_crime": words(["false", "true"], is_serious.astype(int)),
    }


def _results(rng: np.random.Generator, is_serious: np.ndarray, arrests: np.ndarray) -> np.ndarray:
    n = len(is_serious)
    serious = np.array(list(SERIOUS_RESULTS))[choose(rng, list(SERIOUS_RESULTS.values()), n)]
    other = np.array(list(OTHER_RESULTS))[choose(rng, list(OTHER_RESULTS.values()), n)]
    return np.where(arrests > 0, ARREST, np.where(is_serious, serious, other))


def _police(
    rng: np.random.Generator, plan: MonthPlan, at: np.ndarray, is_told: np.ndarray
) -> dict[str, pa.Array]:
    told = np.where(is_told, at + rng.integers(10, 120, len(at)).astype("timedelta64[s]"), NO_TIME)
    return {
        "police_notified_at": written(told),
        "police_cad_ref": blanked(cad_refs(rng, plan, told), ~is_told),
    }


def cad_refs(rng: np.random.Generator, plan: MonthPlan, told: np.ndarray) -> pa.Array:
    """Writes dispatch references: the serial grows through the day; a few in another form."""
    # An incident seen shortly before midnight may be told on the first of the next month.
    days = [*plan.period.days, plan.period.last + timedelta(1)]
    clock = to_clock(told)
    day = clock.astype("datetime64[D]")
    part = (clock - day).astype(float)
    is_known = ~np.isnat(told)
    serial = np.where(is_known, part / DAY_SECONDS * SERIALS_A_DAY, 0).astype(int) + rng.integers(
        1, 90, len(day)
    )
    at = np.where(is_known, (day - np.datetime64(plan.first)).astype(int), 0)
    named = [f"{day:%d%b%y}".upper() for day in days]
    serials, dates = text(serial), words(named, np.clip(at, 0, len(days) - 1))
    form = choose(rng, (96, 3, 1), len(day))
    usual = joined(pa.repeat("CAD ", len(day)), serials, pa.repeat("/", len(day)), dates)
    tight = pc.replace_substring(usual, "CAD ", "CAD")
    bare = joined(serials, pa.repeat("/", len(day)), pc.utf8_lower(dates))
    return pc.if_else(pa.array(form == 0), usual, pc.if_else(pa.array(form == 1), tight, bare))


def _versions(
    rng: np.random.Generator,
    base: pa.Table,
    final: dict[str, pa.Array],
    day: np.ndarray,
    is_first: np.ndarray,
) -> tuple[pa.Table, np.ndarray]:
    """Puts versions together: of some reads the result comes later, in a second version."""
    n = len(day)
    later = day + rng.integers(1, 4, n)
    is_late = is_first & (rng.random(n) < LATE_RESULT) & (later <= np.datetime64(WHOLE.last))
    unknown = {"stopped": "false", "arrest_count": "0", "result_code": "OBSERVED"}
    earlier = {name: blanked(final[name], is_late, by=unknown[name]) for name in final}
    second = np.flatnonzero(is_late)
    first_rows = _with(base, earlier, "1")
    late_rows = _with(base, final, "2").take(pa.array(second))
    return pa.concat_tables([first_rows, late_rows]), np.concatenate([day, later[second]])


def _with(base: pa.Table, columns: dict[str, pa.Array], version: str) -> pa.Table:
    for name, column in columns.items():
        base = base.append_column(name, column)
    return base.append_column("record_version", pa.repeat(version, len(base)))
