"""Draws tension issues, protective-security referrals and engagement events."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021 import cohesion_words as say
from csp_simulator.borough_2021.council_dispatch import (
    Records,
    Stage,
    days_in_months,
    later,
    optional,
    records,
    saved_on,
    scaled,
    within,
)
from csp_simulator.borough_2021.periods import months
from csp_simulator.borough_2021.prevent_work import chosen
from csp_simulator.draws import blanked, choose, joined, text, words
from csp_simulator.places import Borough

MONTHS = len(list(months()))
UNCOUNTED, WITH_BUDGET, RECOUNTED = 0.08, 0.45, 0.12
ONLINE, LOCKDOWN_YEAR = 0.2, 2020
BOROUGH_WIDE, BY_OFFICER = 0.3, 0.75
#: Shares of the severities 1 to 4; the gravest is for a named issue.
SEVERITIES = (0.3, 0.35, 0.25, 0.1)


class Event(NamedTuple):
    """An event that is not left to chance."""

    programme: str
    title: str
    day: date
    attendees: int
    is_online: bool = False
    project: str | None = None


def draw_issues(rng: np.random.Generator, borough: Borough, scale: float) -> Records:
    """Draws the issues of the Tension Monitoring Group, the three named ones among them."""
    counts = scaled(np.maximum(rng.poisson(say.ISSUES_A_MONTH, MONTHS), 1), scale)
    usual = days_in_months(rng, counts, weekdays=True)
    named = np.array([day for day, _ in say.NAMED_ISSUES.values()], dtype="datetime64[D]")
    raised = np.concatenate([usual, named])
    kinds = chosen(rng, say.TENSION_CATEGORIES, len(usual)).to_pylist() + list(say.NAMED_ISSUES)
    grave = [severity for _, severity in say.NAMED_ISSUES.values()]
    severity = np.concatenate([1 + choose(rng, SEVERITIES, len(usual)), grave])
    order = np.argsort(raised, kind="stable")
    raised, severity = raised[order], severity[order]
    n = len(raised)
    actions = 1 + rng.poisson(severity * 0.9, n)
    closed = later(raised, 3 + rng.poisson(severity * 7, n))
    first = {
        "issue_id": joined("TMG-", text(np.arange(1, n + 1), width=5)),
        "raised_on": raised,
        "category": pa.array(kinds).take(pa.array(order)),
        "severity": severity,
        "source_count": 1 + rng.poisson(severity, n),
        "ward_code": blanked(_wards(rng, borough, n), rng.random(n) < BOROUGH_WIDE),
        "action_count": np.minimum(actions, 1),
        "closed_on": optional(closed, np.ones(n, dtype=bool)),
    }
    second = {**first, "action_count": actions, "closed_on": closed}
    return records(
        Stage(first, saved_on(rng, later(raised, rng.integers(0, 3, n)))),
        Stage(second, saved_on(rng, later(closed, rng.integers(1, 6, n)))),
    )


def _wards(rng: np.random.Generator, borough: Borough, n: int) -> pa.Array:
    """Draws wards as crime lies."""
    points = borough.points["2021"]
    return points.table["ward_code"].combine_chunks().take(pa.array(points.draw(rng, n)))


def draw_security(rng: np.random.Generator, scale: float) -> Records:
    """Draws protective-security referrals and the two sites of the capital programme."""
    usual = days_in_months(rng, scaled(say.SECURITY_A_MONTH, scale), weekdays=True)
    sites = np.array(list(say.VEHICLE_MITIGATION.values()), dtype="datetime64[D]")
    received = np.concatenate([usual, sites])
    is_capital = np.arange(len(received)) >= len(usual)
    order = np.argsort(received, kind="stable")
    received, is_capital = received[order], is_capital[order]
    n = len(received)
    applies = (np.arange(n) % say.WORSHIP_EVERY == 0) & ~is_capital
    types = np.array(chosen(rng, say.SITE_TYPES, n).to_pylist(), dtype=object)
    types[applies] = "WORSHIP"
    types[is_capital] = list(say.VEHICLE_MITIGATION)
    services = np.where(rng.random(n) < BY_OFFICER, "DOCO", "CTSA")
    visit = later(received, 2 + rng.integers(0, 19, n))
    report = later(visit, 1 + rng.integers(0, 21, n))
    recommended = 1 + rng.poisson(5, n)
    closed = later(report, 14 + rng.integers(0, 60, n))
    none = np.ones(n, dtype=bool)
    grant = np.where(applies, "PLACES_OF_WORSHIP", np.where(is_capital, "CAPITAL_GROWTH", ""))
    first = {
        "referral_id": joined("PSR-", text(np.arange(1, n + 1), width=5)),
        "received_on": received,
        "site_type": pa.array(types, pa.string()),
        "service": pa.array(np.where(is_capital, "HVM", services)),
        "risk_tier": optional(rng.integers(1, 4, n), none),
        "visit_on": optional(visit, none),
        "report_on": optional(report, none),
        "recommendations": optional(recommended, none),
        "accepted": optional(recommended, none),
        "closed_on": optional(closed, none),
        "grant_scheme": pa.array(grant, mask=grant == ""),
    }
    reported = {
        **first,
        "risk_tier": 1 + choose(rng, (0.2, 0.45, 0.35), n),
        "visit_on": visit,
        "report_on": report,
        "recommendations": recommended,
        "accepted": np.zeros(n, dtype=np.int64),
    }
    settled = {**reported, "accepted": rng.binomial(recommended, 0.7), "closed_on": closed}
    return records(
        Stage(first, saved_on(rng, received)),
        Stage(reported, saved_on(rng, later(report, rng.integers(0, 4, n))), ~is_capital),
        Stage(settled, saved_on(rng, later(closed, rng.integers(1, 5, n))), ~is_capital),
    )


def draw_events(rng: np.random.Generator, borough: Borough, scale: float) -> Records:
    """Draws the engagement calendar, with the events that the presentation names."""
    counts = scaled(np.maximum(rng.poisson(say.EVENTS_A_MONTH, MONTHS), 1), scale)
    days = days_in_months(rng, counts, weekdays=True)
    shares = {title: share for title, (_, share) in say.USUAL_EVENTS.items()}
    titles = chosen(rng, shares, len(days)).to_pylist()
    programmes = [say.USUAL_EVENTS[title][0] for title in titles]
    fixed = [*(Event(*named) for named in say.NAMED_EVENTS), *_weeks(rng), *_project_events(rng)]
    held = np.concatenate([days, np.array([e.day for e in fixed], dtype="datetime64[D]")])
    order = np.argsort(held, kind="stable")
    held, take, n = held[order], pa.array(order), len(held)
    attended = np.concatenate([4 + rng.poisson(25, len(days)), [e.attendees for e in fixed]])[order]
    is_fixed = np.concatenate([np.zeros(len(days), bool), np.ones(len(fixed), bool)])[order]
    online = np.concatenate(
        [rng.random(len(days)) < _online_share(days), [e.is_online for e in fixed]]
    )
    projects = [None] * len(days) + [e.project for e in fixed]
    wards = _wards(rng, borough, len(days)).to_pylist()
    given = _ward_events(rng, borough, fixed)
    budget = np.round(rng.gamma(2, 180, n), 2)
    first = {
        "event_id": joined("EV-", text(np.arange(1, n + 1), width=5)),
        "date": held,
        "programme": pa.array(programmes + [e.programme for e in fixed]).take(take),
        "title": pa.array(titles + [e.title for e in fixed]).take(take),
        "attendees": optional(attended, ~is_fixed & (rng.random(n) < UNCOUNTED)),
        "ward_code": blanked(pa.array(wards + given, pa.string()).take(take), online[order]),
        "partner": words(say.PARTNERS, rng.integers(0, len(say.PARTNERS), n)),
        "project_id": pa.array(projects, pa.string()).take(take),
        "budget_gbp": optional(budget, rng.random(n) > WITH_BUDGET),
    }
    saved = saved_on(rng, later(held, rng.integers(0, 5, n)))
    recounted = ~is_fixed & (rng.random(n) < RECOUNTED)
    second = {**first, "attendees": attended + rng.integers(0, 4, n) * recounted}
    again = saved + rng.integers(5, 40, n).astype("timedelta64[D]")
    return records(Stage(first, saved), Stage(second, again, recounted))


def _online_share(days: np.ndarray) -> np.ndarray:
    """Chance that an event is online: most are while the rules forbid meetings."""
    return np.where(within(days, date(2020, 3, 23), date(2021, 5, 16)), 0.85, ONLINE)


def _weeks(rng: np.random.Generator) -> list[Event]:
    """The awareness weeks, eight days from a Saturday and five from a Monday."""
    hate = [
        Event(
            "HATE_CRIME_WEEK",
            f"Hate Crime Awareness Week event {number + 1}",
            first + timedelta(number % 8),
            12 + int(rng.poisson(20)),
            first.year == LOCKDOWN_YEAR,
        )
        for first, count in say.HATE_CRIME_WEEKS.items()
        for number in range(count)
    ]
    asb = [
        Event(
            "ASB_WEEK",
            f"ASB Awareness Week ward event {number + 1}",
            say.ASB_WEEK + timedelta(number % 5),
            8 + int(rng.poisson(18)),
        )
        for number in range(say.ASB_WEEK_WARDS)
    ]
    return hate + asb


def _project_events(rng: np.random.Generator) -> list[Event]:
    """Activities of the funded Prevent projects: each has some before November of its year."""
    events: list[Event] = []
    for year, count in say.PREVENT_PROJECTS.items():
        for number in range(count):
            days = [date(year, 5, 1) + timedelta(int(d)) for d in rng.integers(0, 160, 3)]
            days += [date(year, 11, 1) + timedelta(int(rng.integers(0, 55)))]
            events += [
                Event(
                    "PREVENT_PROJECT",
                    f"Project activity {number + 1}",
                    day,
                    6 + int(rng.poisson(14)),
                    bool(rng.random() < ONLINE),
                    f"PRJ-{year % 100}{number:02d}",
                )
                for day in days
            ]
    return events


def _ward_events(rng: np.random.Generator, borough: Borough, fixed: list[Event]) -> list[str]:
    """Wards of the fixed events; those of the ASB week are all in different wards."""
    wards = sorted(borough.ward_names)
    apart = iter(rng.permutation(wards))
    return [
        str(next(apart) if event.programme == "ASB_WEEK" else rng.choice(wards)) for event in fixed
    ]
