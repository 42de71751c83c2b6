"""Episodes of treatment: who was treated where, when, for what, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from csp_simulator.borough_2021 import treatment_words as say
from csp_simulator.borough_2021.periods import WHOLE
from csp_simulator.borough_2021.treatment_people import (
    SAME_BY_CHANCE,
    Cohort,
    People,
    draw_cohort,
    draw_people,
    whole,
)
from csp_simulator.draws import choose, stream

LAST = np.datetime64(WHOLE.last)
#: Episodes that ended before this stand in no file.
SEEN_FROM = np.datetime64("2018-05-01")
#: People of each kind whose first episode begins between these days.
OPIATE, OTHER = 2880, 2290
OPIATE_FROM, OTHER_FROM = np.datetime64("2016-01-01"), np.datetime64("2018-01-01")
#: Median length of an episode in days, and the spread of its logarithm.
OPIATE_LENGTH, OTHER_LENGTH = (360, 1.05), (110, 0.8)
NO_CONSENT, ELSEWHERE, UNSTRUCTURED, COMES_BACK, OVERLAPS = 0.03, 0.02, 0.04, 0.20, 0.05
JOURNEY_GAP = 21
LATE_START, SECOND_INTERVENTION, CORRECTED_LATER = 0.014, 0.12, 0.02
#: Month from which one client in the whole does not consent any more.
WITHDRAWN_FROM = np.datetime64("2021-03-01")
NEVER = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Clients:
    """Everybody in treatment, the offender cohort's first."""

    people: People
    is_opiate: np.ndarray
    consents: np.ndarray
    withdraws: np.ndarray
    is_resident: np.ndarray
    cohort: Cohort
    namesakes: np.ndarray

    @property
    def known(self) -> int:
        """How many of them, the first, are of the offender cohort."""
        return int((self.cohort.client >= 0).sum())


@dataclass(frozen=True)
class Episodes:
    """Episodes, one element each in every array; days are datetime64[D], NaT for never."""

    client: np.ndarray
    agency: np.ndarray
    referred: np.ndarray
    triaged: np.ndarray
    discharged: np.ndarray
    reason: np.ndarray
    drugs: np.ndarray
    source: np.ndarray
    structured: np.ndarray
    started: np.ndarray
    second_started: np.ndarray
    shown_triaged: np.ndarray

    def __len__(self) -> int:
        """How many there are."""
        return len(self.client)

    @cached_property
    def open_until(self) -> np.ndarray:
        """Day of discharge, or the day after the scenario's last."""
        return np.where(np.isnat(self.discharged), LAST + 1, self.discharged)

    def has(self, kind: str) -> np.ndarray:
        """Whether opiate, crack, alcohol or another substance is among the three."""
        if kind == "alcohol":
            return _any_of_three(self.drugs == say.ALCOHOL)
        if kind == "other":
            none = np.isin(self.drugs, [*say.NO_DRUG, say.ALCOHOL])
            return _any_of_three(~none & ~self._of("opiate"))
        return _any_of_three(self._of(kind))

    def _of(self, kind: str) -> np.ndarray:
        return np.isin(self.drugs, [code for code, of in say.DRUG_KIND.items() if of == kind])


def _any_of_three(holds: np.ndarray) -> np.ndarray:
    """Whether it holds of any of an episode's three substances."""
    return np.logical_or.reduce(holds, axis=1)


class Spans(NamedTuple):
    """Whose episodes, from when to when, continued or not, and 0 for a client's first."""

    client: np.ndarray
    triaged: np.ndarray
    discharged: np.ndarray
    continues: np.ndarray
    nth: np.ndarray


def draw_clients(seed: int, scale: float) -> Clients:
    """Draws the people; the offender cohort's clients come first."""
    rng = stream(seed, "treatment", "people")
    n = whole(OPIATE, scale) + whole(OTHER, scale)
    is_opiate = np.arange(n) < whole(OPIATE, scale)
    on = np.where(is_opiate, OPIATE_FROM, OTHER_FROM) - 30
    strangers = draw_people(rng, n, on=on, heaped=0.10)
    withdrawn = np.arange(whole(1, scale))
    namesakes = len(withdrawn) + np.arange(whole(SAME_BY_CHANCE, scale))
    # People of whom only the year of birth is known are those most easily taken for another.
    strangers.born[namesakes] = strangers.born[namesakes].astype("datetime64[Y]")
    strangers.sex[namesakes] = 1
    cohort = draw_cohort(seed, scale, strangers, namesakes)
    known = np.flatnonzero(cohort.client >= 0)
    known = known[np.argsort(cohort.client[known])]
    shared = cohort.people.take(known)
    people = People(
        *(
            np.concatenate([getattr(shared, name), getattr(strangers, name)])
            for name in ("first", "surname", "born", "sex")
        )
    )
    more, total = len(known), len(known) + n
    consents = rng.random(total) >= NO_CONSENT
    is_resident = rng.random(total) >= ELSEWHERE
    planned = np.concatenate([np.arange(more), more + withdrawn, more + namesakes])
    consents[planned], is_resident[planned] = True, True
    withdraws = np.zeros(total, dtype=bool)
    withdraws[more + withdrawn] = True
    kinds = np.concatenate([np.ones(more, dtype=bool), is_opiate])
    return Clients(people, kinds, consents, withdraws, is_resident, cohort, more + namesakes)


def draw_episodes(seed: int, clients: Clients) -> Episodes:
    """Draws first, following and overlapping episodes of every client."""
    rng = stream(seed, "treatment", "episodes")
    client = np.arange(len(clients.people))
    start, end = _first_spans(rng, clients)
    after, after_start, after_end, gap = _following(rng, clients, start, end)
    beside, beside_start, beside_end = _overlapping(rng, clients, start, end)
    who = np.concatenate([client, after, beside])
    triaged = np.concatenate([start, after_start, beside_start])
    discharged = np.concatenate([end, after_end, beside_end])
    nth = np.repeat([0, 1, 2], [len(client), len(after), len(beside)])
    continues = np.zeros(len(who), dtype=bool)
    continues[len(client) : len(client) + len(after)] = gap < JOURNEY_GAP
    discharged = np.where(discharged > LAST, NEVER, discharged)
    kept = (triaged <= LAST - 3) & (np.isnat(discharged) | (discharged >= SEEN_FROM))
    spans = Spans(*(part[kept] for part in (who, triaged, discharged, continues, nth)))
    return _described(rng, clients, spans)


def _lengths(rng: np.random.Generator, is_opiate: np.ndarray) -> np.ndarray:
    median = np.where(is_opiate, OPIATE_LENGTH[0], OTHER_LENGTH[0])
    spread = np.where(is_opiate, OPIATE_LENGTH[1], OTHER_LENGTH[1])
    return np.clip(median * np.exp(spread * rng.standard_normal(len(median))), 3, 4000).astype(int)


def _first_spans(rng: np.random.Generator, clients: Clients) -> tuple[np.ndarray, np.ndarray]:
    n = len(clients.people)
    first = np.where(clients.is_opiate, OPIATE_FROM, OTHER_FROM)
    start = first + (rng.random(n) * (LAST - first).astype(int)).astype("timedelta64[D]")
    end = start + _lengths(rng, clients.is_opiate)
    # The cohort's clients are in treatment all through the window, or were long before it.
    known = clients.known
    treated, past = np.split(np.arange(known), [known - clients.cohort.past])
    treated = np.concatenate([treated, clients.namesakes])
    start[treated] = np.datetime64("2020-03-02") + rng.integers(0, 230, len(treated))
    end[treated] = LAST + 30 + rng.integers(0, 300, len(treated))
    start[past] = np.datetime64("2018-06-01") + rng.integers(0, 200, len(past))
    end[past] = start[past] + rng.integers(100, 500, len(past))
    withdrawn = np.flatnonzero(clients.withdraws)
    start[withdrawn], end[withdrawn] = np.datetime64("2020-09-14"), LAST + 100
    return start, end


def _following(
    rng: np.random.Generator, clients: Clients, start: np.ndarray, end: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Client, first and last day of episodes that follow the first, and the days between."""
    may = (end < LAST - 30) & (np.arange(len(end)) >= clients.known)
    who = np.flatnonzero(may & (rng.random(len(end)) < COMES_BACK))
    kind = choose(rng, (27, 3, 3, 29, 38), len(who))
    lowest, highest = np.array([0, 20, 21, 22, 184]), np.array([20, 21, 22, 184, 700])
    gap = lowest[kind] + (rng.random(len(who)) * (highest - lowest)[kind]).astype(int)
    begins = end[who] + gap
    return who, begins, begins + _lengths(rng, clients.is_opiate[who]), gap


def _overlapping(
    rng: np.random.Generator, clients: Clients, start: np.ndarray, end: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Client, first and last day of episodes at another provider during the first."""
    length = (end - start).astype(int)
    may = (length > 20) & (np.arange(len(end)) >= clients.known)  # noqa: PLR2004 - room for two
    who = np.flatnonzero(may & (rng.random(len(end)) < OVERLAPS))
    begins = start[who] + 5 + (rng.random(len(who)) * (length[who] - 10)).astype(int)
    return who, begins, begins + rng.integers(10, 150, len(who))


def _described(rng: np.random.Generator, clients: Clients, spans: Spans) -> Episodes:
    """Adds provider, referral, substances, interventions and the reason of discharge."""
    client, triaged, discharged, _, nth = spans
    n, opiate = len(client), clients.is_opiate[client]
    known = client < clients.known
    wait = np.minimum(rng.geometric(0.36, n) - 1, 21)
    wait = np.where((rng.random(n) < LATE_START) & ~known, rng.integers(22, 61, n), wait)
    started = triaged + wait
    ends = np.where(np.isnat(discharged), LAST, discharged)
    started = np.where(started > ends, NEVER, started)
    second = started + rng.integers(20, 60, n)
    has_second = (rng.random(n) < SECOND_INTERVENTION) & (second <= ends)
    shift = rng.integers(1, 4, n)
    corrected = (rng.random(n) < CORRECTED_LATER) & (triaged + shift <= ends)
    corrected &= same_month(triaged, triaged + shift) & ~same_month(triaged, LAST)
    return Episodes(
        client=client,
        agency=_agencies(rng, opiate, client, nth),
        referred=triaged - rng.integers(0, 15, n),
        triaged=triaged,
        discharged=discharged,
        reason=_reasons(rng, opiate, spans),
        drugs=_drugs(rng, opiate),
        source=np.array(say.REFERRAL)[choose(rng, say.REFERRAL_SHARE, n)],
        structured=(rng.random(n) >= UNSTRUCTURED) | known | np.isin(client, clients.namesakes),
        started=started,
        second_started=np.where(has_second, second, NEVER),
        shown_triaged=np.where(corrected, triaged + shift, triaged),
    )


def same_month(days: np.ndarray, others: np.ndarray | np.datetime64) -> np.ndarray:
    """Whether two days lie in one month."""
    return days.astype("datetime64[M]") == others.astype("datetime64[M]")


def _agencies(
    rng: np.random.Generator, opiate: np.ndarray, client: np.ndarray, nth: np.ndarray
) -> np.ndarray:
    """Number of the provider; a following or overlapping episode is at another one."""
    n = len(client)
    drawn = np.where(opiate, choose(rng, say.AGENCY_OPIATE, n), choose(rng, say.AGENCY_OTHER, n))
    first = np.full(client.max() + 1, -1)
    first[client[nth == 0]] = drawn[nth == 0]
    again = (nth > 0) & (drawn == first[client])
    # The recovery service (0) takes everybody; who was there goes on to the criminal-justice one.
    return np.where(again, np.where(drawn == 0, 3, 0), drawn)


def _drugs(rng: np.random.Generator, opiate: np.ndarray) -> np.ndarray:
    tables = []
    for listed in (say.DRUGS_OTHER, say.DRUGS_OPIATE):
        codes = np.array([codes for codes, _ in listed])
        tables.append(codes[choose(rng, [share for _, share in listed], len(opiate))])
    return np.where(opiate[:, None], tables[1], tables[0])


def _reasons(rng: np.random.Generator, opiate: np.ndarray, spans: Spans) -> np.ndarray:
    """Reason of discharge, blank while open; who is treated later was transferred or alive."""
    client, _, discharged, continues, nth = spans
    n = len(client)
    drawn = np.where(opiate, choose(rng, say.REASON_OPIATE, n), choose(rng, say.REASON_OTHER, n))
    reason = np.array(say.REASONS)[drawn]
    goes_on = np.zeros(client.max() + 1, dtype=bool)
    goes_on[client[continues]] = True
    returns = np.zeros(client.max() + 1, dtype=bool)
    returns[client[nth > 0]] = True
    reason = np.where(goes_on[client] & (nth == 0), say.TRANSFERRED, reason)
    reason = np.where((reason == say.DIED) & returns[client], say.DROPPED_OUT, reason)
    return np.where(np.isnat(discharged), "", reason)
