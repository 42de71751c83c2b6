"""Labelled bad inputs of civil protection, and the way any domain writes its own.

Codes are those of docs/specification/bad-inputs.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from csp_simulator.borough_2021.civil_incident_log import incident_rows
from csp_simulator.borough_2021.civil_incidents import draw_declarations
from csp_simulator.borough_2021.civil_registers import (
    draw_registers,
    draw_rotas,
    draw_training,
)
from csp_simulator.borough_2021.fire_mobilisations import draw_mobilisations
from csp_simulator.partner_files import csv_bytes
from csp_simulator.places import Borough
from csp_simulator.truth import Fault

Row = dict[str, Any]


def save_fault(folder: Path, fault: Fault, rows: Sequence[Row]) -> Fault:
    """Writes one bad file into a folder of its own; gives the label with the file's place.

    Args:
        folder: Where the bad inputs of the domain go.
        fault: Its label, with the name of the file as the partner would send it.
        rows: Its rows as text; the first gives the header.
    """
    where = f"{fault.code}-{fault.what.replace(' ', '-')}/{fault.file}"
    path = folder / where
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = list(rows[0])
    table = pa.table({c: pa.array([row[c] for row in rows], pa.string()) for c in columns})
    path.write_bytes(csv_bytes(table, columns))
    return replace(fault, file=where)


def civil_faults(folder: Path, borough: Borough, *, seed: int) -> list[Fault]:
    """Writes the bad inputs of incidents, training, plans, rotas and mobilisations."""
    incident = _plain_incident(borough, seed)
    training = draw_training(seed=seed, scale=0.1).rows.slice(0, 3).to_pylist()
    plans = next(draw_registers(seed=seed, scale=0.1)).rows.to_pylist()
    # Less than was sent: the same bytes under another name would be one delivery.
    rota = next(draw_rotas(seed=seed))[1].to_pylist()[1:]
    sent = draw_mobilisations(seed=seed, scale=0.01)[0].slice(0, 20).to_pylist()
    training[0]["event_date"] = "2021-02-29"
    sent[0]["IncidentNumber"] = "1234567.0"
    sent[1] |= {"DelayCodeId": "NULL", "DelayCode_Description": "NULL"}

    releases = "LFB Mobilisation data 2021-11.csv"
    labelled = (
        (Fault("B63", releases, "fixed", 1, "number as a decimal"), sent),
        (Fault("B75", "cadre_shift_202111.csv", "rejected", None, "rota of another year"), rota),
        (Fault("B75", "cadre_shift_205101.csv", "rejected", None, "rota of the future"), rota),
        (
            Fault("B79", "civil_training_20211105.csv", "quarantined", 1, "29 february 2021"),
            training,
        ),
        (Fault("B79", "continuity_plan_20211331.csv", "rejected", None, "month 13"), plans),
    )
    saved = [save_fault(folder, label, rows) for label, rows in labelled]
    return _incident_faults(folder, incident) + saved


def _plain_incident(borough: Borough, seed: int) -> Row:
    """One declaration with a response that is over, told as of the next day."""
    rows, _ = incident_rows(draw_declarations(borough, seed=seed, scale=0.5), seed=seed)
    found = next(row for row in rows.to_pylist() if row["rest_centre_opened_at"] is None)
    times = {
        "reported_at": "2021-11-01T09:00:00+00:00",
        "declared_at": "2021-11-01T09:05:00+00:00",
        "response_start_at": "2021-11-01T09:20:00+00:00",
        "stand_down_at": "2021-11-01T15:00:00+00:00",
        "lalo_deployed_at": "2021-11-01T09:40:00+00:00",
    }
    blank = ("recovery_handover_at", "gold_cell_opened_at", "debrief_completed_on")
    numbers = {"people_evacuated": "0", "households_displaced": "0", "declared_level": "MINOR"}
    level = {"m_major_incident": "NO", "incident_id": "CP-2021-9001", "record_version": "1"}
    return found | times | dict.fromkeys(blank) | numbers | level


def _incident_faults(folder: Path, incident: Row) -> list[Fault]:
    """B61 and B62: one incident twice, over midnight, never over; people in words."""
    again = {"incident_id": "CP-2021-9002", "reported_at": "2021-11-01T09:15:00+00:00"}
    number = {"lfb_incident_number": "777777-01112021"}
    late = {
        "reported_at": "2021-11-30T23:50:00+00:00",
        "declared_at": None,
        "response_start_at": "2021-11-30T23:55:00+00:00",
        "stand_down_at": "2021-12-01T06:00:00+00:00",
        "lalo_deployed_at": None,
    }
    said = ("approx 60-70", "n/k", "about 12")
    in_words = [
        incident | {"incident_id": f"CP-2021-900{n}", "people_evacuated": words}
        for n, words in enumerate(said, 1)
    ]
    name = "civil_incident_20211102.csv"
    labelled = (
        (
            Fault("B61", name, "accepted", 2, "declared twice by number"),
            _both(incident | number, again),
        ),
        (
            Fault("B61", name, "accepted", 2, "declared twice by place"),
            _both(incident | {"lfb_incident_number": None}, again),
        ),
        (
            Fault("B61", "civil_incident_20211201.csv", "accepted", 1, "over midnight"),
            [incident | late],
        ),
        (
            Fault("B61", "civil_incident_20211130.csv", "warned", 1, "never stood down"),
            [incident | {"stand_down_at": None}],
        ),
        (Fault("B62", name, "fixed", len(said), "people in words"), in_words),
    )
    return [save_fault(folder, label, rows) for label, rows in labelled]


def _both(first: Row, again: Row) -> list[Row]:
    return [first, first | again]
