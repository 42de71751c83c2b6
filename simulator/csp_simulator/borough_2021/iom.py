"""Integrated Offender Management: the register of the cohort, and the events after adoption."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.borough_2021 import iom_words as say
from csp_simulator.borough_2021.iom_faults import write_faults
from csp_simulator.borough_2021.iom_linkage import linkage
from csp_simulator.borough_2021.london_times import written_days
from csp_simulator.borough_2021.periods import DECK, LAST_12_MONTHS, WHOLE, month_end, months
from csp_simulator.borough_2021.treatment_episodes import (
    NEVER,
    draw_clients,
    draw_episodes,
)
from csp_simulator.borough_2021.treatment_people import ENGAGED, Cohort, whole
from csp_simulator.borough_2021.truth import DomainTruth, FeedTruth
from csp_simulator.draws import choose, stream, text, words
from csp_simulator.partner_files import write_csv
from csp_simulator.places import Borough
from csp_simulator.truth import Fault

FIRST, LAST = np.datetime64(WHOLE.first), np.datetime64(WHOLE.last)
WINDOW = np.datetime64(LAST_12_MONTHS.first), np.datetime64(LAST_12_MONTHS.last)
#: Of the cohort: who offended again in the twelve months, and who left soon after them.
REOFFENDED, LEFT_AFTER = 14, 4
#: Of the cohort: adopted before the first register, and with the refreshed framework.
ADOPTED_BEFORE, ADOPTED_APRIL = 66, 10
#: Events in the window that count in no rate: before adoption, and without action.
BEFORE_ADOPTION, NO_ACTION = 2, 3
EARLIER_EVENTS, LATER_EVENTS = 60, 5


@dataclass(frozen=True)
class Register:
    """The cohort as the police hold it; one element each, days are datetime64[D]."""

    tokens: np.ndarray
    adopted: np.ndarray
    left: np.ndarray
    class_a: np.ndarray
    size: int


def write(folder: Path, borough: Borough, *, seed: int, scale: float) -> DomainTruth:
    """Writes both feeds below `<folder>/iom` and says what is true of them."""
    del borough  # no place is in these feeds
    clients = draw_clients(seed, scale)
    episodes = draw_episodes(seed, clients)
    rng = stream(seed, "iom", "register")
    register = _draw_register(rng, clients.cohort, scale)
    place = folder / "iom"
    registers = _write_registers(place, rng, register, clients.cohort)
    events, figures = _write_events(place, stream(seed, "iom", "events"), register, scale)
    figures |= _of_cohort(register, scale)
    figures |= linkage(clients, episodes, register.tokens)
    return DomainTruth({"iom_nominal": registers, "iom_reoffence": events}, figures)


def faults(folder: Path, borough: Borough, *, seed: int) -> list[Fault]:
    """Writes the labelled bad inputs of both feeds, made from the scenario at its usual scale."""
    with TemporaryDirectory(prefix="csp-simulator-") as scratch:
        write(Path(scratch), borough, seed=seed, scale=1.0)
        register = (Path(scratch) / "iom" / "iom_nominal_202112.csv").read_text("utf-8")
    return write_faults(folder, register)


def tokens(kind: str, n: int) -> np.ndarray:
    """Pseudonyms that the force invented: 32 hexadecimal characters each."""
    digests = (hashlib.sha256(f"synthetic {kind} {i}".encode()).hexdigest()[:32] for i in range(n))
    return np.array(list(digests), dtype="U32")


def _draw_register(rng: np.random.Generator, cohort: Cohort, scale: float) -> Register:
    """Draws when each person was adopted and left; nobody leaves in the twelve months."""
    n, size = len(cohort.people), cohort.size
    adopted = FIRST - rng.integers(30, 500, n)
    mixed = rng.permutation(size)
    before, april = whole(ADOPTED_BEFORE, scale), whole(ADOPTED_APRIL, scale)
    later = mixed[before:size]
    adopted[later] = FIRST + rng.integers(10, 500, len(later))
    adopted[later[:april]] = np.datetime64("2021-04-01") + rng.integers(0, 28, len(later[:april]))
    left = np.full(n, NEVER)
    gone = n - size
    left[size:] = FIRST + 40 + rng.integers(0, (WINDOW[0] - FIRST).astype(int) - 60, gone)
    # Those who leave after the window are neither class A users nor among those who offend again.
    soon = np.arange(size - whole(LEFT_AFTER, scale), size)
    left[soon] = WINDOW[1] + rng.integers(5, 55, len(soon))
    return Register(tokens("nominal", n), adopted, left, cohort.class_a, size)


def _write_registers(
    place: Path, rng: np.random.Generator, register: Register, cohort: Cohort
) -> FeedTruth:
    """Writes the register of each month's end, with everybody adopted so far."""
    n = len(register.tokens)
    fixed = {
        "nominal_token": pa.array(register.tokens),
        "attributor": cohort.recorded.attributors(),
        "cohort_type": words(say.COHORTS, choose(rng, say.COHORT_SHARE, n)),
        "crime_type": words(say.CRIMES, choose(rng, say.CRIME_SHARE, n)),
        "adopted_on": written_days(register.adopted),
        "ogrs3_band": words(say.BANDS, choose(rng, say.BAND_SHARE, n)),
        "class_a_flag": words(("0", "1"), register.class_a.astype(int)),
        "class_a_test_basis": pc.if_else(
            pa.array(register.class_a),
            words(say.BASES, choose(rng, say.BASIS_SHARE, n)),
            pa.scalar("NDTMS_NO"),
        ),
        "lead_agency": words(say.AGENCIES, choose(rng, say.AGENCY_SHARE, n)),
    }
    reason = words(say.REASONS, choose(rng, say.REASON_SHARE, n))
    files = rows = newest = 0
    for first in months():
        last = np.datetime64(month_end(first))
        gone = register.left <= last
        custody = (rng.random(n) < 0.12) & ~gone  # noqa: PLR2004 - share in custody
        colour = words(say.COLOURS, choose(rng, say.COLOUR_SHARE, n))
        table = pa.table(
            fixed
            | {
                "deselected_on": written_days(np.where(gone, register.left, NEVER)),
                "reason": pc.if_else(pa.array(gone), reason, pa.scalar(None, pa.string())),
                "rag": pc.if_else(pa.array(custody), pa.scalar("BLUE"), colour),
                "in_custody": text(custody.astype(int)),
                "accommodation_flag": text((rng.random(n) < 0.3).astype(int)),  # noqa: PLR2004
                "eta_flag": text((rng.random(n) < 0.6).astype(int)),  # noqa: PLR2004
            }
        ).filter(pa.array(register.adopted <= last))
        write_csv([table], say.NOMINAL_COLUMNS, place / f"iom_nominal_{first:%Y%m}.csv")
        files, rows, newest = files + 1, rows + len(table), len(table)
    return FeedTruth(files, rows, newest)


def _write_events(
    place: Path, rng: np.random.Generator, register: Register, scale: float
) -> tuple[FeedTruth, dict[str, object]]:
    """Writes each event in the month it happened, and again in the month it was proven."""
    who, on, kind = _draw_events(rng, register, scale)
    n = len(who)
    proven = on + rng.integers(25, 200, n)
    proven = np.where((rng.random(n) < 0.65) & (kind != "NFA"), proven, NEVER)  # noqa: PLR2004
    proven = np.where(proven <= LAST, proven, NEVER)
    caution = rng.random(n) < 0.12  # noqa: PLR2004 - share cautioned
    fixed = {
        "event_token": pa.array(tokens("event", n)),
        "nominal_token": pa.array(register.tokens[who]),
        "offence_on": written_days(on),
        "ho_offence_class": words(say.CLASSES, choose(rng, say.CLASS_SHARE, n)),
    }
    ended = np.where(caution, "CAUTIONED", "CONVICTED")
    on_month, proven_month = on.astype("datetime64[M]"), proven.astype("datetime64[M]")
    files = rows = 0
    for first in months():
        month = np.datetime64(first).astype("datetime64[M]")
        known = proven_month <= month
        table = pa.table(
            fixed
            | {
                "proven_on": written_days(np.where(known, proven, NEVER)),
                "disposal": pa.array(np.where(known, ended, kind)),
                "is_proven": text(known.astype(int)),
            }
        )
        sent = (on_month == month) | ((proven_month == month) & (on_month < month))
        part = table.filter(pa.array(sent))
        write_csv([part], say.EVENT_COLUMNS, place / f"iom_reoffence_{first:%Y%m}.csv")
        files, rows = files + 1, rows + len(part)
    return FeedTruth(files, rows, n), _of_events(register, who, on, kind)


def _draw_events(
    rng: np.random.Generator, register: Register, scale: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Person, day and disposal at first; who offends in the window is planned, the rest drawn."""
    size, again = register.size, whole(REOFFENDED, scale)
    stays = np.flatnonzero(np.isnat(register.left[:size]) & (register.adopted[:size] < WINDOW[0]))
    chosen = rng.permutation(stays)
    offenders, others = chosen[:again], chosen[again:]
    often = np.repeat(offenders, 1 + rng.integers(0, 3, again))
    in_window = WINDOW[0] + rng.integers(0, (WINDOW[1] - WINDOW[0]).astype(int) + 1, len(often))
    nothing = rng.choice(others, whole(NO_ACTION, scale), replace=False)
    on_nothing = WINDOW[0] + rng.integers(0, 360, len(nothing))
    late = np.flatnonzero(register.adopted[:size] >= np.datetime64("2021-03-01"))
    early = late[: whole(BEFORE_ADOPTION, scale)]
    on_early = register.adopted[early] - rng.integers(1, 60, len(early))
    old = rng.choice(len(register.tokens), whole(EARLIER_EVENTS, scale))
    on_old = FIRST + rng.integers(0, (WINDOW[0] - FIRST).astype(int), len(old))
    kept = (on_old >= register.adopted[old]) & ~(on_old >= register.left[old])
    new = rng.choice(stays, whole(LATER_EVENTS, scale))
    on_new = WINDOW[1] + rng.integers(1, 61, len(new))
    who = np.concatenate([often, nothing, early, old[kept], new])
    on = np.concatenate([in_window, on_nothing, on_early, on_old[kept], on_new])
    kind = np.where(rng.random(len(who)) < 0.7, "CHARGED", "ARRESTED")  # noqa: PLR2004
    kind[len(often) : len(often) + len(nothing)] = "NFA"
    order = np.lexsort((who, on))
    return who[order], on[order], kind[order]


def _of_events(
    register: Register, who: np.ndarray, on: np.ndarray, kind: np.ndarray
) -> dict[str, object]:
    """The local proxy over the twelve months: persons and events that count."""
    counts = (on >= WINDOW[0]) & (on <= WINDOW[1])
    counts &= (on >= register.adopted[who]) & (kind != "NFA")
    offenders, events = len(np.unique(who[counts])), int(counts.sum())
    return {
        "K061": round(100 * offenders / register.size, 4),
        "K061.numerator": offenders,
        "K061.denominator": register.size,
        "K066": round(events / offenders, 4),
        "K066.events": events,
    }


def _of_cohort(register: Register, scale: float) -> dict[str, object]:
    """Size, class A use and engagement in the month of the presentation."""
    deck = np.datetime64(DECK)
    active = (register.adopted <= deck) & ~(register.left <= deck)
    class_a = int((active & register.class_a).sum())
    engaged = whole(ENGAGED, scale)
    return {
        "K060": int(active.sum()),
        "K063": round(100 * class_a / int(active.sum()), 4),
        "K064": round(100 * engaged / class_a, 4),
        "K064.engaged": engaged,
        "K064.class_a": class_a,
        "K065": round(100 * engaged / int(active.sum()), 4),
    }
