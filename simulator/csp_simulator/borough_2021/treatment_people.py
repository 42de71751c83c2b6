"""People of the treatment system and of the offender cohort; some are the same people.

Nobody here exists. A person is two initials, a date of birth and a sex, as the partners know them;
who is who stands in the truth only. Names begin with few letters and one date of birth in ten is
1 January, so two people may share an attributor, as they do in the borough.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021.treatment_words import FORENAME, LETTERS, SURNAME
from csp_simulator.draws import choose, joined, stream, text, words

HEAPED = 0.10
FEMALE, SEX_UNKNOWN = 0.27, 0.004
#: People of the cohort in the month of the presentation, and those who left it before.
COHORT, LEFT_BEFORE = 100, 20
#: Of the cohort: class A users, those of them in treatment, and those whose treatment is long over.
CLASS_A, ENGAGED, PAST = 70, 50, 8
#: People without class A use who are in treatment: all, and of them recorded by the police with
#: day and month of birth exchanged, and with initials exchanged.
OTHERS_TREATED, DAY_EXCHANGED, INITIALS_EXCHANGED = 6, 2, 1
#: People of the cohort who share an attributor with somebody else who is in treatment.
SAME_BY_CHANCE = 2


@dataclass(frozen=True)
class People:
    """Initials as numbers of the alphabet, date of birth (datetime64[D]), sex (1, 2 or 9)."""

    first: np.ndarray
    surname: np.ndarray
    born: np.ndarray
    sex: np.ndarray

    def __len__(self) -> int:
        """How many there are."""
        return len(self.first)

    @property
    def keys(self) -> np.ndarray:
        """The attributor as one number."""
        days = self.born.astype("datetime64[D]").astype(np.int64) + 50_000
        return ((days * 26 + self.first) * 26 + self.surname) * 10 + self.sex

    @property
    def heaped(self) -> np.ndarray:
        """Born on 1 January."""
        return self.born == self.born.astype("datetime64[Y]").astype("datetime64[D]")

    def attributors(self) -> pa.Array:
        """The attributor as partners write it, AB|19800131|1."""
        year, month, day = date_parts(self.born)
        initials = (words(list(LETTERS), part) for part in (self.first, self.surname))
        born = joined(text(year, width=4), text(month, width=2), text(day, width=2))
        return joined(joined(*initials), born, text(self.sex), by="|")

    def take(self, chosen: np.ndarray) -> People:
        """The chosen ones."""
        return People(*(part[chosen] for part in (self.first, self.surname, self.born, self.sex)))


def date_parts(days: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Year, month and day of datetime64[D]; NaT gives numbers without meaning."""
    months = days.astype("datetime64[M]")
    year = days.astype("datetime64[Y]").astype(int) + 1970
    month = months.astype(int) % 12 + 1
    return year, month, (days - months.astype("datetime64[D]")).astype(int) + 1


def draw_people(rng: np.random.Generator, n: int, *, on: np.ndarray, heaped: float) -> People:
    """Draws adults, aged 19 to 75 on a day each."""
    age = np.clip(rng.normal(39, 10.5, n), 19, 75)
    born = on - (age * 365.25).astype("timedelta64[D]")
    new_year = born.astype("datetime64[Y]").astype("datetime64[D]")
    # A day that is 1 January by chance is moved; the share of heaped dates is the drawn one.
    born = np.where(born == new_year, born - np.timedelta64(40, "D"), born)
    born = np.where(rng.random(n) < heaped, new_year, born)
    sex = np.where(rng.random(n) < FEMALE, 2, 1)
    sex = np.where(rng.random(n) < SEX_UNKNOWN, 9, sex) if heaped else sex
    return People(choose(rng, FORENAME, n), choose(rng, SURNAME, n), born, sex)


@dataclass(frozen=True)
class Cohort:
    """The offender cohort, active people first.

    Attributes:
        people: As they are, and as treatment providers know them.
        recorded: As the police recorded them.
        client: Number of the client of the treatment system who is the same person, or -1.
        class_a: Whether the person uses class A drugs.
        size: How many were active in the month of the presentation; those who left follow.
        past: How many of the clients, the last of them, were treated only long before.
    """

    people: People
    recorded: People
    client: np.ndarray
    class_a: np.ndarray
    size: int
    past: int


def whole(number: int, scale: float) -> int:
    """A number of the scenario at a scale; at least one."""
    return max(1, round(number * scale))


def draw_cohort(seed: int, scale: float, strangers: People, namesakes: np.ndarray) -> Cohort:
    """Draws the cohort; nobody of it shares an attributor with a stranger, except as planned.

    Clients of the treatment system are numbered so that the cohort's come first: the engaged, then
    those without class A use, then those whose treatment is over; strangers follow.

    Args:
        seed: Seed of the scenario.
        scale: Factor on every number.
        strangers: Clients who are not of the cohort.
        namesakes: Numbers of strangers whose attributor somebody of the cohort has too.
    """
    rng = stream(seed, "iom", "people")
    size, left = whole(COHORT, scale), whole(LEFT_BEFORE, scale)
    parts = {name: whole(n, scale) for name, n in _PLAN.items()}
    n, on = size + left, np.full(size + left, np.datetime64("2018-01-01"))
    people = draw_people(rng, n, on=on, heaped=0.0)
    client = np.full(n, -1)
    engaged, others, past = parts["engaged"], parts["others"], parts["past"]
    class_a = np.arange(n) < parts["class_a"]
    class_a[size:] = rng.random(left) < CLASS_A / COHORT
    begin = parts["class_a"]
    client[:engaged] = np.arange(engaged)
    client[begin : begin + others] = engaged + np.arange(others)
    client[engaged : engaged + past] = engaged + others + np.arange(past)
    taken = np.unique(strangers.keys)
    while True:
        people = _with_exchangeable(people, begin, parts)
        recorded = _recorded(people, begin, parts)
        wrong = _shared(people, recorded, taken)
        if not wrong.any():
            break
        fresh = draw_people(rng, n, on=on, heaped=0.0)
        people = People(*(np.where(wrong, new, old) for new, old in _pairs(fresh, people)))
    recorded = _same_by_chance(recorded, strangers.take(namesakes), begin + others)
    return Cohort(people, recorded, client, class_a, size, past)


_PLAN = {
    "class_a": CLASS_A,
    "engaged": ENGAGED,
    "past": PAST,
    "others": OTHERS_TREATED,
    "day": DAY_EXCHANGED,
    "initials": INITIALS_EXCHANGED,
}


def _shared(people: People, recorded: People, taken: np.ndarray) -> np.ndarray:
    """Whose attributor, true or recorded, is a stranger's or somebody else's of the cohort."""
    keys, written = people.keys, recorded.keys
    wrong = np.isin(keys, taken) | np.isin(written, taken)
    for of in (keys, written):
        wrong[np.setdiff1d(np.arange(len(of)), np.unique(of, return_index=True)[1])] = True
    return wrong | ((written != keys) & np.isin(written, keys))


def _pairs(fresh: People, old: People) -> list[tuple[np.ndarray, np.ndarray]]:
    names = ("first", "surname", "born", "sex")
    return [(getattr(fresh, name), getattr(old, name)) for name in names]


def _with_exchangeable(people: People, begin: int, parts: dict[str, int]) -> People:
    """Gives those whose record is wrong a day and initials whose exchange can be seen."""
    day = slice(begin, begin + parts["day"])
    born, surname = people.born.copy(), people.surname.copy()
    year = born[day].astype("datetime64[Y]").astype("datetime64[M]")
    born[day] = (year + 8).astype("datetime64[D]") + 4
    initials = slice(begin + parts["day"], begin + parts["day"] + parts["initials"])
    same = surname[initials] == people.first[initials]
    surname[initials] = np.where(same, (surname[initials] + 1) % 26, surname[initials])
    return People(people.first, surname, born, people.sex)


def _recorded(people: People, begin: int, parts: dict[str, int]) -> People:
    """What the police wrote: 5 September as 9 May, and initials the other way round."""
    first, surname, born = people.first.copy(), people.surname.copy(), people.born.copy()
    day = slice(begin, begin + parts["day"])
    year = born[day].astype("datetime64[Y]").astype("datetime64[M]")
    born[day] = (year + 4).astype("datetime64[D]") + 8
    initials = slice(begin + parts["day"], begin + parts["day"] + parts["initials"])
    first[initials], surname[initials] = people.surname[initials], people.first[initials]
    return People(first, surname, born, people.sex)


def _same_by_chance(recorded: People, namesakes: People, begin: int) -> People:
    """Gives a few people of the cohort, from a number on, the attributor of somebody else."""
    changed = []
    for new, old in _pairs(namesakes, recorded):
        mixed = old.copy()
        mixed[begin : begin + len(new)] = new[: len(old) - begin]
        changed.append(mixed)
    return People(*changed)
