"""Labelled bad files of the ASB feeds.

Codes are those of docs/specification/bad-inputs.md. All are of January 2022, after the
scenario's last day; each is meant to be delivered on its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.bad_rows import replaced
from csp_simulator.borough_2021.asb_cases import case_rows, draw_reports
from csp_simulator.borough_2021.asb_enforcement import draw_actions
from csp_simulator.borough_2021.asb_notices import action_rows, draw_stages
from csp_simulator.borough_2021.asb_orders import register_rows
from csp_simulator.borough_2021.asb_public_realm import draw_music_events
from csp_simulator.borough_2021.asb_words import ORDERS
from csp_simulator.draws import stream
from csp_simulator.partner_files import write_csv
from csp_simulator.places import Borough
from csp_simulator.truth import Fault

DAY = "20220105"
ACTIONS, CASES = f"enforcement_action_{DAY}.csv", f"asb_case_{DAY}.csv"
EVENTS, REGISTER = f"music_event_{DAY}.csv", f"pspo_register_{DAY}.csv"
ROWS, BURST = 60, 40


class BadFile(NamedTuple):
    """A bad file before it is written: see `Fault` for its parts."""

    code: str
    what: str
    name: str
    rows: pa.Table
    expectation: str
    affected: int


def write_faults(folder: Path, borough: Borough, *, seed: int) -> list[Fault]:
    """Writes every bad file below `<folder>/<code>-<what>` and lists them."""
    faults = []
    for bad in _bad_files(borough, seed):
        path = folder / f"{bad.code}-{bad.what}" / bad.name
        write_csv([bad.rows], bad.rows.column_names, path)
        shown = str(path.relative_to(folder))
        faults.append(Fault(bad.code, shown, bad.expectation, bad.affected, bad.what))
    return faults


def _bad_files(borough: Borough, seed: int) -> Iterator[BadFile]:
    yield from _penalties(_paid_penalties(borough, seed))
    yield from _reports(borough, seed)
    events = draw_music_events(stream(seed, "asb-faults", "events"), 1)[0].rows.slice(0, ROWS)
    told = _first(events, "location", "Flat 12, ring 020 7946 0958")
    yield BadFile("B57", "place-with-telephone-number", EVENTS, told, "fixed", 1)
    formula = _first(events, "location", "=HYPERLINK(park)")
    yield BadFile("B77", "formula-in-place", EVENTS, formula, "warned", len(formula))
    register = register_rows(ORDERS)
    spoilt = _first(register, "title", "=SUM(A)")
    yield BadFile("B77", "formula-in-title", REGISTER, spoilt, "warned", len(spoilt))


def _paid_penalties(borough: Borough, seed: int) -> pa.Table:
    """Valid versions of penalties paid in full, the nitrous-oxide order's first."""
    rng = stream(seed, "asb-faults", "penalties")
    actions = draw_actions(rng, borough, 1)
    rows = action_rows(rng, actions, draw_stages(rng, actions), borough).rows
    paid = rows.filter(pc.equal(rows["status"], "PAID_FULL"))
    under_order = pc.fill_null(pc.equal(paid["pspo_id"], "PSPO-2021-NOX"), False)
    ordered = pa.concat_tables([paid.filter(under_order), paid.filter(pc.invert(under_order))])
    return ordered.slice(0, ROWS).combine_chunks()


def _penalties(paid: pa.Table) -> Iterator[BadFile]:
    """The cases of B66 and B67, each with one bad row."""
    unpaid = {"paid_gbp": None, "paid_on": None}
    after = {"issued_at": "2024-04-30T12:00:00+01:00", "status_at": "2024-05-01T12:00:00+01:00"}
    pays = {"discount_until": "2024-05-10", "due_on": "2024-05-28", "paid_on": "2024-05-20"}
    for what, change in (
        ("before-order", {"issued_at": "2021-04-29T20:00:00+01:00"}),
        ("after-order", after | pays),
        ("above-limit", {"amount_gbp": "150", "paid_gbp": "150"}),
        ("paid-more-than-amount", {"paid_gbp": "130"}),
        ("paid-before-issue", {"paid_on": "2021-04-01"}),
        ("paid-but-open", {"status": "REMINDER"}),
        ("cancelled-without-reason", {"status": "CANCELLED"} | unpaid),
    ):
        yield BadFile("B66", what, ACTIONS, _changed(paid, change), "quarantined", 1)
    # Each file is valid in itself: only both together show the illegal change.
    change = {"status": "PROSECUTION_PENDING", "record_version": "9"} | unpaid
    yield BadFile("B66", "illegal-change-of-state", ACTIONS, paid, "accepted", len(paid))
    later = _changed(paid, change).slice(0, 1)
    name = ACTIONS.replace(DAY, "20220106")
    yield BadFile("B66", "illegal-change-of-state", name, later, "accepted", 1)
    cancelled = {"status": "CANCELLED", "cancelled_reason": "ISSUED_IN_ERROR"} | unpaid
    rows = _changed(paid, cancelled)
    yield BadFile("B67", "cancelled-after-issue", ACTIONS, rows, "accepted", len(rows))


def _reports(borough: Borough, seed: int) -> Iterator[BadFile]:
    """B68: forty calls of one person in one night, which are one case."""
    rng = stream(seed, "asb-faults", "reports")
    rows = case_rows(rng, draw_reports(rng, borough, 0.1), borough).rows
    opened = rows.filter(pc.equal(rows["record_version"], "1"))
    named = opened.filter(pc.is_valid(opened["complainant_token"])).slice(0, ROWS).combine_chunks()
    for column in ("complainant_token", "type_code", "ho_category", "lsoa21_code", "ward_code"):
        of_burst = np.arange(ROWS) < BURST
        named = replaced(named, column, of_burst, named[column][0].as_py())
    night = np.arange(ROWS) < BURST
    named = replaced(named, "opened_on", night, "2022-01-04")
    yield BadFile("B68", "forty-calls-of-one-night", CASES, named, "accepted", ROWS)


def _changed(rows: pa.Table, change: Mapping[str, str | None]) -> pa.Table:
    """Changes fields of the first row."""
    for column, value in change.items():
        rows = _first(rows, column, value)
    return rows


def _first(rows: pa.Table, column: str, value: str | None) -> pa.Table:
    return replaced(rows, column, np.arange(len(rows)) == 0, value)
