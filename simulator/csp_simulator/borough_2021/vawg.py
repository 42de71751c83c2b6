"""Violence against women and girls in scenario `borough-2021`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.borough_2021 import vawg_words as say
from csp_simulator.borough_2021.council_dispatch import Every, Records, dispatch, within
from csp_simulator.borough_2021.council_faults import vawg_faults
from csp_simulator.borough_2021.periods import DECK, LAST_12_MONTHS, WHOLE, Period
from csp_simulator.borough_2021.truth import DomainTruth, FeedTruth
from csp_simulator.borough_2021.vawg_cases import Meeting, draw_meetings, draw_referrals
from csp_simulator.borough_2021.vawg_safety import draw_installations, draw_training
from csp_simulator.draws import stream
from csp_simulator.partner_files import write_csv
from csp_simulator.places import Borough
from csp_simulator.truth import Fault

YEAR_BEFORE = Period(
    LAST_12_MONTHS.first.replace(year=LAST_12_MONTHS.first.year - 1),
    LAST_12_MONTHS.first - timedelta(1),
)
SINCE_SOLACE = Period(say.SOLACE_FROM, DECK)
WHOLE_TO_DECK = Period(WHOLE.first, DECK)


def write(folder: Path, borough: Borough, *, seed: int, scale: float) -> DomainTruth:
    """Writes the four feeds below `<folder>/vawg` and says what is true of them.

    Args:
        folder: Folder of all deliveries.
        borough: Not needed: nothing of these feeds says where.
        seed: Same seed and scale, same bytes.
        scale: Factor on every volume.
    """
    place = folder / "vawg"
    referrals = draw_referrals(stream(seed, "vawg referrals"), scale)
    meetings = draw_meetings(stream(seed, "marac"), scale)
    works = draw_installations(stream(seed, "sanctuary"), scale)
    training = draw_training(stream(seed, "vawg training"), scale)
    feeds = {"vawg_marac_case": _write_meetings(place, meetings)}
    sent: tuple[tuple[str, Records, Sequence[str], str, Every], ...] = (
        ("referral", referrals, say.REFERRAL_COLUMNS, "vawg_referral", "week"),
        ("sanctuary_installation", works, say.SANCTUARY_COLUMNS, "sanctuary_installation", "month"),
        ("training_session", training, say.TRAINING_COLUMNS, "vawg_training", "month"),
    )
    for entity, found, columns, name, every in sent:
        feed = f"vawg_{entity}"
        feeds[feed] = dispatch(place, feed, found, columns, name=name, every=every, seed=seed)
    figures = {
        **_of_referrals(referrals.current),
        **_of_meetings(meetings),
        **_of_works(works.current),
        **_of_training(training.current),
    }
    return DomainTruth(feeds, figures)


def faults(folder: Path, borough: Borough, *, seed: int) -> list[Fault]:
    """Writes the labelled bad inputs of these feeds, one folder each, and lists them."""
    return vawg_faults(folder, seed=seed)


def _write_meetings(place: Path, meetings: list[Meeting]) -> FeedTruth:
    """Writes a file for each meeting, and for some a corrected one."""
    files = rows = 0
    for meeting in meetings:
        for number, minutes in enumerate(meeting.issues, 1):
            version = f"_v{number}" if number > 1 else ""
            name = f"marac_case_{meeting.day:%Y%m%d}{version}.csv"
            write_csv([minutes], say.MARAC_COLUMNS, place / name)
            files, rows = files + 1, rows + len(minutes)
    return FeedTruth(files, rows, sum(len(meeting.people) for meeting in meetings))


def _in(rows: pa.Table, column: str, period: Period) -> pa.Table:
    """The rows whose day lies in the period."""
    days = rows[column].to_numpy().astype("datetime64[D]")
    return rows.filter(pa.array(within(days, period.first, period.last)))


def _of(rows: pa.Table, column: str, *values: str) -> pa.Table:
    """The rows that say one of the values."""
    return rows.filter(pc.is_in(rows[column], pa.array(values)))


def _attended(rows: pa.Table) -> int:
    return int(pc.sum(rows["attendees"]).as_py() or 0)


def _of_referrals(rows: pa.Table) -> dict[str, object]:
    """Demand of the last twelve months and of those before, and who took Solace's support up."""
    solace = _of(_in(rows, "received_on", SINCE_SOLACE), "service", *list(say.SERVICES_SINCE)[:2])
    return {
        "K088": len(_in(rows, "received_on", LAST_12_MONTHS)),
        "K088.year_before": len(_in(rows, "received_on", YEAR_BEFORE)),
        "K076.referred": len(solace),
        "K076.engaged": len(solace) - solace["engaged_on"].null_count,
    }


def _of_meetings(meetings: list[Meeting]) -> dict[str, object]:
    """Cases of the last twelve months, and how many came back within twelve months."""
    day = np.concatenate([np.repeat(np.datetime64(m.day), len(m.people)) for m in meetings])
    people = np.concatenate([meeting.people for meeting in meetings])
    order = np.lexsort((day, people))
    person, when = people[order], day[order]
    same = np.concatenate([[False], np.diff(person) == 0])
    before = np.concatenate([when[:1], when[:-1]])
    # A meeting lies within twelve months of another up to the same day of the next year.
    anniversary = (before.astype("datetime64[M]") + 12).astype("datetime64[D]") + (
        before - before.astype("datetime64[M]").astype("datetime64[D]")
    )
    is_repeat = same & (when <= anniversary)
    year = within(when, LAST_12_MONTHS.first, LAST_12_MONTHS.last)
    return {"S23.cases": int(year.sum()), "S23.repeats": int((year & is_repeat).sum())}


def _of_works(rows: pa.Table) -> dict[str, object]:
    """Homes, not works, of the last twelve months; and what is known after six months."""
    year = _in(rows, "install_on", LAST_12_MONTHS)
    known = year.filter(pc.is_valid(year["still_at_home_6m"]))
    return {
        "K077": len(pc.unique(year["home_token"])),
        "K077.works": len(year),
        "K078.known": len(known),
        "K078.stayed": len(_of(known, "still_at_home_6m", "Y")),
        "K078.harmed_again": len(_of(known, "repeat_incident_6m", "Y")),
    }


def _of_training(rows: pa.Table) -> dict[str, object]:
    """People, venues and sessions by programme, up to the day of the presentation."""
    told = _in(rows, "date", WHOLE_TO_DECK)
    angela = _of(told, "programme", "ASK_FOR_ANGELA")
    respect = _of(told, "programme", "SEXUAL_RESPECT")
    parents = _of(told, "programme", "PARENT")
    champions = _of(_in(rows, "date", LAST_12_MONTHS), "programme", "CHAMPION")
    return {
        "K079": _attended(champions),
        "K080": _attended(angela),
        "K081": len(pc.unique(angela["venue_token"])),
        "K084": len(respect),
        "K084.students": _attended(respect),
        "K085": len(parents),
        "K085.attendees": _attended(parents),
        "K086": len(_of(told, "programme", "MISOGYNY")),
    }
