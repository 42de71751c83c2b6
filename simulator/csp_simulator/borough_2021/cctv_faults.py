"""Labelled bad files of the control room, each with what should happen to it.

Codes are those of docs/specification/bad-inputs.md. Most are of a day after the scenario's last,
so that they stand beside its deliveries; each is meant to be delivered on its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.borough_2021.cctv_cameras import draw_cameras
from csp_simulator.borough_2021.cctv_incidents import draw_incidents
from csp_simulator.borough_2021.cctv_plan import month_plan
from csp_simulator.borough_2021.cctv_requests import draw_requests
from csp_simulator.borough_2021.cctv_vehicles import draw_hits
from csp_simulator.borough_2021.cctv_words import HIT_COLUMNS, INCIDENT_COLUMNS, REQUEST_COLUMNS
from csp_simulator.partner_files import csv_bytes
from csp_simulator.places import Borough
from csp_simulator.truth import Fault

DAY, CLOCKS_BACK = date(2022, 1, 12), date(2021, 10, 31)
#: Far more than what is damaged, so that the file itself is not refused.
ROWS = 40
Change = Mapping[str, Sequence[str | None]]


class BadRows(NamedTuple):
    """A bad file before it is written: see `Fault` for its parts; `fault_rows` is their number."""

    code: str
    what: str
    rows: pa.Table
    expectation: str
    fault_rows: int


def faults(folder: Path, borough: Borough, *, seed: int) -> list[Fault]:
    """Writes the bad files, each in a folder of its own below `folder`, and lists them."""
    log = _log(DAY, borough, seed)
    return [
        *(
            _save(folder, bad, f"cctv_incident_{DAY:%Y%m%d}.csv", INCIDENT_COLUMNS)
            for bad in (*_times(log), *_references(log), *_arrests(log), *_text(log), *_holds(log))
        ),
        *(
            _save(folder, bad, f"cctv_incident_{CLOCKS_BACK:%Y%m%d}.csv", INCIDENT_COLUMNS)
            for bad in _clock_change(_log(CLOCKS_BACK, borough, seed))
        ),
        *(
            _save(folder, bad, f"wanted_vehicle_{DAY:%Y%m%d}.csv", HIT_COLUMNS)
            for bad in _vehicles(borough, seed)
        ),
        *(
            _save(folder, bad, f"evidence_request_{DAY:%Y%m%d}.csv", REQUEST_COLUMNS)
            for bad in _requests(borough, seed)
        ),
    ]


def _save(folder: Path, bad: BadRows, name: str, columns: Sequence[str]) -> Fault:
    """Writes one bad file and labels it."""
    where = f"{bad.code}-{bad.what}/{name}"
    path = folder / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(csv_bytes(bad.rows, columns))
    what = bad.what.replace("-", " ")
    return Fault(bad.code, where, bad.expectation, bad.fault_rows, what)


def _log(day: date, borough: Borough, seed: int) -> pa.Table:
    """Draws a day's log, every incident with all its times, an arrest and a police reference."""
    cameras = draw_cameras(borough, seed=seed, scale=1)
    plan = month_plan(day.replace(day=1), seed=seed, scale=2)
    incidents = draw_incidents(plan, cameras, draw_hits(plan, cameras, seed=seed), seed=seed)
    version = incidents.rows["record_version"].to_numpy(zero_copy_only=False)
    is_wanted = (incidents.file_day == np.datetime64(day)) & (version == "1")
    rows = incidents.rows.filter(pa.array(is_wanted)).slice(0, ROWS)
    n = len(rows)
    whole: dict[str, Sequence[str | None]] = {
        "detected_at": [f"{day}T14:00:00+00:00"] * n,
        "police_notified_at": [f"{day}T14:02:00+00:00"] * n,
        "police_on_scene_at": [f"{day}T14:10:00+00:00"] * n,
        "closed_at": [f"{day}T14:40:00+00:00"] * n,
        "outcome_code": ["ARREST"] * n,
        "arrest_count": ["1"] * n,
        "police_cad_ref": [f"CAD {5000 + i}/{day:%d%b%y}".upper() for i in range(n)],
        "evidence_request_ref": [None] * n,
        "footage_hold_until": [None] * n,
    }
    return changed(rows, whole)


def changed(rows: pa.Table, change: Change) -> pa.Table:
    """Puts other values into the first rows, as many as are given for each column."""
    for name, values in change.items():
        column = pa.array(values, pa.string())
        whole = pa.concat_arrays([column, rows[name].combine_chunks().slice(len(column))])
        rows = rows.set_column(rows.schema.get_field_index(name), name, whole)
    return rows


def _times(log: pa.Table) -> Iterator[BadRows]:
    """Late updates, and clocks that differ."""
    later = changed(log.slice(0, 3), {"record_version": ["2"] * 3, "outcome_code": ["ARREST"] * 3})
    both = pa.concat_tables([log, later])
    yield BadRows("B51", "late-update-in-the-same-file", both, "accepted", len(both))
    near = changed(log, {"police_notified_at": [f"{DAY}T13:58:00+00:00", f"{DAY}T13:59:59+00:00"]})
    yield BadRows("B52", "clock-two-minutes-behind", near, "fixed", 2)
    far = changed(log, {"police_notified_at": [f"{DAY}T13:57:59+00:00", f"{DAY}T12:00:00+00:00"]})
    yield BadRows("B52", "clock-far-behind", far, "quarantined", 2)


def _clock_change(log: pa.Table) -> Iterator[BadRows]:
    """A time that the clock shows twice, without an offset and with one."""
    later = ("police_notified_at", "police_on_scene_at", "closed_at")
    times: dict[str, Sequence[str | None]] = {name: [None, None] for name in later}
    unclear = changed(log, {"detected_at": [f"{CLOCKS_BACK}T01:30:00"] * 2} | times)
    yield BadRows("B53", "hour-shown-twice", unclear, "quarantined", 2)
    said = [f"{CLOCKS_BACK}T01:30:00+01:00", f"{CLOCKS_BACK}T01:30:00+00:00"]
    clear = changed(log, {"detected_at": said} | times)
    yield BadRows("B53", "hour-shown-twice-with-offset", clear, "accepted", len(log))


def _references(log: pa.Table) -> Iterator[BadRows]:
    """Police and camera references."""
    bare = changed(log, {"police_cad_ref": ["CAD 5417", "CAD5417", "5417"]})
    yield BadRows("B54", "dispatch-serial-without-date", bare, "quarantined", 3)
    forms = ["CAD5417/12JAN22", "5417/12jan2022", "cad 05417 / 12 Jan 22"]
    other = changed(log, {"police_cad_ref": forms})
    yield BadRows("B54", "dispatch-reference-in-other-forms", other, "fixed", 3)
    reused = changed(log, {"police_cad_ref": ["CAD 5417/12JAN22", "CAD 5417/13JAN22"]})
    yield BadRows("B54", "serial-used-again-next-day", reused, "accepted", len(log))
    unknown = changed(log, {"camera_id": ["CAM41"]})
    yield BadRows("B55", "camera-not-of-the-register", unknown, "warned", len(log))


def _arrests(log: pa.Table) -> Iterator[BadRows]:
    """Arrest counts."""
    spelled = changed(log, {"arrest_count": ["two", "One"]})
    yield BadRows("B56", "arrests-in-words", spelled, "fixed", 2)
    absurd = changed(log, {"arrest_count": ["-1", "21"]})
    yield BadRows("B56", "arrests-negative-or-too-many", absurd, "quarantined", 2)
    other = changed(log, {"outcome_code": ["DISPERSED", "NO_FURTHER"]})
    yield BadRows("B56", "arrest-without-its-outcome", other, "quarantined", 2)


def _text(log: pa.Table) -> Iterator[BadRows]:
    """Narratives that were not redacted; the names, plate and number are invented."""
    for what, said in (
        ("narrative-with-number-plate", "Silver estate AB12 CDE left at speed"),
        ("narrative-with-phone-number", "Caller can be rung on 07700 900123"),
        ("narrative-with-name", "Male named Alex was searched"),
    ):
        rows = changed(log, {"narrative_redacted": [said]})
        yield BadRows("B57", what, rows, "warned", len(log))


def _holds(log: pa.Table) -> Iterator[BadRows]:
    """Footage held beyond 31 days, without a request and with one."""
    kept = changed(log, {"footage_hold_until": ["2022-02-13", "2023-01-12"]})
    yield BadRows("B60", "hold-without-request", kept, "quarantined", 2)
    asked = changed(kept, {"evidence_request_ref": ["TH-ER-20220114-001", "TH-ER-20220114-002"]})
    yield BadRows("B60", "hold-with-request", asked, "accepted", len(log))


def _vehicles(borough: Borough, seed: int) -> Iterator[BadRows]:
    """A raw plate, and a vehicle read again and again."""
    cameras = draw_cameras(borough, seed=seed, scale=1)
    hits = draw_hits(month_plan(DAY.replace(day=1), seed=seed, scale=1), cameras, seed=seed)
    is_wanted = hits.file_day == np.datetime64(DAY)
    rows = hits.rows.filter(pa.array(is_wanted))
    yield BadRows(
        "B58", "raw-number-plate", changed(rows, {"vrm_token": ["AB12 CDE"]}), "rejected", 0
    )
    first = rows.slice(0, 1)
    n = 50
    again = changed(
        pa.concat_tables([first] * n),
        {
            "hit_ref": [f"TH-VH-{DAY:%Y%m%d}-{9000 + i}" for i in range(n)],
            "hit_at": [f"{DAY}T15:{i:02d}:00+00:00" for i in range(n)],
            "police_notified_at": [None] * n,
            "police_cad_ref": [None] * n,
            "stopped": ["false"] * n,
            "arrest_count": ["0"] * n,
            "result_code": ["REPEAT_READ"] * n,
        },
    )
    both = pa.concat_tables([rows, again])
    yield BadRows("B59", "fifty-reads-in-an-hour", both, "accepted", len(both))


def _requests(borough: Borough, seed: int) -> Iterator[BadRows]:
    """Footage found that should have been overwritten."""
    cameras = draw_cameras(borough, seed=seed, scale=1)
    plan = month_plan(CLOCKS_BACK.replace(day=1), seed=seed, scale=1)
    incidents = draw_incidents(plan, cameras, draw_hits(plan, cameras, seed=seed), seed=seed)
    drawn = draw_requests(plan, incidents.asked, cameras, seed=seed).rows
    closed = drawn.filter(pc.is_valid(drawn["closed_at"]))
    old = {
        "requested_at": ["2021-10-20T10:00:00+01:00"],
        "incident_at_from": ["2021-09-01T10:00:00+01:00"],
        "incident_at_to": ["2021-09-01T10:30:00+01:00"],
        "within_retention": ["false"],
        "footage_found": ["true"],
        "exported_at": ["2021-10-21T10:00:00+01:00"],
        "exhibit_ref": ["TH/CCTV/2021/0001"],
        "due_at": ["2021-10-27T10:00:00+01:00"],
        "closed_at": ["2021-10-21T11:00:00+01:00"],
    }
    yield BadRows("B60", "footage-older-than-retention", changed(closed, old), "quarantined", 1)
