"""Labelled bad inputs of the cohesion and VAWG feeds, each meant to be delivered on its own.

Codes are those of docs/specification: B-numbers, and GV17 for an address that must not be sent.
The rows are valid but for the one fault that the label names.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021 import cohesion_words, vawg_words
from csp_simulator.borough_2021.community_work import draw_events
from csp_simulator.borough_2021.council_dispatch import Records
from csp_simulator.borough_2021.hate_incidents import draw_hate_incidents
from csp_simulator.borough_2021.prevent_work import draw_totals
from csp_simulator.borough_2021.vawg_cases import draw_meetings, draw_referrals
from csp_simulator.borough_2021.vawg_safety import draw_installations
from csp_simulator.draws import joined, stream, text
from csp_simulator.partner_files import write_csv
from csp_simulator.places import Borough
from csp_simulator.truth import Fault

ROWS, LITTLE = 20, 0.05
#: Numbers that no record of the scenario has.
FIRST_NUMBER = 900_001
QUARTER = "2022Q1"


def cohesion_faults(folder: Path, borough: Borough, *, seed: int) -> list[Fault]:
    """Writes the bad inputs of the cohesion feeds."""
    incidents = draw_hate_incidents(stream(seed, "fault hate"), borough, LITTLE).records
    hate = _newest(incidents, "hate_ref", "HC", cohesion_words.HATE_COLUMNS)
    several = _changed(hate, "strands", dict.fromkeys(range(ROWS), "RACE|RELIGION|ISLAMOPHOBIC"))
    calendar = draw_events(stream(seed, "fault events"), borough, LITTLE)
    events = _newest(calendar, "event_id", "EV-", cohesion_words.EVENT_COLUMNS)
    phone = _changed(events, "title", {3: "Residents' forum, ring 020 7946 0000"})
    surprise = events.append_column("weather", pa.repeat("dry", ROWS))
    totals = draw_totals(stream(seed, "fault totals"), QUARTER, 1)
    listed = totals.append_column("name", pa.repeat("Invented Person", len(totals)))
    person = _changed(totals, "sector", {0: "Invented Person"})
    small = _changed(totals, "referrals", {0: 3})
    future = _changed(totals, "quarter", dict.fromkeys(range(len(totals)), "2099Q1"))
    hate_name, event_name = "hate_incident_20220103.csv", "engagement_event_202201.csv"
    totals_name = f"prevent_referral_{QUARTER}.csv"
    cases = [
        ("B69", "several-strands", hate_name, several, "accepted", ROWS),
        ("B70", "nominal-column", totals_name, listed, "rejected", None),
        ("B70", "nominal-row", totals_name, person, "rejected", None),
        ("B70", "small-cell", totals_name, small, "rejected", None),
        ("B75", "future-quarter", "prevent_referral_2099Q1.csv", future, "rejected", None),
        ("B57", "phone-in-title", event_name, phone, "quarantined", 1),
        ("B78", "new-column", event_name, surprise, "warned", ROWS),
    ]
    return [_save(folder, *case) for case in cases]


def vawg_faults(folder: Path, *, seed: int) -> list[Fault]:
    """Writes the bad inputs of the VAWG feeds."""
    drawn = draw_referrals(stream(seed, "fault referrals"), LITTLE)
    referrals = _newest(drawn, "referral_id", "VR-", vawg_words.REFERRAL_COLUMNS)
    refuge = _changed(referrals, "victim_token", {5: "Refuge, E1 4NS"})
    works = draw_installations(stream(seed, "fault works"), LITTLE * 4)
    installed = _newest(works, "install_id", "SI-", vawg_words.SANCTUARY_COLUMNS)
    first = installed["home_token"].to_pylist()[0]
    upgraded = _changed(installed, "home_token", {1: first, 2: first})
    (minutes,) = draw_meetings(stream(seed, "fault marac"), 1)[0].issues
    cases = [
        ("B71", "home-upgraded", "sanctuary_installation_202201.csv", upgraded, "accepted", ROWS),
        ("GV17", "refuge-postcode", "vawg_referral_20220103.csv", refuge, "rejected", None),
        ("B75", "future-meeting", "marac_case_20990101.csv", minutes, "rejected", None),
    ]
    return [_save(folder, *case) for case in cases]


def _newest(found: Records, key: str, prefix: str, columns: Sequence[str]) -> pa.Table:
    """A few newest versions in the columns of the file, under numbers of their own."""
    rows = found.current.select(columns).slice(0, ROWS)
    numbers = joined(prefix, text(np.arange(FIRST_NUMBER, FIRST_NUMBER + len(rows))))
    return rows.set_column(rows.schema.get_field_index(key), key, numbers)


def _changed(rows: pa.Table, column: str, to: dict[int, object]) -> pa.Table:
    """The rows with some fields of one column replaced."""
    values = [to.get(number, value) for number, value in enumerate(rows[column].to_pylist())]
    at = rows.schema.get_field_index(column)
    return rows.set_column(at, column, pa.array(values, rows.schema.field(column).type))


def _save(  # noqa: PLR0917 - the parts of a case, in the order of the tables above
    folder: Path, code: str, what: str, name: str, rows: pa.Table, expectation: str, n: int | None
) -> Fault:
    """Writes one bad file and labels it."""
    where = f"{code}-{what}/{name}"
    write_csv([rows], rows.column_names, folder / where)
    return Fault(code, where, expectation, n, what.replace("-", " "))
