"""The CCTV control room of the scenario: log, vehicle hits, requests, cameras and their status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.borough_2021.cctv_cameras import Cameras, draw_cameras, draw_status, register
from csp_simulator.borough_2021.cctv_faults import faults
from csp_simulator.borough_2021.cctv_incidents import IncidentMonth, draw_incidents
from csp_simulator.borough_2021.cctv_plan import MonthPlan, month_plans
from csp_simulator.borough_2021.cctv_requests import RequestMonth, draw_requests
from csp_simulator.borough_2021.cctv_vehicles import HitMonth, draw_hits
from csp_simulator.borough_2021.cctv_words import (
    CAMERA_COLUMNS,
    HIT_COLUMNS,
    INCIDENT_COLUMNS,
    REQUEST_COLUMNS,
    STATUS_COLUMNS,
)
from csp_simulator.borough_2021.daily_files import Lines, send, stretches
from csp_simulator.borough_2021.periods import Q1
from csp_simulator.borough_2021.truth import DomainTruth, FeedTruth
from csp_simulator.draws import blanked
from csp_simulator.partner_files import csv_bytes, write_csv
from csp_simulator.places import Borough

__all__ = ["faults", "write"]

#: Days whose log was sent a second time, with a few entries put right.
SENT_AGAIN = (date(2020, 2, 11), date(2021, 5, 18))
PUT_RIGHT = 3


@dataclass
class DailyFeed:
    """One feed of daily files: keeps rows until the month of the day they are sent on.

    Attributes:
        folder: Where the files go.
        stem: What their names begin with.
        columns: Their columns.
        is_stand: Whether each file tells how things stood on its day.
    """

    folder: Path
    stem: str
    columns: Sequence[str]
    is_stand: bool = False
    files: int = 0
    rows: int = 0
    waiting: list[tuple[pa.Table, np.ndarray]] = field(default_factory=list)

    def add(self, rows: pa.Table, file_day: np.ndarray) -> None:
        """Takes rows, each with the day whose file it stands in."""
        if len(rows):
            self.waiting.append((rows, file_day))

    def send(self, plan: MonthPlan) -> dict[date, bytes]:
        """Writes the files of a month's days; rows of later days go on waiting."""
        due = np.datetime64(plan.period.last)
        now, later = [], []
        for rows, file_day in self.waiting:
            is_due = file_day <= due
            now.append((rows.filter(pa.array(is_due)), file_day[is_due]))
            later.append((rows.filter(pa.array(~is_due)), file_day[~is_due]))
        self.waiting = [(rows, day) for rows, day in later if len(rows)]
        if not now:
            return {}
        rows = pa.concat_tables([rows for rows, _ in now])
        file_day = np.concatenate([day for _, day in now])
        order = np.argsort(file_day, kind="stable")
        lines = Lines(rows.take(pa.array(order)), self.columns)
        # Header-only files of several days would be one file received again and again.
        files = {day: lines.file(*of) for day, *of in stretches(file_day[order])}
        self.files += send(
            self.folder, self.stem, files, is_extract=not self.is_stand, is_dated_after=True
        )
        self.rows += len(rows)
        return files

    def truth(self, current: int) -> FeedTruth:
        """What was written, of which `current` records are to be found."""
        return FeedTruth(self.files, self.rows, current)


def write(folder: Path, borough: Borough, *, seed: int, scale: float) -> DomainTruth:
    """Writes the control room's files below `folder`/cctv and counts what was drawn."""
    place = folder / "cctv"
    cameras = draw_cameras(borough, seed=seed, scale=scale)
    log = DailyFeed(place, "cctv_incident", INCIDENT_COLUMNS)
    reads = DailyFeed(place, "wanted_vehicle", HIT_COLUMNS)
    asked = DailyFeed(place, "evidence_request", REQUEST_COLUMNS, is_stand=True)
    status = DailyFeed(place, "camera_status", STATUS_COLUMNS)
    count = Counter[str]()
    quarter = Quarter()
    for plan in month_plans(seed=seed, scale=scale):
        hits = draw_hits(plan, cameras, seed=seed)
        incidents = draw_incidents(plan, cameras, hits, seed=seed)
        requests = draw_requests(plan, incidents.asked, cameras, seed=seed)
        up = draw_status(cameras, plan.period.days, seed=seed)
        log.add(incidents.rows, incidents.file_day)
        reads.add(hits.rows, hits.file_day)
        asked.add(requests.rows, requests.file_day)
        status.add(up.rows, up.day)
        for feed in (log, reads, asked, status):
            feed.send(plan)
        for day in SENT_AGAIN:
            if day in plan.period:
                _send_again(log, incidents, day)
        count.update(incidents=incidents.entries, reads=hits.reads, asked=len(requests.exported))
        quarter.add(plan.first, incidents, hits, requests, (up.up, up.available))
    feeds = {
        "cctv_incident": log.truth(count["incidents"]),
        "cctv_vehicle_hit": reads.truth(count["reads"]),
        "cctv_evidence_request": asked.truth(count["asked"]),
        "cctv_camera": _write_registers(place, cameras, month_plans(seed=seed, scale=scale)),
        "cctv_camera_status": status.truth(status.rows),
    }
    return DomainTruth(feeds, quarter.figures())


def _write_registers(folder: Path, cameras: Cameras, plans: list[MonthPlan]) -> FeedTruth:
    """Writes the register of every month; the last is the one that counts."""
    rows = 0
    for plan in plans:
        drawn = register(cameras, plan.first)
        write_csv([drawn], CAMERA_COLUMNS, folder / f"camera_register_{plan.first:%Y%m}.csv")
        rows += len(drawn)
    return FeedTruth(len(plans), rows, len(drawn))


def _send_again(log: DailyFeed, incidents: IncidentMonth, day: date) -> None:
    """Writes a day's log once more; a few entries that never changed have another version."""
    rows = incidents.rows.filter(pa.array(incidents.file_day == np.datetime64(day)))
    changed = incidents.rows.filter(pc.equal(incidents.rows["record_version"], "2"))
    is_settled = pc.invert(pc.is_in(rows["incident_ref"], changed["incident_ref"].combine_chunks()))
    put_right = np.flatnonzero(is_settled.to_numpy())[:PUT_RIGHT]
    is_put_right = np.isin(np.arange(len(rows)), put_right)
    version = blanked(rows["record_version"].combine_chunks(), is_put_right, by="2")
    at = rows.schema.get_field_index("record_version")
    again = rows.set_column(at, "record_version", version)
    path = log.folder / f"cctv_incident_{day:%Y%m%d}_again.csv"
    path.write_bytes(csv_bytes(again, log.columns))
    log.files, log.rows = log.files + 1, log.rows + len(again)


@dataclass
class Quarter:
    """Sums the presentation's quarter, April to June 2021."""

    sums: Counter[str] = field(default_factory=Counter)
    wards: Counter[str] = field(default_factory=Counter)
    up: dict[str, list[int]] = field(default_factory=dict)

    def add(
        self,
        first: date,
        incidents: IncidentMonth,
        hits: HitMonth,
        requests: RequestMonth,
        up: tuple[int, int],
    ) -> None:
        """Takes a month's counts; requests count in the quarter they came in."""
        is_in = (requests.requested_on >= np.datetime64(Q1.first)) & (
            requests.requested_on <= np.datetime64(Q1.last)
        )
        self.sums.update(
            requests=int(is_in.sum()),
            packages=int((is_in & requests.exported).sum()),
            in_time=int((is_in & requests.in_time).sum()),
            too_late=int((is_in & requests.too_late).sum()),
        )
        self.up[f"{first:%Y-%m}"] = list(up)
        if first not in Q1:
            return
        self.wards.update(incidents.criminal_by_ward)
        self.sums.update(
            entries=incidents.entries,
            criminal=incidents.criminal,
            arrests=incidents.arrests,
            criminal_with_arrest=incidents.criminal_with_arrest,
            by_operators=incidents.by_operators,
            vehicles=hits.vehicles,
            vehicles_with_arrest=hits.vehicles_with_arrest,
            vehicle_arrests=hits.arrests,
        )

    def figures(self) -> dict[str, object]:
        """KPI → figure; of a share its parts, and of availability minutes up and available."""
        sums = self.sums
        return {
            "K021": sums["criminal"],
            "K021.by_ward": dict(sorted(self.wards.items())),
            "K022": sums["arrests"],
            "K023": [sums["criminal_with_arrest"], sums["criminal"]],
            "K024": sums["vehicles"],
            "K025": sums["vehicle_arrests"],
            "K026": [sums["vehicles_with_arrest"], sums["vehicles"]],
            "K028.by_month": self.up,
            "K029": [sums["in_time"], sums["requests"]],
            "K029.packages": sums["packages"],
            "K029.too_late": [sums["too_late"], sums["requests"]],
            "K030": [sums["by_operators"], sums["entries"]],
        }
