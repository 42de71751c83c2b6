"""Civil protection: incidents, training, exercises, plans, the on-call cadre, mobilisations."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021.civil_faults import civil_faults
from csp_simulator.borough_2021.civil_incident_log import incident_rows
from csp_simulator.borough_2021.civil_incidents import draw_declarations, incident_figures
from csp_simulator.borough_2021.civil_registers import (
    Sent,
    all_filled,
    draw_exercises,
    draw_registers,
    draw_rotas,
    draw_training,
)
from csp_simulator.borough_2021.daily_files import send_rows
from csp_simulator.borough_2021.fire_mobilisations import draw_mobilisations
from csp_simulator.borough_2021.periods import DECK, LAST_12_MONTHS, month_end, months
from csp_simulator.borough_2021.truth import DomainTruth, FeedTruth
from csp_simulator.partner_files import write_csv
from csp_simulator.places import Borough
from csp_simulator.truth import Fault

#: The month whose rota was sent again, with every shift filled after all.
SENT_AGAIN = date(2021, 3, 1)
#: Months that one release of the mobilisations holds.
MONTHS_A_RELEASE = 3


def write(folder: Path, borough: Borough, *, seed: int, scale: float) -> DomainTruth:
    """Writes the feeds of civil protection, and counts what they say.

    The rota has the same rows at every scale: a role has one shift at a time. The register of
    plans, incidents, training and mobilisations grow with it.

    Args:
        folder: Root of the scenario; files go into `civil` and `fire` below it.
        borough: Where incidents can lie.
        seed: Same seed, same files.
        scale: Factor on volume.
    """
    civil = folder / "civil"
    feeds: dict[str, FeedTruth] = {}
    figures: dict[str, object] = {}
    drawn = draw_declarations(borough, seed=seed, scale=scale)
    rows, days = incident_rows(drawn, seed=seed)
    files = send_rows(civil, "civil_incident", rows, days)
    feeds["civil_incident"] = FeedTruth(files, rows.num_rows, len(drawn.own))
    figures |= incident_figures(drawn, LAST_12_MONTHS.first, LAST_12_MONTHS.last)
    for feed, events, names in (
        ("civil_training", draw_training(seed=seed, scale=scale), ("K095", "K096")),
        ("civil_exercise", draw_exercises(scale=scale), ("K097", "K098")),
    ):
        feeds[feed] = _write_events(civil, feed, events)
        figures |= zip(names, events.count(LAST_12_MONTHS), strict=True)
    feeds["civil_continuity_plan"], said = _write_registers(civil, seed, scale)
    figures |= said
    feeds["civil_cadre_shift"], said = _write_rotas(civil, seed)
    figures |= said
    feeds["fire_lfb_mobilisation"] = _write_mobilisations(folder / "fire", seed, scale)
    return DomainTruth(feeds, figures)


def _write_events(folder: Path, feed: str, events: Sent) -> FeedTruth:
    files = send_rows(folder, feed, events.rows, events.days)
    return FeedTruth(files, events.rows.num_rows, events.current)


def _write_registers(folder: Path, seed: int, scale: float) -> tuple[FeedTruth, dict[str, object]]:
    """Writes the register of each month; the newest one counts."""
    rows, newest, by_month = 0, 0, {}
    registers = 0
    for register in draw_registers(seed=seed, scale=scale):
        name = f"continuity_plan_{register.on:%Y%m%d}.csv"
        write_csv([register.rows], register.rows.column_names, folder / name)
        registers, rows, newest = (
            registers + 1,
            rows + register.rows.num_rows,
            register.rows.num_rows,
        )
        by_month[f"{register.on:%Y-%m}"] = (register.active, register.in_date)
    active, in_date = by_month[f"{DECK:%Y-%m}"]
    figures: dict[str, object] = {
        "K099": active,
        "K099.by_month": {month: counts[0] for month, counts in by_month.items()},
        "K100": 100 * in_date / active,
    }
    return FeedTruth(registers, rows, newest), figures


def _write_rotas(folder: Path, seed: int) -> tuple[FeedTruth, dict[str, object]]:
    """Writes each month's rota; one was sent again, and the second counts."""
    sent = current = files = 0
    by_month: dict[str, float] = {}
    for first, rows, filled in draw_rotas(seed=seed):
        name = f"cadre_shift_{first:%Y%m}.csv"
        write_csv([rows], rows.column_names, folder / name)
        files, sent, current = files + 1, sent + rows.num_rows, current + rows.num_rows
        by_month[f"{first:%Y-%m}"] = 100 * filled / rows.num_rows
        if first == SENT_AGAIN:
            corrected = all_filled(rows)
            write_csv([corrected], rows.column_names, folder / f"{name[:-4]}_corrected.csv")
            files, sent = files + 1, sent + rows.num_rows
            by_month[f"{first:%Y-%m}"] = 100.0
    figures: dict[str, object] = {"K089": by_month[f"{DECK:%Y-%m}"], "K089.by_month": by_month}
    return FeedTruth(files, sent, current), figures


def _write_mobilisations(folder: Path, seed: int, scale: float) -> FeedTruth:
    """Writes a release a month with the newest months; late rows come with the second one."""
    rows, month, release = draw_mobilisations(seed=seed, scale=scale)
    every = [np.datetime64(first, "M") for first in months()]
    files = sent = 0
    for number, newest in enumerate(every):
        oldest = every[max(0, number - MONTHS_A_RELEASE + 1)]
        chosen = (month >= oldest) & (month <= newest) & ((release == 1) | (month < newest))
        part = rows.filter(pa.array(chosen))
        published: date = month_end(newest.astype("datetime64[D]").astype(date)) + timedelta(1)
        name = f"LFB Mobilisation data {published:%Y-%m}.csv"
        write_csv([part], rows.column_names, folder / name)
        files, sent = files + 1, sent + part.num_rows
    never = int(((month == every[-1]) & (release > 1)).sum())
    return FeedTruth(files, sent, rows.num_rows - never)


def faults(folder: Path, borough: Borough, *, seed: int) -> list[Fault]:
    """Writes the labelled bad inputs of civil protection, each in a folder of its own."""
    return civil_faults(folder, borough, seed=seed)
