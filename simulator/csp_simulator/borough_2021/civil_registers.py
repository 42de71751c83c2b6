"""Draws training, exercises, continuity plans and the on-call rota."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021.civil_words import (
    ACTIVE_PLANS,
    COURSES,
    DEPARTMENTS,
    EXERCISE_COLUMNS,
    EXERCISES,
    FILLED_FROM,
    FIRST_ACTIVE_PLANS,
    INCIDENTS,
    LATE_PLANS,
    MODE_SHARES,
    MODES,
    MONTH_FACTOR,
    MTPD_HOURS,
    OTHER_PLANS,
    OWNERS,
    PLAN_COLUMNS,
    PLANS_OF_EACH_OTHER,
    ROLES,
    RTO_HOURS,
    SERVICES,
    SHIFT_COLUMNS,
    TRAINING,
    TRAINING_COLUMNS,
)
from csp_simulator.borough_2021.london_times import to_utc, written, written_days
from csp_simulator.borough_2021.periods import WHOLE, Period, month_end, months
from csp_simulator.draws import blanked, choose, joined, seasonal_days, stream, text, words


@dataclass(frozen=True)
class Sent:
    """Rows of an event-driven feed, the day of each row's file, and how many events there are."""

    rows: pa.Table
    days: np.ndarray
    current: int
    happened: np.ndarray
    size: np.ndarray

    def count(self, period: Period) -> tuple[int, int]:
        """Events in a period, and the sum of their sizes."""
        inside = (self.happened >= np.datetime64(period.first)) & (
            self.happened <= np.datetime64(period.last)
        )
        return int(inside.sum()), int(self.size[inside].sum())


def draw_training(*, seed: int, scale: float) -> Sent:
    """Draws training events; some are sent again when officers were counted twice."""
    rng = stream(seed, "civil", "training")
    days, sizes = [], []
    for period, (events, attendances) in TRAINING.items():
        first, last = INCIDENTS[period][:2]
        n, total = round(events * scale), round(attendances * scale)
        begin = np.datetime64(first) + (period == "after")
        end = np.datetime64(last) - {"before": 1, "in": 0, "after": 8}[period]
        days.append(seasonal_days(rng, begin, end, MONTH_FACTOR, n))
        each = rng.multinomial(total - 2 * n, np.full(n, 1 / n)) if n else np.zeros(0, int)
        sizes.append(2 + each)
    held, size = np.concatenate(days), np.concatenate(sizes)
    n = len(held)
    repeated = rng.binomial(1, 0.2, n)
    course = rng.integers(len(COURSES), size=n)
    code, title, statutory, hours = (words(values, course) for values in zip(*COURSES, strict=True))
    rows = pa.table(
        {
            "event_id": _numbered("TR", held),
            "event_date": written_days(held),
            "course_code": code,
            "title": title,
            "delivery_mode": words(MODES, choose(rng, MODE_SHARES, n)),
            "duration_hours": hours,
            "attendee_count": text(size),
            "attendee_unique_count": text(size - repeated),
            "department": words(DEPARTMENTS, rng.integers(len(DEPARTMENTS), size=n)),
            "is_statutory_role": statutory,
        }
    ).select(TRAINING_COLUMNS)
    again = np.flatnonzero(repeated)[::3]
    place = TRAINING_COLUMNS.index("attendee_unique_count")
    corrected = rows.take(pa.array(again))
    corrected = corrected.set_column(place, "attendee_unique_count", [text(size[again])])
    sent = held + np.timedelta64(2, "D")
    return Sent(
        pa.concat_tables([rows, corrected]),
        np.concatenate([sent, sent[again] + np.timedelta64(5, "D")]),
        n,
        held,
        size,
    )


def _numbered(prefix: str, days: np.ndarray, width: int = 4) -> pa.Array:
    """Numbers events by year in order of day; days are in order."""
    year = days.astype("datetime64[Y]").astype(int) + 1970
    serial = np.arange(len(days)) - np.searchsorted(year, year) + 1
    return joined(f"{prefix}-", text(year), "-", text(serial, width=width))


def draw_exercises(*, scale: float) -> Sent:
    """Lists the exercises, each sent after it was held and again after its debrief."""
    listed = np.repeat(np.arange(len(EXERCISES)), max(round(scale), 1))
    held, kind, name, scope, staff, partners, met, wait, actions = (
        np.array(values)[listed] for values in zip(*EXERCISES, strict=True)
    )
    held = held.astype("datetime64[D]")
    debrief = held + wait
    n = len(listed)
    columns = {
        "exercise_id": _numbered("EX", held, 3),
        "date": written_days(held),
        "type": pa.array(kind),
        "name": pa.array(name),
        "scope": pa.array(scope),
        "staff_attending": text(staff),
        "partners": blanked(pa.array(partners), partners == ""),
    }
    before = {"objectives_met": pa.nulls(n, pa.string()), "debrief_on": pa.nulls(n, pa.string())}
    after = {"objectives_met": pa.array(met), "debrief_on": written_days(debrief)}
    rows = pa.concat_tables(
        [
            pa.table(columns | before | {"actions_open": pa.nulls(n, pa.string())}),
            pa.table(columns | after | {"actions_open": text(actions)}),
        ]
    ).select(EXERCISE_COLUMNS)
    days = np.concatenate([held + np.timedelta64(1, "D"), debrief + np.timedelta64(1, "D")])
    return Sent(rows, days, n, held, staff)


@dataclass(frozen=True)
class Register:
    """The register of continuity plans on one day: rows, active plans, and those in date."""

    on: date
    rows: pa.Table
    active: int
    in_date: int


def draw_registers(*, seed: int, scale: float) -> Iterator[Register]:
    """Draws the whole register at the end of every month."""
    rng = stream(seed, "civil", "plans")
    others = len(OTHER_PLANS) * PLANS_OF_EACH_OTHER
    n = round((ACTIVE_PLANS + others) * scale)
    full = round(ACTIVE_PLANS * scale)
    phase = rng.integers(365, size=n)
    late = rng.random(n) < LATE_PLANS
    slip, exercised = late * rng.integers(1, 120, n), rng.integers(20, 400, n)
    tier, approved = rng.integers(len(RTO_HOURS), size=n), rng.integers(200, 1500, n)
    every = list(months())
    for number, first in enumerate(every):
        on = np.datetime64(month_end(first))
        grown = min(1.0, number / (len(every) - 12))
        active = round((FIRST_ACTIVE_PLANS + grown * (ACTIVE_PLANS - FIRST_ACTIVE_PLANS)) * scale)
        age = (on.astype(int) - phase) % 365
        # A plan that is reviewed late still shows its review of the year before.
        reviewed = on - np.where(age < slip, age + 365, age)
        due = reviewed + 365
        # Plans not yet written at the time are left out, so the others follow the last active one.
        row = np.concatenate([np.arange(active), np.arange(full, n)])
        days = {
            "approved_on": np.datetime64(WHOLE.first) - approved,
            "review_due_on": due,
            "last_reviewed_on": reviewed,
            "last_exercised_on": reviewed - exercised,
        }
        rows = _plans(row, tier, days)
        kind = ["ACTIVE", *OTHER_PLANS]
        state = np.where(row < full, 0, 1 + row % len(OTHER_PLANS))
        rows = rows.append_column("status", words(kind, state)).select(PLAN_COLUMNS)
        yield Register(month_end(first), rows, active, int((due[:active] >= on).sum()))


def _plans(row: np.ndarray, tier: np.ndarray, days: dict[str, np.ndarray]) -> pa.Table:
    """Plans of one register, all columns but the status."""
    service = joined(words(SERVICES, row % len(SERVICES)), " ", text(row // len(SERVICES) + 1))
    return pa.table(
        {
            "plan_id": joined("BCP-", text(row + 1, width=3)),
            "service": service,
            "directorate": words(DEPARTMENTS, row % len(DEPARTMENTS)),
            "owner_role": words(OWNERS, row % len(OWNERS)),
            "version": joined(text(1 + row % 4), ".", text(row % 3)),
            **{name: written_days(values[row]) for name, values in days.items()},
            "rto_hours": words([str(hours) for hours in RTO_HOURS], tier[row]),
            "mtpd_hours": words([str(hours) for hours in MTPD_HOURS], tier[row]),
            "criticality": joined("TIER_", text(tier[row] + 1)),
        }
    )


def draw_rotas(*, seed: int) -> Iterator[tuple[date, pa.Table, int]]:
    """Draws every month's rota: first day, rows, and how many of them are filled."""
    rng = stream(seed, "civil", "cadre")
    for first in months():
        days = np.arange(np.datetime64(first), np.datetime64(month_end(first)) + 1)
        starts = (days.astype("datetime64[h]")[:, None] + np.array([8, 20])).ravel()
        start = np.repeat(starts, len(ROLES)).astype("datetime64[s]")
        n = len(start)
        chance = [share for month, share in FILLED_FROM if month <= f"{first:%Y-%m}"][-1]
        filled = rng.random(n) < chance
        backup = filled & (rng.random(n) < 0.8)  # noqa: PLR2004
        rows = pa.table(
            {
                "shift_start": written(to_utc(start)),
                "shift_end": written(to_utc(start + np.timedelta64(12, "h"))),
                "role": words(ROLES, np.tile(np.arange(len(ROLES)), len(starts))),
                "filled": words(("false", "true"), filled.astype(int)),
                "backup_filled": words(("false", "true"), backup.astype(int)),
            }
        ).select(SHIFT_COLUMNS)
        yield first, rows, int(filled.sum())


def all_filled(rows: pa.Table) -> pa.Table:
    """A rota in which every shift is filled, as it is sent again."""
    place = SHIFT_COLUMNS.index("filled")
    return rows.set_column(place, "filled", [pa.repeat("true", rows.num_rows)])
