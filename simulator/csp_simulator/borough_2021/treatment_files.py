"""Episodes as the rows of a provider's monthly file.

A file holds every episode that was open at some time in the twelve months to its end: a row for
each intervention, a row for the first outcomes profile, and one for the newest. Each is as it stood
at the end of the month, so the same episode comes again as it goes on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_simulator.borough_2021 import treatment_words as say
from csp_simulator.borough_2021.treatment_episodes import (
    NEVER,
    WITHDRAWN_FROM,
    Clients,
    Episodes,
    same_month,
)
from csp_simulator.borough_2021.treatment_people import date_parts
from csp_simulator.draws import choose, joined, stream, text, words

FIRST_INTERVENTION, SECOND_INTERVENTION, FIRST_PROFILE, NEWEST_PROFILE = range(4)
REVIEW_EVERY = 182
HAS_FIRST_PROFILE, HAS_EXIT_PROFILE, NALOXONE = 0.7, 0.5, 0.55
TOP_DAYS = ("ALCUSE", "OPIUSE", "CRAUSE")
TOP_RATINGS = ("PSYHSTAT", "PHSTAT", "QUALLIFE")
FIRST_SHOWN = np.datetime64("1930-01-01")


def shown_days() -> pa.Array:
    """Every day from 1930 as dd/mm/yyyy, so that a file's dates are looked up and not made."""
    days = np.arange(FIRST_SHOWN, np.datetime64("2023-01-01"))
    year, month, day = date_parts(days)
    return joined(text(day, width=2), text(month, width=2), text(year), by="/")


@dataclass(frozen=True)
class Paper:
    """What a file says of each episode beside its days; one element each."""

    columns: dict[str, pa.Array]
    first_profile: np.ndarray
    has_exit_profile: np.ndarray
    naloxone: np.ndarray
    days: pa.Array

    def day(self, days: np.ndarray) -> pa.Array:
        """Days as the file writes them; NaT is blank."""
        blank = np.isnat(days)
        at = np.where(blank, FIRST_SHOWN, days).astype("datetime64[D]") - FIRST_SHOWN
        return self.days.take(pa.array(at.astype(np.int64), mask=blank))


def describe(seed: int, clients: Clients, episodes: Episodes) -> Paper:
    """Draws what stays the same in every file."""
    rng, n, who = stream(seed, "treatment", "paper"), len(episodes), episodes.client
    people, days = clients.people, shown_days()
    born = days.take(pa.array((people.born - FIRST_SHOWN).astype(np.int64)))

    def of_client(listed: tuple[str, ...], share: tuple[float, ...] | None = None) -> pa.Array:
        weights = share or (1,) * len(listed)
        return words(listed, choose(rng, weights, len(people))[who])

    at_home = clients.is_resident[who]
    letters = list(say.LETTERS)
    opiate = episodes.has("opiate")
    naloxone = opiate & (rng.random(n) < NALOXONE)
    in_letters = np.array(say.AGENCIES)[episodes.agency] == "L0903"
    sex = np.where(in_letters, np.array(list("-MF------9"))[people.sex[who]], people.sex[who])
    columns = {
        "FINITIAL": words(letters, people.first[who]),
        "SINITIAL": words(letters, people.surname[who]),
        "DOB": born.take(pa.array(who)),
        "SEX": pa.array(sex.astype(str)),
        "ETHNIC": of_client(say.ETHNIC, say.ETHNIC_SHARE),
        "NATION": of_client(say.NATION, say.NATION_SHARE),
        "REFLD": days.take(pa.array((episodes.referred - FIRST_SHOWN).astype(np.int64))),
        "CPLANDT": days.take(pa.array((episodes.triaged - FIRST_SHOWN).astype(np.int64))),
        "PREVTR": of_client(("Y", "N"), (55, 45)),
        "PC": of_client(say.SECTORS),
        "ACCMNEED": of_client(say.ACCOMMODATION, say.ACCOMMODATION_SHARE),
        "DAT": words((say.OTHER_PARTNERSHIP, say.PARTNERSHIP), at_home.astype(int)),
        "LA": words((say.OTHER_AUTHORITY, say.AUTHORITY), at_home.astype(int)),
        "UTLA": words((say.OTHER_AUTHORITY, say.AUTHORITY), at_home.astype(int)),
        "DRUG1": pa.array(episodes.drugs[:, 0]),
        "DRUG1AGE": text(rng.integers(14, 31, n)),
        "ROUTE": words(("1", "3", "4"), choose(rng, (20, 50, 30), n)),
        "DRUG2": pa.array(episodes.drugs[:, 1]),
        "DRUG3": pa.array(episodes.drugs[:, 2]),
        "RFLS": pa.array(episodes.source),
        "INJSTAT": of_client(say.INJECTING, say.INJECTING_SHARE),
        "NALOXISS": words(("N", "Y"), naloxone.astype(int)),
        "CLIENTID": pa.array(client_ids(episodes, np.arange(n))),
        "EPISODID": joined("E", text(np.arange(n), width=8)),
        "AGNCY": words(say.AGENCIES, episodes.agency),
        "first modality": words(
            ("96", "95", "94"), np.where(episodes.structured, 1 + (opiate & episodes.structured), 0)
        ),
    }
    profile = episodes.triaged + rng.integers(0, 15, n)
    ends = episodes.open_until
    has_profile = (rng.random(n) < HAS_FIRST_PROFILE) & (profile <= ends)
    return Paper(
        columns,
        np.where(has_profile, profile, NEVER),
        rng.random(n) < HAS_EXIT_PROFILE,
        naloxone,
        days,
    )


def client_ids(episodes: Episodes, of: np.ndarray) -> np.ndarray:
    """What each episode's provider calls its client; numbers that say nothing of their order."""
    number = episodes.client[of] * 7 + episodes.agency[of]
    shuffled = (number * 48_271 + 11) % 99_999_989
    return np.char.add("C", np.char.zfill(shuffled.astype(str), 8))


def consented(clients: Clients, month: np.datetime64) -> np.ndarray:
    """Which clients consent in a month."""
    return clients.consents & ~(clients.withdraws & (month >= WITHDRAWN_FROM))


def month_rows(
    seed: int, clients: Clients, episodes: Episodes, paper: Paper, month: np.datetime64
) -> pa.Table:
    """The rows of all providers for a month (first day), by provider and episode."""
    last = ((month.astype("datetime64[M]") + 1).astype("datetime64[D]")) - 1
    since = (month.astype("datetime64[M]") - 11).astype("datetime64[D]")
    present = np.flatnonzero((episodes.triaged <= last) & (episodes.open_until >= since))
    agreed = consented(clients, month)[episodes.client]
    profile_on, profile_number, is_exit = _newest_profile(episodes, paper, last)
    has = {
        FIRST_INTERVENTION: np.ones(len(episodes), dtype=bool),
        SECOND_INTERVENTION: agreed & (episodes.second_started <= last),
        FIRST_PROFILE: agreed & (paper.first_profile <= last),
        NEWEST_PROFILE: agreed & ~np.isnat(profile_on),
    }
    of = np.concatenate([present[has[kind][present]] for kind in has])
    kind = np.repeat(list(has), [has[kind][present].sum() for kind in has])
    order = np.lexsort((kind, of, episodes.agency[of]))
    of, kind = of[order], kind[order]
    columns = {name: values.take(pa.array(of)) for name, values in paper.columns.items()}
    columns |= _days(episodes, paper, of, kind, month=month, last=last)
    on = np.where(kind == FIRST_PROFILE, paper.first_profile[of], profile_on[of])
    on = np.where(kind >= FIRST_PROFILE, on, NEVER)
    number = np.where(kind == FIRST_PROFILE, 0, profile_number[of])
    stage = np.where(kind == FIRST_PROFILE, 0, np.where(is_exit[of], 2, 1))
    columns |= _profiles(
        stream(seed, "treatment", str(month)), paper, of, on, number=number, stage=stage
    )
    return _blanked_without_consent(columns, agreed[of])


def _newest_profile(
    episodes: Episodes, paper: Paper, last: np.datetime64
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Day and number of the newest review or exit profile by a day, and whether it is an exit."""
    until = np.minimum(episodes.open_until, last)
    number = np.maximum((until - episodes.triaged).astype(int) // REVIEW_EVERY, 0)
    on = np.where(
        number > 0, episodes.triaged + (number * REVIEW_EVERY).astype("timedelta64[D]"), NEVER
    )
    is_exit = paper.has_exit_profile & (episodes.open_until <= last)
    return (
        np.where(is_exit, episodes.open_until, on),
        np.where(is_exit, 99, number),
        is_exit,
    )


def _days(
    episodes: Episodes,
    paper: Paper,
    of: np.ndarray,
    kind: np.ndarray,
    *,
    month: np.datetime64,
    last: np.datetime64,
) -> dict[str, pa.Array]:
    """Days of the episode and of the row's intervention, as known at the end of the month."""
    triaged, closed = episodes.triaged[of], episodes.open_until[of] <= last
    shown = np.where(same_month(triaged, month), episodes.shown_triaged[of], triaged)
    discharged = np.where(closed, episodes.discharged[of], NEVER)
    second = kind == SECOND_INTERVENTION
    started = np.where(second, episodes.second_started[of], episodes.started[of])
    started = np.where(started <= last, started, NEVER)
    ended = np.where(np.isnat(started), NEVER, discharged)
    exits = np.where(np.isin(episodes.reason[of], say.COMPLETED), 0, 1)
    modality = pc.if_else(
        pa.array(second), pa.scalar("96"), paper.columns["first modality"].take(pa.array(of))
    )
    return {
        "TRIAGED": paper.day(shown),
        "DISD": paper.day(discharged),
        "DISRSN": pa.array(episodes.reason[of], mask=~closed),
        "MODAL": modality,
        "MODID": joined("M", text(of * 2 + second, width=8)),
        "REFMODDT": paper.day(np.where(second, started, triaged)),
        "MODST": paper.day(started),
        "MODEND": paper.day(ended),
        "MODEXIT": pa.array(np.array(["A", "B"])[exits], mask=np.isnat(ended)),
    }


def _profiles(
    rng: np.random.Generator,
    paper: Paper,
    of: np.ndarray,
    on: np.ndarray,
    *,
    number: np.ndarray,
    stage: np.ndarray,
) -> dict[str, pa.Array]:
    """The outcomes profile of a row; later ones are a little better."""
    blank, n = np.isnat(on), len(of)
    better = np.array([1.0, 0.7, 0.4])[stage]
    answers = {
        name: pa.array((rng.integers(0, 29, n) * better).astype(int).astype(str), mask=blank)
        for name in TOP_DAYS
    }
    answers |= {
        name: pa.array(rng.integers(3, 19, n).astype(str), mask=blank) for name in TOP_RATINGS
    }
    crime = {
        name: pa.array(np.where(rng.random(n) < share, few, none), mask=blank)
        for name, share, few, none in (
            ("SHOTHEFT", 0.1, "3", "0"),
            ("DRGSELL", 0.04, "2", "0"),
            ("OTHTHEFT", 0.05, "Y", "N"),
            ("ASSAULT", 0.03, "Y", "N"),
        )
    }
    names = joined("T", text(of * 100 + number, width=10))
    return {
        "TOPDATE": paper.day(on),
        "TOPID": pc.if_else(pa.array(blank), pa.scalar(None, pa.string()), names),
        "TRSTAGE": pa.array(np.array(["S", "R", "E"])[stage], mask=blank),
        **answers,
        **crime,
    }


def _blanked_without_consent(columns: dict[str, pa.Array], agreed: np.ndarray) -> pa.Table:
    """A table of the file's columns; of who does not consent only three are filled."""
    n, yes = len(agreed), pa.array(agreed)
    nothing = pa.nulls(n, pa.string())
    table = {}
    for name in say.NDTMS_COLUMNS:
        values = columns.get(name, nothing)
        if name == "CONSENT":
            values = words(("N", "Y"), agreed.astype(int))
        elif name not in ("AGNCY", "CLIENTID") and values is not nothing:
            values = pc.if_else(yes, values, pa.scalar(None, pa.string()))
        table[name] = values
    return pa.table(table)
