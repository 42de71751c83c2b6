"""Hate crime, tension, Prevent, protective security and engagement of scenario `borough-2021`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.borough_2021 import cohesion_words as say
from csp_simulator.borough_2021.community_work import draw_events, draw_issues, draw_security
from csp_simulator.borough_2021.council_dispatch import Every, Records, dispatch, within
from csp_simulator.borough_2021.council_faults import cohesion_faults
from csp_simulator.borough_2021.hate_incidents import HateIncidents, draw_hate_incidents
from csp_simulator.borough_2021.periods import (
    H1,
    LAST_12_MONTHS,
    WHOLE,
    YEAR_TO_DATE,
    Period,
)
from csp_simulator.borough_2021.prevent_work import (
    SCHOOL_AUDIENCES,
    draw_sessions,
    draw_totals,
    quarters,
    revised_totals,
)
from csp_simulator.borough_2021.truth import DomainTruth, FeedTruth
from csp_simulator.draws import stream
from csp_simulator.partner_files import write_csv
from csp_simulator.places import Borough
from csp_simulator.truth import Fault

#: The quarter whose totals were corrected and sent again.
CORRECTED_QUARTER = "2020Q3"


def write(folder: Path, borough: Borough, *, seed: int, scale: float) -> DomainTruth:
    """Writes the six feeds below `<folder>/cohesion` and says what is true of them."""
    place = folder / "cohesion"
    hate = draw_hate_incidents(stream(seed, "hate"), borough, scale)
    issues = draw_issues(stream(seed, "tension"), borough, scale)
    sessions = draw_sessions(stream(seed, "prevent sessions"), scale)
    security = draw_security(stream(seed, "protective security"), scale)
    events = draw_events(stream(seed, "engagement"), borough, scale)
    feeds = {}
    sent: tuple[tuple[str, Records, Sequence[str], Every], ...] = (
        ("hate_incident", hate.records, say.HATE_COLUMNS, "week"),
        ("tension_issue", issues, say.TENSION_COLUMNS, "month"),
        ("prevent_session", sessions, say.SESSION_COLUMNS, "month"),
        ("protective_security", security, say.SECURITY_COLUMNS, "month"),
        ("engagement_event", events, say.EVENT_COLUMNS, "month"),
    )
    for entity, found, columns, every in sent:
        feed = f"cohesion_{entity}"
        feeds[feed] = dispatch(place, feed, found, columns, name=entity, every=every, seed=seed)
    feeds["cohesion_prevent_referral"] = _write_totals(place, seed, scale)
    figures = {
        **_of_hate(hate),
        **_of_events(events.current),
        **_of_sessions(sessions.current),
        **_of_issues(issues.current),
        **_of_security(security.current),
    }
    return DomainTruth(feeds, figures)


def faults(folder: Path, borough: Borough, *, seed: int) -> list[Fault]:
    """Writes the labelled bad inputs of these feeds, one folder each, and lists them."""
    return cohesion_faults(folder, borough, seed=seed)


def _write_totals(place: Path, seed: int, scale: float) -> FeedTruth:
    """Writes the Prevent totals, one of them corrected later."""
    files = rows = current = 0
    for quarter in quarters():
        totals = draw_totals(stream(seed, "prevent totals", quarter), quarter, scale)
        sent = [(f"prevent_referral_{quarter}.csv", totals)]
        if quarter == CORRECTED_QUARTER:
            sent.append((f"prevent_referral_{quarter}_v2.csv", revised_totals(totals)))
        for name, table in sent:
            write_csv([table], say.REFERRAL_COLUMNS, place / name)
        files, rows = files + len(sent), rows + len(sent) * len(totals)
        current += len(totals)
    return FeedTruth(files, rows, current)


def _in(rows: pa.Table, column: str, period: Period) -> pa.Table:
    """The rows whose day lies in the period."""
    days = rows[column].to_numpy().astype("datetime64[D]")
    return rows.filter(pa.array(within(days, period.first, period.last)))


def _of(rows: pa.Table, **said: str | list[str]) -> pa.Table:
    """The rows that say so."""
    for column, values in said.items():
        wanted = [values] if isinstance(values, str) else values
        rows = rows.filter(pc.is_in(rows[column], pa.array(wanted)))
    return rows


def _attended(rows: pa.Table) -> int:
    return int(pc.sum(rows["attendees"]).as_py() or 0)


def _of_hate(hate: HateIncidents) -> dict[str, object]:
    """Incidents and strands of the last twelve months; strands make more than incidents."""
    rows = _in(hate.records.current, "reported_on", LAST_12_MONTHS)
    strands = pc.split_pattern(rows["strands"], "|").combine_chunks().flatten()
    counted = pc.value_counts(strands)
    monthly = hate.records.current["reported_on"].to_numpy().astype("datetime64[M]")
    months, counts = np.unique(monthly, return_counts=True)
    return {
        "K046.incidents": len(rows),
        "K046.crimes": len(_of(rows, is_crime="Y")),
        "K046.by_strand": {item["values"]: item["counts"] for item in counted.to_pylist()},
        "K046.by_month": {str(m): int(c) for m, c in zip(months, counts, strict=True)},
    }


def _of_events(events: pa.Table) -> dict[str, object]:
    """Weeks, ambassadors, named events and projects."""
    year = _in(events, "date", LAST_12_MONTHS)
    asb = _of(_in(events, "date", YEAR_TO_DATE), programme="ASB_WEEK")
    projects = _of(_in(events, "date", YEAR_TO_DATE), programme="PREVENT_PROJECT")
    return {
        "K010": len(asb),
        "K010.wards": len(pc.unique(asb["ward_code"])),
        "K031": len(_of(year, programme="HATE_CRIME_WEEK")),
        "K032": _attended(_of(year, programme="LMC_AMBASSADORS")),
        "K033": len(_of(year, programme="OUTREACH")),
        "K033.named": len(_of(year, title=list(say.NAMED_TITLES))),
        "K036": len(pc.unique(projects["project_id"])),
        "K071": len(_of(year, programme="EXPLOITATION_TRAINING")),
    }


def _of_sessions(sessions: pa.Table) -> dict[str, object]:
    """People trained in the year to date, and teachers and pupils in its first half."""
    return {
        "K034": _attended(_of(_in(sessions, "date", YEAR_TO_DATE), audience="FRONTLINE")),
        "K035": _attended(_of(_in(sessions, "date", H1), audience=list(SCHOOL_AUDIENCES))),
    }


def _of_issues(issues: pa.Table) -> dict[str, object]:
    """Issues of the last twelve months, and those named."""
    year = _in(issues, "raised_on", LAST_12_MONTHS)
    named = {kind: len(_of(year, category=kind)) for kind in say.NAMED_ISSUES}
    return {"K038": len(year), "K038.named": sum(named.values()), "K038.by_category": named}


def _of_security(security: pa.Table) -> dict[str, object]:
    """Referrals of the last twelve months, sites of the capital programme, grant applications."""
    year = _in(security, "received_on", LAST_12_MONTHS)
    return {
        "K040": len(year),
        "K042": len(_of(_in(security, "received_on", WHOLE), service="HVM")),
        "K043": len(_of(year, grant_scheme="PLACES_OF_WORSHIP")),
    }
