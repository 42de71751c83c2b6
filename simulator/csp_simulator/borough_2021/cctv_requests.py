"""Requests for footage: some of an incident in the log, some of others, some too late."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.borough_2021.cctv_cameras import Cameras
from csp_simulator.borough_2021.cctv_plan import MonthPlan
from csp_simulator.borough_2021.cctv_vehicles import NO_TIME, day_refs
from csp_simulator.borough_2021.cctv_words import REQUEST_TERMS, REQUESTERS
from csp_simulator.borough_2021.london_times import DAY_SECONDS, local_day, written
from csp_simulator.borough_2021.periods import WHOLE
from csp_simulator.draws import blanked, choose, joined, stream, words

RETENTION = np.timedelta64(31, "D").astype("timedelta64[s]")
#: Share of requests that speak of an incident in the log, and of those that come too late.
LINKED, LATE = 0.75, 0.08
#: A request comes at most so many months after its incident; each has its own range of numbers.
MONTHS_ASKED, NUMBERS_A_MONTH = 3, 300
FOUND, TWO_CAMERAS = 0.9, 0.4
COLUMNS_OF_ANSWER = ("footage_found", "exported_at", "exhibit_ref", "closed_at")


@dataclass(frozen=True)
class Asked:
    """Requests for footage of one month.

    Attributes:
        incident: Position of the incident in the month's log, -1 when it is not in it.
        incident_at: When it happened.
        camera: The camera asked for, as an index.
        requested_at: When the request came in.
        ref: Its reference.
    """

    incident: np.ndarray
    incident_at: np.ndarray
    camera: np.ndarray
    requested_at: np.ndarray
    ref: pa.Array


@dataclass(frozen=True)
class RequestMonth:
    """What became of the requests for one month's footage.

    Attributes:
        rows: Rows of the files, one for the request and one for its answer.
        file_day: The day whose file each row stands in.
        requested_on: The day of each request.
        exported: Whether a package was made by the end of the scenario.
        in_time: Whether it was made before it was due.
        too_late: Whether the request came after the footage was overwritten.
    """

    rows: pa.Table
    file_day: np.ndarray
    requested_on: np.ndarray
    exported: np.ndarray
    in_time: np.ndarray
    too_late: np.ndarray


def draw_asked(
    plan: MonthPlan, at: np.ndarray, camera: np.ndarray, is_criminal: np.ndarray, *, seed: int
) -> Asked:
    """Draws which incidents of a month's log, in the order of time, somebody asks about."""
    rng = stream(seed, "cctv", "requests", plan.name)
    criminal = np.flatnonzero(is_criminal)
    n = plan.requests if len(at) else 0
    linked = rng.choice(criminal, min(len(criminal), round(n * LINKED)), replace=False)
    other = rng.integers(0, max(len(at), 1), n - len(linked))
    which = np.concatenate([linked, other])
    incident = np.concatenate([linked, np.full(len(other), -1)])
    shift = np.where(incident < 0, rng.integers(0, DAY_SECONDS, n), 0).astype("timedelta64[s]")
    incident_at = at[which] - shift
    days = np.where(rng.random(n) < LATE, rng.uniform(33, 50, n), 0.1 + rng.exponential(4, n) % 29)
    requested_at = incident_at + (days * DAY_SECONDS).astype("timedelta64[s]")
    kept = np.flatnonzero(local_day(requested_at) <= np.datetime64(WHOLE.last))
    kept = kept[np.argsort(requested_at[kept], kind="stable")]
    day = local_day(requested_at[kept])
    number = np.arange(len(kept)) - np.searchsorted(day, day) + 1
    number += NUMBERS_A_MONTH * (plan.first.month % MONTHS_ASKED)
    return Asked(
        incident[kept],
        incident_at[kept],
        camera[which][kept],
        requested_at[kept],
        day_refs("TH-ER-", day, number, width=3),
    )


def draw_requests(plan: MonthPlan, asked: Asked, cameras: Cameras, *, seed: int) -> RequestMonth:
    """Draws what the requests say and what became of them."""
    rng = stream(seed, "cctv", "answers", plan.name)
    n = len(asked.ref)
    begin = asked.incident_at - np.timedelta64(600, "s")
    end = asked.incident_at + rng.integers(300, 2400, n).astype("timedelta64[s]")
    in_retention = asked.requested_at - end <= RETENTION
    organisation = choose(rng, list(REQUESTERS.values()), n)
    terms = np.array([REQUEST_TERMS[name][1] for name in REQUESTERS])
    due = asked.requested_at + terms[organisation].astype("timedelta64[D]")
    is_found = in_retention & (rng.random(n) < FOUND)
    work = (rng.lognormal(1.0, 0.8, n) * DAY_SECONDS).astype("timedelta64[s]")
    exported = np.where(is_found, asked.requested_at + work, NO_TIME)
    closed = asked.requested_at + work + np.timedelta64(3600, "s")
    asked_rows = _as_asked(rng, asked, cameras, organisation) | {
        "incident_at_from": written(begin),
        "incident_at_to": written(end),
        "within_retention": words(["false", "true"], in_retention.astype(int)),
        "due_at": written(due),
    }
    exhibit = joined(pa.repeat("TH/CCTV/", n), pc.utf8_slice_codeunits(asked.ref, 6))
    answer = {
        "footage_found": words(["false", "true"], is_found.astype(int)),
        "exported_at": written(exported),
        "exhibit_ref": blanked(exhibit, ~is_found),
        "closed_at": written(closed),
    }
    requested_on, closed_on = local_day(asked.requested_at), local_day(closed)
    is_answered = closed_on <= np.datetime64(WHOLE.last)
    is_same_day = requested_on == closed_on
    opening, closing = np.flatnonzero(~is_same_day), np.flatnonzero(is_answered)
    blank = {name: pa.nulls(n, pa.string()) for name in COLUMNS_OF_ANSWER}
    return RequestMonth(
        pa.concat_tables(
            [
                pa.table(asked_rows | blank).take(pa.array(opening)),
                pa.table(asked_rows | answer).take(pa.array(closing)),
            ]
        ),
        np.concatenate([requested_on[opening], closed_on[closing]]),
        requested_on,
        is_answered & is_found,
        is_answered & is_found & (exported <= due),
        ~in_retention,
    )


def _as_asked(
    rng: np.random.Generator, asked: Asked, cameras: Cameras, organisation: np.ndarray
) -> dict[str, pa.Array]:
    """Which request it is, whose, what for, and of which cameras."""
    ids = cameras.ids.take(pa.array(asked.camera))
    beside = cameras.ids.take(pa.array((asked.camera + 1) % len(cameras.ids)))
    has_two = pa.array(rng.random(len(ids)) < TWO_CAMERAS)
    purposes = [REQUEST_TERMS[name][0] for name in REQUESTERS]
    return {
        "request_ref": asked.ref,
        "requested_at": written(asked.requested_at),
        "requester_org": words(list(REQUESTERS), organisation),
        "purpose_code": words(purposes, organisation),
        "camera_ids": pc.if_else(has_two, joined(ids, beside, by=";"), ids),
    }
