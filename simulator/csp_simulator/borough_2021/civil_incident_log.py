"""The log of civil-protection incidents: each declaration in the versions that were saved of it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.borough_2021.civil_incidents import (
    DAY,
    MAJOR,
    TYPES,
    Declarations,
)
from csp_simulator.borough_2021.civil_words import (
    ACCESS,
    DETAILS,
    DISTRICTS,
    HAZARDS,
    INCIDENT_COLUMNS,
    INCIDENT_TYPES,
    LEVELS,
    LFB_TYPES,
    LOCATIONS,
)
from csp_simulator.borough_2021.london_times import to_utc, written, written_days
from csp_simulator.borough_2021.periods import WHOLE
from csp_simulator.draws import blanked, joined, stream, text, words


def incident_rows(drawn: Declarations, *, seed: int) -> tuple[pa.Table, np.ndarray]:
    """Every version of every declaration, and the day on which its file was sent."""
    rng = stream(seed, "civil", "versions")
    sent = drawn.reported.astype("datetime64[D]") + DAY
    debrief = sent + rng.integers(14, 40, len(sent))
    late = debrief + rng.integers(10, 40, len(sent))
    last = np.datetime64(WHOLE.last)
    first = _version(rng, drawn, 1, sent, debrief)
    second = _version(rng, drawn, 2, debrief, debrief)
    third = _version(rng, drawn, 3, late, debrief)
    keep = [
        np.ones(len(sent), dtype=bool),
        drawn.responded & (debrief <= last),
        drawn.responded & (late <= last) & (rng.random(len(sent)) < 0.2),  # noqa: PLR2004
    ]
    rows = [
        table.filter(pa.array(chosen))
        for table, chosen in zip((first, second, third), keep, strict=True)
    ]
    days = [day[chosen] for day, chosen in zip((sent, debrief, late), keep, strict=True)]
    return pa.concat_tables(rows), np.concatenate(days)


def _version(
    rng: np.random.Generator,
    drawn: Declarations,
    version: int,
    as_of: np.ndarray,
    debrief: np.ndarray,
) -> pa.Table:
    """One version of each declaration, with what was known on the day it was sent."""
    n = len(drawn.own)
    unknown = ~drawn.responded
    time = {name: written(to_utc(values), ~unknown) for name, values in drawn.times.items()}
    still_open = drawn.times["down"].astype("datetime64[D]") >= as_of
    debriefed = drawn.responded & (version > 1)
    year = drawn.reported.astype("datetime64[Y]").astype(int) + 1970
    serial = np.arange(n) - np.searchsorted(year, year) + 1
    number, level = drawn.numbers, drawn.level
    columns = {
        "incident_id": joined("CP-", text(year), "-", text(serial, width=4)),
        "record_version": pa.repeat(str(version), n),
        "incident_type": words(TYPES, drawn.kind),
        "declared_level": words(LEVELS, level),
        "reported_at": written(to_utc(drawn.reported)),
        "council_notified_by": _notified_by(drawn),
        "declared_at": time["declared"],
        "response_start_at": time["start"],
        "stand_down_at": blanked(time["down"], still_open),
        "recovery_handover_at": blanked(time["down"], still_open | (level == 0)),
        "m_major_incident": words(("NO", "DECLARED"), (level == MAJOR).astype(int)),
        **_message(rng, n),
        **_people(rng, drawn, version, unknown),
        **_place(rng, drawn),
        "rest_centre_opened_at": time["opened"],
        "rest_centre_closed_at": time["closed"],
        "rest_centre_code": blanked(
            joined("RC-", text(drawn.of % 12 + 1, width=2)), _no(time["opened"])
        ),
        "rest_centre_peak": blanked(text(number["evacuated"] // 2), _no(time["opened"])),
        "lalo_deployed_at": time["lalo"],
        "gold_cell_opened_at": time["gold"],
        "acm_cladding_flag": words(("false", "true"), number["acm"]),
        "govt_info_requests": text(number["requests"] if version > 1 else number["acm"]),
        "lfb_incident_number": _lfb_number(drawn),
        "police_cad_ref": pa.nulls(n, pa.string()),
        "cost_gbp": blanked(text(500 + number["evacuated"] * 130 + level * 2000), ~debriefed),
        "debrief_completed_on": written_days(debrief, debriefed),
        "lessons_count": blanked(text(1 + level + drawn.of % 3), ~debriefed),
    }
    return pa.table(columns).select(INCIDENT_COLUMNS)


def _no(values: pa.Array) -> np.ndarray:
    return np.asarray(pc.is_null(values))


def _notified_by(drawn: Declarations) -> pa.Array:
    """Who told the council; a second team heard of it in another way."""
    told = words([part[1] for part in INCIDENT_TYPES.values()], drawn.kind)
    return blanked(told, ~drawn.is_first, by="CCTV")


def _message(rng: np.random.Generator, n: int) -> dict[str, pa.Array]:
    """The words of the METHANE message."""
    said = (LOCATIONS, DETAILS, HAZARDS, ACCESS)
    names = ("e_exact_location", "t_type_detail", "h_hazards", "a_access")
    return {
        name: words(wording, rng.integers(len(wording), size=n))
        for name, wording in zip(names, said, strict=True)
    }


def _people(
    rng: np.random.Generator, drawn: Declarations, version: int, unknown: np.ndarray
) -> dict[str, pa.Array]:
    """Casualties, agencies and people displaced; first versions give some numbers as ranges."""
    number = drawn.numbers
    people, n = number["evacuated"], len(drawn.own)
    exact = text(people)
    guess = joined("approx ", text(np.maximum(people - 5, 0)), "-", text(people + 5))
    rough = (version == 1) & (people > 20) & (rng.random(n) < 0.5)  # noqa: PLR2004
    return {
        "n_casualties_fatal": pa.repeat("0", n),
        "n_casualties_serious": text(number["serious"]),
        "n_casualties_minor": text(number["minor"]),
        "e_agencies_present": words([part[2] for part in INCIDENT_TYPES.values()], drawn.kind),
        "e_agencies_required": pa.nulls(n, pa.string()),
        "people_evacuated": blanked(pc.if_else(pa.array(rough), guess, exact), unknown),
        "households_displaced": blanked(text(number["displaced"]), unknown),
    }


def _place(rng: np.random.Generator, drawn: Declarations) -> dict[str, pa.Array]:
    """Property, outward postcode, position and ward; the property is made up."""
    number = drawn.numbers

    def degrees(values: np.ndarray) -> pa.Array:
        return pc.cast(pa.array(np.round(values, 6)), pa.string())

    return {
        "uprn": text(990_000_000_000 + rng.integers(1_000_000_000, size=len(drawn.own))),
        "postcode_district": words(DISTRICTS, number["district"]),
        "latitude": degrees(number["latitude"]),
        "longitude": degrees(number["longitude"]),
        "ward_code": joined("E", text(number["ward"], width=8)),
    }


def _lfb_number(drawn: Declarations) -> pa.Array:
    """Fire brigade's number; every other second declaration does not know it."""
    first_reported = drawn.reported[drawn.of]
    day = pc.strftime(pa.array(first_reported.astype("datetime64[s]")), format="%d%m%Y")
    number = joined(text(800_000 + drawn.of % 200_000), "-", day)
    is_lfb = np.isin(drawn.kind, [TYPES.index(name) for name in LFB_TYPES])
    return blanked(number, ~is_lfb | (~drawn.is_first & (drawn.of % 2 == 1)))
