"""What is true of the drawn episodes: journeys, and the measures that rest on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from csp_simulator.borough_2021 import treatment_words as say
from csp_simulator.borough_2021.periods import LAST_12_MONTHS, Period
from csp_simulator.borough_2021.treatment_episodes import JOURNEY_GAP, LAST, Clients, Episodes
from csp_simulator.borough_2021.treatment_people import date_parts

RETAINED, THREE_WEEKS = 84, 21
OPEN_END = 10**6
GROUPS = ("opiate", "non-opiate only", "non-opiate and alcohol", "alcohol only")
#: Completions whose six months are over when the scenario ends.
COMPLETED_IN = Period(
    LAST_12_MONTHS.first.replace(month=5), LAST_12_MONTHS.last.replace(month=4, day=30)
)


@dataclass(frozen=True)
class Journeys:
    """Journeys, one element each in every array; days are whole numbers, OPEN_END for open.

    Attributes:
        whose: Attributor as a number; journeys of one attributor follow each other.
        outcome: completed, unplanned, other, inconsistent, or blank while open.
        wait: Days to the first intervention, -1 when none started.
    """

    whose: np.ndarray
    began: np.ndarray
    ended: np.ndarray
    outcome: np.ndarray
    group: np.ndarray
    wait: np.ndarray
    criminal_justice: np.ndarray
    naloxone: np.ndarray
    next_began: np.ndarray


def countable(clients: Clients, episodes: Episodes) -> np.ndarray:
    """Which episodes form journeys: consented, structured, of residents."""
    agreed = clients.consents & ~clients.withdraws & clients.is_resident
    return agreed[episodes.client] & episodes.structured


def form_journeys(clients: Clients, episodes: Episodes, naloxone: np.ndarray) -> Journeys:
    """Chains the episodes of each attributor: fewer than 21 days from the last end go on."""
    of = np.flatnonzero(countable(clients, episodes))
    whose = clients.people.keys[episodes.client[of]]
    begin = episodes.triaged[of].astype(int)
    end = np.where(np.isnat(episodes.discharged[of]), OPEN_END, episodes.discharged[of].astype(int))
    order = np.lexsort((of, begin, whose))
    of, whose, begin, end = of[order], whose[order], begin[order], end[order]
    _, person = np.unique(whose, return_inverse=True)
    # The greatest end so far within a person: a person's numbers lie above all before.
    so_far = np.maximum.accumulate(person * (2 * OPEN_END) + end) - person * (2 * OPEN_END)
    begins = np.ones(len(of), dtype=bool)
    begins[1:] = (person[1:] != person[:-1]) | (begin[1:] - so_far[:-1] >= JOURNEY_GAP)
    at = np.flatnonzero(begins)
    return _summed(episodes, naloxone, of, at, whose=whose, begin=begin, end=end)


def _summed(
    episodes: Episodes,
    naloxone: np.ndarray,
    of: np.ndarray,
    at: np.ndarray,
    *,
    whose: np.ndarray,
    begin: np.ndarray,
    end: np.ndarray,
) -> Journeys:
    """Sums runs of episodes, each beginning at a position, into journeys."""
    ended = np.maximum.reduceat(end, at)
    journey = np.repeat(np.arange(len(at)), np.diff(np.append(at, len(of))))

    def anyone(flags: np.ndarray) -> np.ndarray:
        return np.maximum.reduceat(flags.astype(int), at) > 0

    opiate, alcohol, other = (
        anyone(episodes.has(kind)[of]) for kind in ("opiate", "alcohol", "other")
    )
    kind = np.select([opiate, alcohol & other, alcohol], [0, 2, 3], 1)
    started = np.where(np.isnat(episodes.started[of]), OPEN_END, episodes.started[of].astype(int))
    first = np.lexsort((begin, started, journey))[at]
    wait = np.where(started[first] == OPEN_END, -1, started[first] - begin[first])
    following = np.append(begin[at][1:], OPEN_END)
    same = np.append(whose[at][1:] == whose[at][:-1], False)
    return Journeys(
        whose=whose[at],
        began=begin[at],
        ended=ended,
        outcome=_outcomes(episodes.reason[of], end == ended[journey], journey, at, ended),
        group=np.array(GROUPS)[kind],
        wait=wait,
        criminal_justice=np.isin(episodes.source[of][at], say.CRIMINAL_JUSTICE),
        naloxone=anyone(naloxone[of]),
        next_began=np.where(same, following, OPEN_END),
    )


def _outcomes(
    reason: np.ndarray, is_last: np.ndarray, journey: np.ndarray, at: np.ndarray, ended: np.ndarray
) -> np.ndarray:
    """Outcome by the reasons of the last day; those that contradict each other are inconsistent."""
    kind = np.select([np.isin(reason, say.COMPLETED), np.isin(reason, say.UNPLANNED)], [1, 2], 3)
    code = np.char.add("0", np.where(reason == "", "0", reason)).astype(int)
    low = np.minimum.reduceat(np.where(is_last, code, 1000), at)
    high = np.maximum.reduceat(np.where(is_last, code, -1), at)
    all_completed = np.minimum.reduceat((~is_last | (kind == 1)).astype(int), at) == 1
    of_last = np.maximum.reduceat(np.where(is_last, kind, 0), at)
    one = (low == high) | all_completed
    names = np.array(["", "completed", "unplanned", "other", "inconsistent"])
    named = names[np.where(one, np.where(all_completed, 1, of_last), 4)]
    return np.where(ended == OPEN_END, "", named)


def _share(part: np.ndarray, of: np.ndarray) -> dict[str, float | int]:
    numerator, denominator = int((part & of).sum()), int(of.sum())
    value = round(100 * numerator / denominator, 4) if denominator else 0.0
    return {"numerator": numerator, "denominator": denominator, "value": value}


def _people(journeys: Journeys, chosen: np.ndarray) -> int:
    return len(np.unique(journeys.whose[chosen]))


def within(days: np.ndarray, period: Period) -> np.ndarray:
    """Which days (whole numbers) lie in a period."""
    first, last = (np.datetime64(day).astype(int) for day in (period.first, period.last))
    return (days >= first) & (days <= last)


def six_months_later(days: np.ndarray) -> np.ndarray:
    """The day six calendar months later; a day that the month lacks becomes its last."""
    known = np.where(days == OPEN_END, 0, days).astype("datetime64[D]")
    _, _, day = date_parts(known)
    month = known.astype("datetime64[M]") + 6
    length = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(int)
    return (month.astype("datetime64[D]") + np.minimum(day, length) - 1).astype(int)


def measures(journeys: Journeys) -> dict[str, object]:
    """Numbers in treatment, and the measures of S26, over the twelve months of the presentation."""
    first, last = (
        np.datetime64(d).astype(int) for d in (LAST_12_MONTHS.first, LAST_12_MONTHS.last)
    )
    in_treatment = (journeys.began <= last) & (journeys.ended >= first)
    new = within(journeys.began, LAST_12_MONTHS)
    completed = journeys.outcome == "completed"
    kept = np.minimum(journeys.ended, LAST.astype(int)) - journeys.began
    known = (kept >= RETAINED) | (journeys.ended < OPEN_END)
    completed_now = completed & within(journeys.ended, LAST_12_MONTHS)
    settled = completed & within(journeys.ended, COMPLETED_IN)
    returned = journeys.next_began < six_months_later(journeys.ended)
    by_group = {name: journeys.group == name for name in GROUPS}
    completion = {
        name: {
            "numerator": _people(journeys, completed_now & of),
            "denominator": _people(journeys, in_treatment & of),
        }
        for name, of in {"all": np.ones(len(kept), dtype=bool), **by_group}.items()
    }
    return {
        "K049": _people(journeys, in_treatment),
        "K049.by_client_group": {
            n: _people(journeys, in_treatment & of) for n, of in by_group.items()
        },
        "S26.new_journeys": int(new.sum()),
        "S26.effective_treatment": _share((kept >= RETAINED) | completed, new & known),
        "S26.successful_completion": completion,
        "S26.representation": _share(returned, settled),
        "S26.waiting_within_3_weeks": _share(
            journeys.wait <= THREE_WEEKS, new & (journeys.wait >= 0)
        ),
        "S26.unplanned_exit": _share((journeys.outcome == "unplanned") & (kept < RETAINED), new),
        "S26.naloxone_coverage": _share(journeys.naloxone, in_treatment & by_group["opiate"]),
        "S26.criminal_justice_share": _share(journeys.criminal_justice, new),
        "S26.mean_wait_days": round(float(journeys.wait[new & (journeys.wait >= 0)].mean()), 4),
    }
