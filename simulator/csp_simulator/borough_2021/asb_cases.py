"""Draws the feeds of the ASB team: cases (A1), case reviews (A6) and panel cases (A7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021.asb_files import (
    Drawn,
    day,
    flags,
    happens,
    numbers,
    reference,
    sent_late,
    some,
)
from csp_simulator.borough_2021.asb_words import (
    ASB_SEASON,
    CASE_COLUMNS,
    CASES_A_MONTH,
    CLOSURES,
    GREAT_BURST,
    GREAT_BURST_CALLS,
    HOTSPOT_SHARE,
    HOTSPOT_TIME,
    HOTSPOT_WARD,
    LOCKDOWN_YEAR,
    SOURCES,
    SUMMER_2021,
    TYPES,
    YEAR_BEFORE,
)
from csp_simulator.borough_2021.london_times import written_days
from csp_simulator.borough_2021.periods import (
    WHOLE,
    Period,
    month_end,
    months,
)
from csp_simulator.draws import choose, joined, poisson_clipped, text, words
from csp_simulator.places import Borough

NAMES = list(TYPES)
NOX = NAMES.index("NOX")
LAST = day(WHOLE.last)
BURSTS_A_MONTH, BURST_CALLS = 3, 5
#: Persons who call again call about another month's matter, so that theirs are separate cases.
CALL_AGAIN, PERSONS = 0.2, 10_000_000


@dataclass(frozen=True)
class Reports:
    """Drawn reports; `case` is the number of the case that each belongs to.

    Days are numpy days, kinds and places indices, `complainant` and `subject` numbers or -1.
    """

    opened: np.ndarray
    case: np.ndarray
    kind: np.ndarray
    place: np.ndarray
    source: np.ndarray
    complainant: np.ndarray
    subject: np.ndarray
    is_vulnerable: np.ndarray
    ref: pa.Array


def between(days: np.ndarray, period: Period) -> np.ndarray:
    """Which days lie in a period."""
    return (days >= day(period.first)) & (days <= day(period.last))


def draw_reports(rng: np.random.Generator, borough: Borough, scale: float) -> Reports:
    """Draws every report in order of its reference: cases, and repeated calls about some."""
    month = _months(rng, scale)
    firsts = np.array([day(first) for first in months()])
    lengths = np.array([month_end(first).day for first in months()])
    opened = firsts[month] + (rng.random(len(month)) * lengths[month]).astype(np.int64)
    kind = _kinds(rng, month)
    place = _places(rng, borough, kind, opened)
    source = choose(rng, list(SOURCES.values()), len(month))
    names_caller = source <= list(SOURCES).index("MEMBER")
    complainant = np.where(names_caller, _persons(rng, month), -1)
    subject = np.where(happens(rng, len(month), 0.35), rng.integers(PERSONS, size=len(month)), -1)
    case = np.arange(len(month))
    calls = _calls(rng, opened, kind, complainant, scale)
    again = np.repeat(case, calls)
    after = happens(rng, len(again), 0.3).astype(np.int64)
    opened = np.minimum(np.concatenate([opened, opened[again] + after]), LAST)
    case = np.concatenate([case, again])
    # The first report of a case has the lowest reference of its day.
    order = np.argsort(opened, kind="stable")
    opened, case = opened[order], case[order]
    year = opened.astype("datetime64[Y]").astype(np.int64) + 1970
    serial = np.arange(len(year)) - np.searchsorted(year, year) + 1
    return Reports(
        opened,
        case,
        kind[case],
        place[case],
        source[case],
        complainant[case],
        subject[case],
        happens(rng, len(month), 0.18)[case],
        joined("ASB-", text(year), "-", text(serial, width=7)),
    )


def _months(rng: np.random.Generator, scale: float) -> np.ndarray:
    """The number of the month of every case."""
    counts = []
    for first in months():
        factor = 1.22 if first in LOCKDOWN_YEAR else 1.1 if first in SUMMER_2021 else 1.0
        mean = CASES_A_MONTH * ASB_SEASON[first.month - 1] * factor * scale
        counts.append(poisson_clipped(rng, mean))
    return np.repeat(np.arange(len(counts)), counts)


def _kinds(rng: np.random.Generator, month: np.ndarray) -> np.ndarray:
    """Draws kinds by the weights of each month."""
    shares = np.array([[w, w * lock, w * summer] for _, w, lock, summer in TYPES.values()])
    time = np.array([1 if m in LOCKDOWN_YEAR else 2 if m in SUMMER_2021 else 0 for m in months()])
    kind = np.empty(len(month), dtype=np.int64)
    for which in range(3):
        chosen = time[month] == which
        kind[chosen] = choose(rng, shares[:, which], int(chosen.sum()))
    return kind


def _places(
    rng: np.random.Generator, borough: Borough, kind: np.ndarray, opened: np.ndarray
) -> np.ndarray:
    """Draws points, with one place of nitrous oxide that comes up again and again."""
    place = borough.points["2021"].draw(rng, len(kind))
    hot = (kind == NOX) & between(opened, HOTSPOT_TIME) & (rng.random(len(kind)) < HOTSPOT_SHARE)
    place[hot] = hotspot(borough)
    return place


def hotspot(borough: Borough) -> int:
    """The point of the repeat location."""
    wards = borough.points["2021"].table["ward_code"].to_numpy()
    return int(np.flatnonzero(wards == HOTSPOT_WARD)[0])


def _persons(rng: np.random.Generator, month: np.ndarray) -> np.ndarray:
    """Numbers of complainants; one who calls again does so three months later or more."""
    in_month = np.arange(len(month)) - np.searchsorted(month, month)
    again = rng.random(len(month)) < CALL_AGAIN
    return np.where(again, (month % 3) * PERSONS + in_month, 3 * PERSONS + np.arange(len(month)))


def _calls(
    rng: np.random.Generator,
    opened: np.ndarray,
    kind: np.ndarray,
    complainant: np.ndarray,
    scale: float,
) -> np.ndarray:
    """Further calls about each case: few have any, and one night has forty calls in all."""
    named = np.flatnonzero(complainant >= 0)
    calls = np.zeros(len(opened), dtype=np.int64)
    bursts = min(len(named), round(BURSTS_A_MONTH * len(list(months())) * scale))
    chosen = rng.choice(named, bursts, replace=False)
    calls[chosen] = rng.poisson(BURST_CALLS, len(chosen))
    night = named[opened[named] == day(GREAT_BURST)]
    if len(night):
        calls[night[0]] = GREAT_BURST_CALLS - 1
    return calls


def case_rows(rng: np.random.Generator, reports: Reports, borough: Borough) -> Drawn:
    """Writes each report as it was opened and, where it was closed, as it was then."""
    n = len(reports.opened)
    is_repeat = np.ones(n, dtype=bool)
    is_repeat[np.unique(reports.case, return_index=True)[1]] = False
    took = np.where(is_repeat, 1, 1 + rng.geometric(1 / 24, n))
    closed = reports.opened + took
    is_closed = (closed <= LAST) & (is_repeat | happens(rng, n, 0.95))
    closure = choose(rng, list(CLOSURES.values()), n)
    closure[is_repeat] = len(CLOSURES)
    asked = happens(rng, n, 0.4) & (reports.complainant >= 0) & ~is_repeat
    # Reports of one case lack the same parts of their place.
    lack = rng.random(int(reports.case.max()) + 1)[reports.case]
    table = borough.points["2021"].table
    blank = np.zeros(n, dtype=bool)
    shared = {
        "case_ref": reports.ref,
        "opened_on": written_days(reports.opened),
        "source": words(list(SOURCES), reports.source),
        "ho_category": words([TYPES[name][0] for name in NAMES], reports.kind),
        "type_code": words(NAMES, reports.kind),
        "complainant_token": reference(
            "c", np.maximum(reports.complainant, 0), reports.complainant >= 0
        ),
        "subject_token": reference("s", np.maximum(reports.subject, 0), reports.subject >= 0),
        "location_uprn": some(text(6_000_000_000 + reports.place), np.greater(lack, 0.3)),
        "ward_code": some(_of(table, "ward_code", reports.place), np.greater(lack, 0.005)),
        "lsoa21_code": some(_of(table, "LSOA code", reports.place), np.greater(lack, 0.02)),
        "risk_score": numbers(rng.binomial(50, 0.3, n), happens(rng, n, 0.5)),
        "vulnerability_flag": flags(reports.is_vulnerable),
    }
    opened_rows = shared | {
        "closed_on": written_days(closed, blank),
        "status": words(["OPEN", "INVESTIGATING"], choose(rng, [0.7, 0.3], n)),
        "closure_code": pa.nulls(n, pa.string()),
        "closure_satisfaction": pa.nulls(n, pa.string()),
        "record_version": pa.repeat("1", n),
    }
    closed_rows = shared | {
        "closed_on": written_days(closed),
        "status": pa.repeat("CLOSED", n),
        "closure_code": words([*CLOSURES, "DUPLICATE"], closure),
        "closure_satisfaction": numbers(1 + rng.binomial(4, 0.6, n), asked),
        "record_version": pa.repeat("2", n),
    }
    rows = pa.concat_tables(
        [
            pa.table(opened_rows).select(CASE_COLUMNS),
            pa.table(closed_rows).select(CASE_COLUMNS).filter(pa.array(is_closed)),
        ]
    )
    days = np.concatenate([sent_late(rng, reports.opened, 0.02), closed[is_closed]])
    return Drawn(rows, days, n)


def _of(table: pa.Table, column: str, place: np.ndarray) -> pa.Array:
    return table[column].combine_chunks().take(pa.array(place))


def case_figures(reports: Reports, borough: Borough) -> dict[str, object]:
    """Figures of cases, in which one person's calls of one night are one."""
    first = np.unique(reports.case, return_index=True)[1]
    opened, kind = reports.opened[first], reports.kind[first]
    nox = kind == NOX
    month, count = np.unique(opened[nox].astype("datetime64[M]"), return_counts=True)
    before = int(between(opened, YEAR_BEFORE).sum())
    lockdown = int(between(opened, LOCKDOWN_YEAR).sum())
    hot = nox & (reports.place[first] == hotspot(borough)) & between(opened, HOTSPOT_TIME)
    return {
        "K019": {str(m): int(c) for m, c in zip(month, count, strict=True)},
        "K020.repeat_lsoa": borough.points["2021"].table["LSOA code"][hotspot(borough)].as_py(),
        "K020.repeat_lsoa_nox_cases": int(hot.sum()),
        "K110": (lockdown - before) / before,
        "K110.cases": {"2019/20": before, "2020/21": lockdown},
        "asb_case.cases": len(first),
        "asb_case.reports": len(reports.opened),
    }
