"""The control room's log: incidents as they were first written, and as they were changed later."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.borough_2021.cctv_cameras import Cameras, degrees
from csp_simulator.borough_2021.cctv_plan import MonthPlan, spread_arrests
from csp_simulator.borough_2021.cctv_requests import Asked, draw_asked
from csp_simulator.borough_2021.cctv_vehicles import NO_TIME, HitMonth, cad_refs, numbered_refs
from csp_simulator.borough_2021.cctv_words import (
    CRIMINAL_NARRATIVES,
    CRIMINAL_OUTCOMES,
    CRIMINAL_TYPES,
    DETECTION_MODES,
    HOURS,
    OTHER_NARRATIVES,
    OTHER_OUTCOMES,
    OTHER_TYPES,
    WEEKDAYS,
)
from csp_simulator.borough_2021.london_times import (
    DAY_SECONDS,
    as_days,
    local_day,
    to_clock,
    to_utc,
    written,
    written_days,
)
from csp_simulator.borough_2021.periods import WHOLE
from csp_simulator.draws import blanked, choose, joined, stream, text, words

OPERATORS = 24
#: Shares of entries: changed days later, clock of the police radio behind, place not known.
CHANGED, SKEWED, UNPLACED = 0.05, 0.005, 0.01
#: Of the changed criminal entries, those first thought to be merely suspicious.
FIRST_SUSPICIOUS = 0.25
#: Of the month's criminal entries, those that a number-plate hit led to.
FROM_HITS = 0.1
#: Of the entries police were told of, those they came to; of the criminal ones, those recorded.
ATTENDED, RECORDED = 0.7, 0.6
#: Share of entries that police are told of.
TOLD_CRIMINAL, TOLD_OTHER = 0.85, 0.45
EARLY_FROM, LATE_FROM, NIGHT_FROM = 6, 14, 22
HOLD_DAYS, HOLD_WITH_REQUEST = 31, 365
ARREST, NO_POLICE = "ARREST", "NO_POLICE"
MODES = [*DETECTION_MODES, "ANPR_HIT"]


@dataclass(frozen=True)
class Seen:
    """What happened, entry by entry in the order of time.

    Attributes:
        at: When it was detected.
        is_criminal: Whether it counts as crime.
        arrests: Persons arrested.
        camera: The camera, as an index.
        hit: Position of the number-plate hit that led to it, -1 for none.
    """

    at: np.ndarray
    is_criminal: np.ndarray
    arrests: np.ndarray
    camera: np.ndarray
    hit: np.ndarray


@dataclass(frozen=True)
class IncidentMonth:
    """One month of the log.

    Attributes:
        rows: Rows of the files, older versions included.
        file_day: The day whose file each row stands in.
        entries: Entries.
        criminal: Criminal ones.
        arrests: Arrests on those.
        criminal_with_arrest: Criminal ones with an arrest.
        by_operators: Entries that an operator spotted.
        criminal_by_ward: Ward → criminal ones, those without a place under `unplaced`.
        asked: Requests for their footage.
    """

    rows: pa.Table
    file_day: np.ndarray
    entries: int
    criminal: int
    arrests: int
    criminal_with_arrest: int
    by_operators: int
    criminal_by_ward: Counter[str]
    asked: Asked


def draw_incidents(
    plan: MonthPlan, cameras: Cameras, hits: HitMonth, *, seed: int
) -> IncidentMonth:
    """Draws one month of the log."""
    rng = stream(seed, "cctv", "incidents", plan.name)
    seen = _draw_seen(rng, plan, cameras, hits)
    asked = draw_asked(plan, seen.at, seen.camera, seen.is_criminal, seed=seed)
    n = len(seen.at)
    final = _what(rng, plan, seen, hits) | _where(rng, cameras, seen)
    ref, held = _requested(seen, asked)
    final |= {"evidence_request_ref": ref, "footage_hold_until": held}
    rows, file_day = _versions(rng, pa.table(final), seen, asked)
    ward = pc.fill_null(final["ward_code"].filter(pa.array(seen.is_criminal)), "unplaced")
    modes = final["detection_mode"]
    return IncidentMonth(
        rows=rows,
        file_day=file_day,
        entries=n,
        criminal=int(seen.is_criminal.sum()),
        arrests=int(seen.arrests[seen.is_criminal].sum()),
        criminal_with_arrest=int((seen.arrests[seen.is_criminal] > 0).sum()),
        by_operators=int(pc.sum(pc.equal(modes, "OPERATOR")).as_py() or 0),
        criminal_by_ward=Counter(ward.to_pylist()),
        asked=asked,
    )


def _draw_seen(rng: np.random.Generator, plan: MonthPlan, cameras: Cameras, hits: HitMonth) -> Seen:
    n, days = plan.entries, as_days(plan.period.days)
    weight = [WEEKDAYS[day.weekday()] for day in plan.period.days]
    second = choose(rng, HOURS, n) * 3600 + rng.integers(0, 3600, n)
    clock = days[choose(rng, weight, n)].astype("datetime64[s]") + second.astype("timedelta64[s]")
    at = to_utc(clock, of_two="second")
    is_criminal = rng.permutation(n) < plan.criminal
    arrests = spread_arrests(rng, plan.arrests, np.flatnonzero(is_criminal), n, alone=0.86)
    others = np.flatnonzero(~is_criminal)
    arrests += spread_arrests(rng, plan.other_arrests, others, n, alone=1)
    used = cameras.in_use(days[0])
    camera = rng.choice(used[~(cameras.ended[used] <= days[-1])], n)
    hit = np.full(n, -1)
    able, free = np.flatnonzero(is_criminal & (arrests == 0)), np.flatnonzero(hits.is_free)
    m = min(round(plan.criminal * FROM_HITS), len(able), len(free))
    led, by = rng.choice(able, m, replace=False), rng.choice(free, m, replace=False)
    hit[led], at[led], camera[led] = by, hits.seen_at[by], hits.camera[by]
    order = np.argsort(at, kind="stable")
    return Seen(at[order], is_criminal[order], arrests[order], camera[order], hit[order])


def _what(
    rng: np.random.Generator, plan: MonthPlan, seen: Seen, hits: HitMonth
) -> dict[str, pa.Array]:
    """What was seen, what was done, and when."""
    n = len(seen.at)
    has_hit, has_arrest = seen.hit >= 0, seen.arrests > 0
    outcome = _by_kind(rng, seen, CRIMINAL_OUTCOMES, OTHER_OUTCOMES)
    outcome = np.where(has_arrest, ARREST, outcome)
    told_share = np.where(seen.is_criminal, TOLD_CRIMINAL, TOLD_OTHER)
    is_told = has_arrest | has_hit | (rng.random(n) < told_share)
    comes = is_told & (has_arrest | ((rng.random(n) < ATTENDED) & (outcome != NO_POLICE)))
    told = seen.at + rng.exponential(60, n).astype("timedelta64[s]")
    scene = told + rng.lognormal(6.2, 0.5, n).astype("timedelta64[s]")
    closed = np.where(comes, scene, told) + (60 + rng.exponential(1800, n)).astype("timedelta64[s]")
    skew = rng.integers(1, 90, n).astype("timedelta64[s]")
    shown = np.where(rng.random(n) < SKEWED, seen.at - skew, told)
    crime_ref = _crime_refs(rng, plan, n)
    has_crime_ref = seen.is_criminal & is_told & (has_arrest | (rng.random(n) < RECORDED))
    return _who_and_what(rng, seen) | {
        "police_notified_at": written(np.where(is_told, shown, NO_TIME)),
        "police_on_scene_at": written(np.where(comes, scene, NO_TIME)),
        "closed_at": written(closed),
        "updated_at": written(closed),
        "police_cad_ref": blanked(cad_refs(rng, plan, told), ~is_told),
        "police_crime_ref": blanked(crime_ref, ~has_crime_ref),
        "outcome_code": pa.array(outcome, pa.string()),
        "arrest_count": text(seen.arrests),
        "vehicle_hit_ref": hits.refs.take(pa.array(seen.hit, mask=~has_hit)),
    }


def _crime_refs(rng: np.random.Generator, plan: MonthPlan, n: int) -> pa.Array:
    """Writes references of crime records of the borough."""
    number = text(rng.integers(0, 100_000, n), width=5)
    return joined(pa.repeat("42", n), number, pa.repeat(f"/{plan.first:%y}", n))


def _who_and_what(rng: np.random.Generator, seen: Seen) -> dict[str, pa.Array]:
    """Which entry it is, whose, of what type, and how it came to be seen."""
    n, day, has_hit = len(seen.at), local_day(seen.at), seen.hit >= 0
    kind = np.where(has_hit, "VEHICLE_CRIME", _by_kind(rng, seen, CRIMINAL_TYPES, OTHER_TYPES))
    mode = choose(rng, list(DETECTION_MODES.values()), n)
    narrative = rng.integers(0, len(CRIMINAL_NARRATIVES), n)
    narrative += np.where(seen.is_criminal, 0, len(CRIMINAL_NARRATIVES))
    hour = (to_clock(seen.at) - day).astype(int) // 3600
    # Before the early shift begins it is still night.
    shift = (np.digitize(hour, [EARLY_FROM, LATE_FROM, NIGHT_FROM]) + 2) % 3
    operator = text(rng.integers(101, 101 + OPERATORS, n), width=4)
    return {
        "incident_ref": numbered_refs("TH-CC-", day, width=4),
        "operator_id": joined(pa.repeat("OP-", n), operator),
        "shift_code": words(["EARLY", "LATE", "NIGHT"], shift),
        "detected_at": written(seen.at),
        "incident_type_code": pa.array(kind, pa.string()),
        "is_criminal": words(["false", "true"], seen.is_criminal.astype(int)),
        "detection_mode": words(MODES, np.where(has_hit, len(DETECTION_MODES), mode)),
        "narrative_redacted": words([*CRIMINAL_NARRATIVES, *OTHER_NARRATIVES], narrative),
    }


def _by_kind(
    rng: np.random.Generator, seen: Seen, criminal: dict[str, float], other: dict[str, float]
) -> np.ndarray:
    """Draws a code from the shares of criminal entries or from those of the others."""
    n = len(seen.at)
    codes = [
        np.array(list(shares))[choose(rng, list(shares.values()), n)]
        for shares in (criminal, other)
    ]
    return np.where(seen.is_criminal, *codes)


def _where(rng: np.random.Generator, cameras: Cameras, seen: Seen) -> dict[str, pa.Array]:
    """Places each entry near where its camera stood then."""
    n = len(seen.at)
    at, points = cameras.places(seen.camera, local_day(seen.at)), cameras.points
    is_unplaced = rng.random(n) < UNPLACED
    place = {
        "latitude": degrees(points.latitude[at] + rng.normal(0, 0.0002, n)),
        "longitude": degrees(points.longitude[at] + rng.normal(0, 0.0003, n)),
        "ward_code": points.table["ward_code"].combine_chunks().take(pa.array(at)),
        "lsoa21_code": points.table["LSOA code"].combine_chunks().take(pa.array(at)),
    }
    ids = cameras.ids.take(pa.array(seen.camera))
    return {"camera_id": ids} | {name: blanked(c, is_unplaced) for name, c in place.items()}


def _requested(seen: Seen, asked: Asked) -> tuple[pa.Array, pa.Array]:
    """Reference of the request for each entry, and the day until which its footage is held."""
    n = len(seen.at)
    request = np.full(n, -1)
    is_linked = asked.incident >= 0
    request[asked.incident[is_linked]] = np.flatnonzero(is_linked)
    has_request = request >= 0
    ref = asked.ref.take(pa.array(request, mask=~has_request))
    days = np.where(has_request, HOLD_WITH_REQUEST, HOLD_DAYS)
    until = local_day(seen.at) + days
    is_held = seen.is_criminal | has_request
    return ref, written_days(np.where(is_held, until, np.datetime64("NaT", "D")))


def _versions(
    rng: np.random.Generator, final: pa.Table, seen: Seen, asked: Asked
) -> tuple[pa.Table, np.ndarray]:
    """Puts versions together: an entry that is asked about or changed comes again later."""
    n, day = len(seen.at), local_day(seen.at)
    is_linked = asked.incident >= 0
    changed_at = np.full(n, NO_TIME)
    is_changed = rng.random(n) < CHANGED
    wait = rng.integers(DAY_SECONDS, 10 * DAY_SECONDS, n).astype("timedelta64[s]")
    changed_at[is_changed] = (seen.at + wait)[is_changed]
    is_asked = np.zeros(n, dtype=bool)
    is_asked[asked.incident[is_linked]] = True
    changed_at[asked.incident[is_linked]] = asked.requested_at[is_linked]
    later = local_day(changed_at)
    comes_again = (later > day) & (later <= np.datetime64(WHOLE.last))
    first = _as_first_written(rng, final, seen, comes_again & is_asked, comes_again & ~is_asked)
    again = np.flatnonzero(comes_again)
    second = final.set_column(
        final.schema.get_field_index("updated_at"), "updated_at", written(changed_at)
    ).take(pa.array(again))
    rows = [_numbered(first, "1"), _numbered(second, "2")]
    return pa.concat_tables(rows), np.concatenate([day, later[again]])


def _as_first_written(
    rng: np.random.Generator, final: pa.Table, seen: Seen, is_asked: np.ndarray, is_open: np.ndarray
) -> pa.Table:
    """Gives the entries as they stood on their own day.

    Nobody had asked for the footage; of those still open nobody had been arrested yet, and some
    crimes were not known to be crimes.
    """
    held = written_days(local_day(seen.at) + HOLD_DAYS)
    is_waiting = is_open & (seen.arrests > 0)
    is_vague = is_open & seen.is_criminal & (rng.random(len(is_open)) < FIRST_SUSPICIOUS)
    earlier = {
        "evidence_request_ref": blanked(_column(final, "evidence_request_ref"), is_asked),
        "footage_hold_until": pc.if_else(
            pa.array(is_asked), held, _column(final, "footage_hold_until")
        ),
        "closed_at": blanked(_column(final, "closed_at"), is_open),
        "police_crime_ref": blanked(_column(final, "police_crime_ref"), is_open),
        "arrest_count": blanked(_column(final, "arrest_count"), is_waiting, by="0"),
        "outcome_code": blanked(_column(final, "outcome_code"), is_waiting, by="AREA_SEARCH_NEG"),
        "incident_type_code": blanked(
            _column(final, "incident_type_code"), is_vague, by="SUSPICIOUS"
        ),
        "is_criminal": blanked(_column(final, "is_criminal"), is_vague, by="false"),
    }
    for name, column in earlier.items():
        final = final.set_column(final.schema.get_field_index(name), name, column)
    return final


def _column(rows: pa.Table, name: str) -> pa.Array:
    return rows[name].combine_chunks()


def _numbered(rows: pa.Table, version: str) -> pa.Table:
    return rows.append_column("record_version", pa.repeat(version, len(rows)))
