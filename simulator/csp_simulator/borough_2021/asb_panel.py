"""Draws cases of the safeguarding panel (A7) and requests for a case review (A6)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021.asb_cases import Reports, between
from csp_simulator.borough_2021.asb_files import (
    Drawn,
    day,
    days_in,
    flags,
    happens,
    numbers,
    reference,
    some,
)
from csp_simulator.borough_2021.asb_words import (
    LOCKDOWN_YEAR,
    PANEL_COLUMNS,
    SUPPORT,
    VULNERABILITIES,
)
from csp_simulator.borough_2021.london_times import written_days
from csp_simulator.borough_2021.periods import DECK, LAST_12_MONTHS, WHOLE, Period, months
from csp_simulator.draws import choose, joined, text, words

LAST = day(WHOLE.last)
#: Cases that the panel accepted in the twelve months before the presentation, and did not.
ACCEPTED, NOT_ACCEPTED = 55, 14
REVIEWS_A_MONTH = 3
NOT_MET, NO_RECOMMENDATIONS, RECOMMENDATIONS, WITHDRAWN = range(4)


def draw_panel(
    rng: np.random.Generator, reports: Reports, scale: float
) -> tuple[Drawn, dict[str, object]]:
    """Draws the cases that went to the panel, each a vulnerable victim's."""
    picked, accepted = _referred(rng, reports, scale)
    n = len(picked)
    referred = reports.opened[picked] + rng.integers(1, 8, n)
    decided = referred + rng.integers(3, 14, n)
    ended = decided + rng.integers(40, 200, n)
    blank = np.zeros(n, dtype=bool)
    support = words(list(SUPPORT), rng.integers(len(SUPPORT), size=n))
    end = words(["RISK_REMOVED", "RISK_REDUCED", "DISENGAGED"], choose(rng, [3, 5, 1], n))
    shared = {
        "case_ref": reports.ref.take(pa.array(picked)),
        "referred_on": written_days(referred),
        "victim_token": reference("v", picked),
        "vulnerability_codes": words(
            list(VULNERABILITIES), rng.integers(len(VULNERABILITIES), size=n)
        ),
    }

    def version(number: int, day_of: np.ndarray, outcome: pa.Array, ended_too: bool) -> pa.Table:
        given = accepted & (number > 1)
        columns = shared | {
            "accepted": flags(accepted, blank | (number > 1)),
            "support_type": some(support, given),
            "support_start": written_days(decided, given),
            "support_end": written_days(ended, given & ended_too),
            "outcome": outcome,
            "record_version": pa.repeat(str(number), n),
        }
        return pa.table(columns).select(PANEL_COLUMNS)

    decision = words(["NOT_ACCEPTED", "OPEN"], accepted.astype(np.int8))
    ends = accepted & (ended <= LAST) & happens(rng, n, 0.6)
    in_time = decided <= LAST
    rows = pa.concat_tables(
        [
            version(1, referred, pa.repeat("OPEN", n), False),
            version(2, decided, decision, False).filter(pa.array(in_time)),
            version(3, ended, end, True).filter(pa.array(ends)),
        ]
    )
    days = np.concatenate([referred, decided[in_time], ended[ends]])
    counted = accepted & in_time & between(referred, LAST_12_MONTHS)
    return Drawn(rows, days, n), {"K009": int(counted.sum())}


def _referred(
    rng: np.random.Generator, reports: Reports, scale: float
) -> tuple[np.ndarray, np.ndarray]:
    """Picks the cases that go to the panel, and says which of them it accepts."""
    first = np.unique(reports.case, return_index=True)[1]
    vulnerable = first[reports.is_vulnerable[first]]
    picked, accepted = [], []
    for period, yes, no in (
        (Period(WHOLE.first, LAST_12_MONTHS.first), 70, 18),
        (LAST_12_MONTHS, ACCEPTED, NOT_ACCEPTED),
        (Period(DECK, WHOLE.last), 8, 2),
    ):
        # Referred within a week, so the case is opened a week before the period ends.
        opened = reports.opened[vulnerable]
        begin = day(period.first) + (0 if period is LAST_12_MONTHS else 1)
        able = vulnerable[(opened >= begin) & (opened <= day(period.last) - 9)]
        number = min(len(able), round((yes + no) * scale))
        picked.append(rng.choice(able, number, replace=False))
        accepted.append(np.arange(number) < round(yes * scale))
    return np.concatenate(picked), np.concatenate(accepted)


def draw_reviews(rng: np.random.Generator, scale: float) -> tuple[Drawn, dict[str, object]]:
    """Draws requests for a case review, each as received and, in time, as decided."""
    n = max(1, round(REVIEWS_A_MONTH * len(list(months())) * scale))
    received = np.sort(days_in(rng, WHOLE, n))
    decided = received + rng.integers(20, 60, n)
    outcome = choose(rng, [0.5, 0.2, 0.22, 0.08], n)
    met = np.isin(outcome, [NO_RECOMMENDATIONS, RECOMMENDATIONS])
    made = np.where(outcome == RECOMMENDATIONS, rng.integers(1, 6, n), 0)
    year = received.astype("datetime64[Y]").astype(np.int64) + 1970
    serial = np.arange(n) - np.searchsorted(year, year) + 1
    blank = np.zeros(n, dtype=bool)
    shared = {
        "request_id": joined("CR-", text(year), "-", text(serial, width=4)),
        "received_on": written_days(received),
    }
    pending = {
        "threshold_met": flags(met, blank),
        "decision_on": written_days(decided, blank),
        "outcome": pa.repeat("PENDING", n),
        "recommendations": numbers(made, blank),
        "record_version": pa.repeat("1", n),
    }
    names = [
        "THRESHOLD_NOT_MET",
        "REVIEW_NO_RECOMMENDATIONS",
        "REVIEW_RECOMMENDATIONS",
        "WITHDRAWN",
    ]
    final = {
        "threshold_met": flags(met, outcome != WITHDRAWN),
        "decision_on": written_days(decided),
        "outcome": words(names, outcome),
        "recommendations": numbers(made, met),
        "record_version": pa.repeat("2", n),
    }
    in_time = decided <= LAST
    rows = pa.concat_tables(
        [pa.table(shared | pending), pa.table(shared | final).filter(pa.array(in_time))]
    )
    year_before = between(received, LOCKDOWN_YEAR)
    figures: dict[str, object] = {
        "S27": {
            "period": "2020/21",
            "requests": int(year_before.sum()),
            "threshold_not_met": int((year_before & (outcome == NOT_MET)).sum()),
            "reviews": int((year_before & met).sum()),
            "reviews_with_recommendations": int((year_before & (made > 0)).sum()),
        }
    }
    return Drawn(rows, np.concatenate([received, decided[in_time]]), n), figures
