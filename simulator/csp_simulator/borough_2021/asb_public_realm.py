"""Draws patrols (A4), unlicensed music events (A5) and premises visits (A8)."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021.asb_cases import between
from csp_simulator.borough_2021.asb_files import (
    Drawn,
    day,
    days_in,
    flags,
    happens,
    numbers,
    reference,
    sent_late,
    some,
)
from csp_simulator.borough_2021.asb_words import (
    COVID_RULES,
    ESTATES,
    MUSIC_PLACES,
    PARKS,
    PATROLS_A_WEEK,
    PREMISES,
    SITES_A_WEEK,
    STREETS,
    TEAMS,
)
from csp_simulator.borough_2021.london_times import HOUR, local_day, to_utc, written
from csp_simulator.borough_2021.periods import (
    DECK,
    Q1,
    SINCE_OCTOBER_2020,
    WHOLE,
    YEAR_TO_DATE,
    Period,
    month_end,
    months,
)
from csp_simulator.draws import choose, joined, text, words

SITES = PARKS + STREETS + ESTATES
NET_FROM = day(date(2021, 4, 1))
NET, PTF, THEO, PARKS_TEAM = 0, 1, 2, 4
MINUTE = np.timedelta64(60, "s")
#: Music events reported and closed in the first quarter of 2021/22.
REPORTED_IN_Q1, CLOSED_IN_Q1 = 19, 15
#: Hours of the nights of Friday to Sunday: hours after Friday midnight at the day's start.
NIGHT_HOURS = np.array([22, 23, *range(24, 30), 46, 47, *range(48, 54), 70, 71])
#: Covid-19 visits since October 2020, penalties among them, days of action and visits of each.
COVID_VISITS, COVID_PENALTIES, DAYS_OF_ACTION, VISITS_A_DAY_OF_ACTION = 4_100, 27, 14, 12
SUMMER_MONTHS = range(4, 10)
LOCKDOWN_SUMMER = Period(date(2020, 5, 1), date(2020, 8, 31))
FRIDAY = 4
WRITTEN_WARNING = 2


def draw_patrols(rng: np.random.Generator, scale: float) -> tuple[Drawn, dict[str, object]]:
    """Draws patrols: every site in turn, so many a week, and more at places of trouble."""
    site, days = _visits(rng, scale)
    n = len(site)
    is_park = site < PARKS
    team = choose(rng, list(TEAMS.values()), n)
    team = np.where((team == NET) & (days < NET_FROM), THEO, team)
    team = np.where((team == PARKS_TEAM) & ~is_park, THEO, team)
    suppression = team <= PTF
    # The suppression unit stays three hours on average, other teams two.
    lasts = np.where(suppression, rng.integers(24, 49, n), rng.integers(12, 37, n)) * 5
    hour = np.where(suppression, rng.integers(12, 23, n), rng.integers(7, 22, n))
    local = days.astype("datetime64[s]") + hour * HOUR + rng.integers(12, size=n) * 5 * MINUTE
    begin = to_utc(local)
    is_sweep = happens(rng, n, 0.012)
    weapons = np.where(is_sweep, rng.poisson(0.6, n), 0)
    columns = {
        "patrol_id": joined("PTL-", text(np.arange(n) + 1, width=8)),
        "start_at": written(begin),
        "end_at": written(begin + lasts * MINUTE),
        "team": words(list(TEAMS), team),
        "site_id": _site_ids().take(pa.array(site)),
        "site_type": words(["PARK", "STREET", "ESTATE"], _site_kind(site)),
        "engagements": numbers(rng.poisson(np.where(suppression, 5, 3))),
        "warnings": numbers(rng.poisson(0.066, n)),
        "fpns": numbers(rng.poisson(0.06, n)),
        "weapons_found": numbers(weapons),
        "needles_found": numbers(rng.poisson(0.15, n)),
        "sweep_flag": flags(is_sweep),
    }
    figures = _patrol_figures(days, site, np.where(suppression, lasts, 0))
    figures["K074"] = {
        "sweeps": int((is_sweep & between(days, YEAR_TO_DATE)).sum()),
        "weapons_found": int(weapons[is_sweep & between(days, YEAR_TO_DATE)].sum()),
    }
    return Drawn(pa.table(columns), sent_late(rng, days, 0.01), n), figures


def _visits(rng: np.random.Generator, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Site and day of every patrol, in order of the days.

    The sites of a week follow those of the week before in a list of all, so none is twice in a
    week, and every park is visited in every month.
    """
    weeks = len(WHOLE.days) // 7 + 1
    turn = rng.permutation(SITES)
    round_site = turn[np.arange(weeks * SITES_A_WEEK) % SITES]
    more = max(0, round(PATROLS_A_WEEK * scale) - SITES_A_WEEK)
    # Streets and estates of trouble come up more often than others.
    trouble = PARKS + np.minimum(rng.geometric(0.08, weeks * more) - 1, STREETS + ESTATES - 1)
    site = np.concatenate([round_site, trouble])
    week = np.concatenate(
        [np.repeat(np.arange(weeks), SITES_A_WEEK), np.repeat(np.arange(weeks), more)]
    )
    # The scenario begins on a Monday; its last week ends early.
    last = len(WHOLE.days) - (weeks - 1) * 7
    in_week = rng.integers(np.where(week == weeks - 1, last, 7))
    days = day(WHOLE.first) + week * 7 + in_week
    order = np.argsort(days, kind="stable")
    return site[order], days[order]


def _site_ids() -> pa.Array:
    named = [("PK", PARKS), ("ST", STREETS), ("ES", ESTATES)]
    return pa.array([f"{kind}-{n + 1:03d}" for kind, count in named for n in range(count)])


def _site_kind(site: np.ndarray) -> np.ndarray:
    return (site >= PARKS).astype(np.int8) + (site >= PARKS + STREETS)


def _patrol_figures(days: np.ndarray, site: np.ndarray, minutes: np.ndarray) -> dict[str, object]:
    """Hours of the suppression unit by month, sites by week, and parks of the last month."""
    month = days.astype("datetime64[M]")
    names, where = np.unique(month, return_inverse=True)
    hours = np.bincount(where, weights=minutes) / 60
    week = (days - day(WHOLE.first)).astype(np.int64) // 7
    of_week = np.unique(week * SITES + site) // SITES
    parks = site[(site < PARKS) & (month == np.datetime64(DECK, "M"))]
    ytd = between(days, YEAR_TO_DATE)
    return {
        "K002": float(minutes[ytd].sum() / 60),
        "K002.by_month": {str(m): float(h) for m, h in zip(names, hours, strict=True)},
        "K103": len(np.unique(parks)),
        "K104": int(np.bincount(of_week).min()),
    }


def draw_music_events(rng: np.random.Generator, scale: float) -> tuple[Drawn, dict[str, object]]:
    """Draws music events of Friday to Sunday nights; some are closed in a later version."""
    fridays, is_closed = _events(rng, scale)
    n = len(fridays)
    local = fridays.astype("datetime64[s]") + rng.choice(NIGHT_HOURS, n) * HOUR
    order = np.argsort(local, kind="stable")
    local, is_closed = local[order], is_closed[order]
    reported = to_utc(local + rng.integers(60, size=n) * MINUTE)
    closed = reported + rng.integers(30, 300, n) * MINUTE
    known_later = is_closed & happens(rng, n, 0.3)
    at_once = is_closed & ~known_later
    shared = {
        "event_id": joined("UME-", text(np.arange(n) + 1, width=6)),
        "reported_at": written(reported),
        "location": words(list(MUSIC_PLACES), rng.integers(len(MUSIC_PLACES), size=n)),
        "est_attendance": numbers(20 + rng.geometric(1 / 90, n)),
    }
    seized = is_closed & happens(rng, n, 0.25)

    def version(number: int, is_shut: np.ndarray) -> pa.Table:
        columns = shared | {
            "closed_at": some(written(closed), is_shut),
            "closed_flag": flags(is_shut),
            "equipment_seized": flags(seized & is_shut),
            "record_version": pa.repeat(str(number), n),
        }
        return pa.table(columns)

    first = local_day(reported)
    later = np.minimum(first + rng.integers(1, 3, n), day(WHOLE.last))
    rows = [version(1, at_once), version(2, is_closed).filter(pa.array(known_later))]
    in_q1 = between(first, Q1)
    figures: dict[str, object] = {
        "K007": int((is_closed & in_q1).sum()),
        "K008": float((is_closed & in_q1).sum() / max(1, in_q1.sum())),
        "K008.reported": int(in_q1.sum()),
    }
    days = np.concatenate([first, later[known_later]])
    return Drawn(pa.concat_tables(rows), days, n), figures


def _events(rng: np.random.Generator, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """The Friday of each event, and whether it was closed down."""
    fridays, closed = [], []
    for first in months():
        if first in Q1:
            continue
        usual = 6 if first.month in SUMMER_MONTHS else 2.5
        mean = (
            14
            if Period(date(2020, 5, 1), date(2020, 8, 31)).first <= first <= date(2020, 8, 1)
            else usual
        )
        # The month's Fridays whose whole weekend lies in the month.
        able = _fridays(Period(first, month_end(first)))
        n = max(1, round(mean * scale)) if scale >= 1 else max(1, int(rng.poisson(mean * scale)))
        fridays.append(rng.choice(able, n))
        closed.append(happens(rng, n, 0.7))
    n = max(1, round(REPORTED_IN_Q1 * scale))
    fridays.append(rng.choice(_fridays(Q1), n))
    closed.append(np.arange(n) < round(CLOSED_IN_Q1 * scale))
    return np.concatenate(fridays), np.concatenate(closed)


def _fridays(period: Period) -> np.ndarray:
    able = [d for d in period.days if d.weekday() == FRIDAY and d + timedelta(2) <= period.last]
    return np.array(able, dtype="datetime64[D]")


def draw_premises_visits(rng: np.random.Generator, scale: float) -> tuple[Drawn, dict[str, object]]:
    """Draws visits: about licences and food all the time, about Covid-19 in exact numbers."""
    days, is_covid, is_action, is_penalty = _visit_days(rng, scale)
    n = len(days)
    rules = words([*COVID_RULES, "LA2003", "FOOD2013", "HSWA1974"], _rules(rng, is_covid))
    found = choose(rng, [0.72, 0.22, 0.05, 0.002], n)
    compliance = np.where(is_penalty, 4, found)
    premises = (rng.random(n) ** 1.3 * max(50, 1_600 * min(scale, 10))).astype(np.int64)
    kind_of = choose(rng, list(PREMISES.values()), int(premises.max()) + 1)
    local = days.astype("datetime64[s]") + rng.integers(10, 23, n) * HOUR
    local = local + rng.integers(60, size=n) * MINUTE
    order = np.argsort(local, kind="stable")
    columns = {
        "visited_at": written(to_utc(local)),
        "premises_token": reference("e", premises),
        "premises_type": words(list(PREMISES), kind_of[premises]),
        "compliance": words(
            ["COMPLIANT", "ADVICE", "WRITTEN_WARNING", "CLOSURE", "FPN"], compliance
        ),
        "regulation_code": rules,
        "day_of_action_flag": flags(is_action),
    }
    rows = pa.table(columns).take(pa.array(order))
    rows = rows.add_column(0, "visit_id", joined("VIS-", text(np.arange(n) + 1, width=7)))
    since = between(days, SINCE_OCTOBER_2020)
    figures: dict[str, object] = {
        "K105": int(since.sum()),
        "K105.premises": len(np.unique(premises[since])),
        "K105.covid_visits": int((since & is_covid).sum()),
        "K106.visits_with_penalty": int((since & is_penalty).sum()),
        "K107": int((since & is_covid & (compliance == WRITTEN_WARNING)).sum()),
        "K108": len(np.unique(days[since & is_action])),
    }
    return Drawn(rows, sent_late(rng, days[order], 0.01), n), figures


def _visit_days(
    rng: np.random.Generator, scale: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Day of every visit, whether it is about Covid-19, of a day of action, and with a penalty."""
    counts = {
        "usual": (WHOLE, round(40 * len(list(months())) * scale)),
        "spring": (Period(date(2020, 4, 1), date(2020, 9, 30)), round(480 * scale)),
        "covid": (SINCE_OCTOBER_2020, round(COVID_VISITS * scale)),
        "after": (Period(DECK + timedelta(1), WHOLE.last), round(380 * scale)),
    }
    drawn = {name: days_in(rng, period, max(1, n)) for name, (period, n) in counts.items()}
    start = len(drawn["usual"]) + len(drawn["spring"])
    days = np.concatenate(list(drawn.values()))
    is_covid = np.arange(len(days)) >= len(drawn["usual"])
    # Every fourth Friday from the first of October 2020 is a day of action.
    first = day(_fridays(SINCE_OCTOBER_2020)[0].item())
    of_action = min(len(drawn["covid"]), round(DAYS_OF_ACTION * VISITS_A_DAY_OF_ACTION * scale))
    is_action = np.zeros(len(days), dtype=bool)
    is_action[start : start + of_action] = True
    days[start : start + of_action] = first + 28 * (np.arange(of_action) % DAYS_OF_ACTION)
    is_penalty = np.zeros(len(days), dtype=bool)
    penalties = min(len(drawn["covid"]) - of_action, round(COVID_PENALTIES * scale))
    is_penalty[start + of_action : start + of_action + penalties] = True
    return days, is_covid, is_action, is_penalty


def _rules(rng: np.random.Generator, is_covid: np.ndarray) -> np.ndarray:
    """Numbers of rules: the Covid-19 ones first, then the others."""
    covid = choose(rng, list(COVID_RULES.values()), len(is_covid))
    usual = len(COVID_RULES) + choose(rng, [0.6, 0.3, 0.1], len(is_covid))
    return np.where(is_covid, covid, usual)
