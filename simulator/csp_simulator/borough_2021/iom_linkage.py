"""Who of the offender cohort is who in treatment: known by construction, and kept in the truth."""

from __future__ import annotations

import numpy as np

from csp_simulator.borough_2021 import treatment_words as say
from csp_simulator.borough_2021.periods import LAST_12_MONTHS
from csp_simulator.borough_2021.treatment_episodes import Clients, Episodes
from csp_simulator.borough_2021.treatment_files import client_ids
from csp_simulator.borough_2021.treatment_truth import countable


def linkage(clients: Clients, episodes: Episodes, nominals: np.ndarray) -> dict[str, object]:
    """True pairs, and what a join on the attributor finds of them in the twelve months.

    A link to a date of birth on 1 January is counted apart: it is not accepted without more.
    """
    cohort, size = clients.cohort, clients.cohort.size
    first, last = (np.datetime64(day) for day in (LAST_12_MONTHS.first, LAST_12_MONTHS.last))
    now = (episodes.triaged <= last) & (episodes.open_until >= first)
    treated = np.unique(episodes.client[countable(clients, episodes) & now])
    same = cohort.client[:size]
    recorded = cohort.recorded.keys[:size]
    found = np.isin(recorded, clients.people.keys[treated])
    right = found & (same >= 0) & (clients.people.keys[same] == recorded)
    heaped = cohort.recorded.heaped[:size]
    return {
        "linkage.iom_treatment": {
            "true_pairs_in_window": int(np.isin(same, treated).sum()),
            "links_found": int(found.sum()),
            "links_right": int(right.sum()),
            "links_of_heaped_dates": int((found & heaped).sum()),
            "links_right_of_heaped_dates": int((right & heaped).sum()),
        },
        "linkage.who_is_who": _pairs(clients, episodes, nominals[:size]),
    }


def _pairs(clients: Clients, episodes: Episodes, nominals: np.ndarray) -> list[list[str]]:
    """The police's pseudonym, provider and client id of everybody who is in both."""
    same = clients.cohort.client[: len(nominals)]
    nominal_of = np.full(len(clients.people), "", dtype=nominals.dtype)
    nominal_of[same[same >= 0]] = nominals[same >= 0]
    mine = np.flatnonzero(nominal_of[episodes.client] != "")
    agencies = np.array(say.AGENCIES)[episodes.agency[mine]]
    rows = np.stack([nominal_of[episodes.client[mine]], agencies, client_ids(episodes, mine)], 1)
    return np.unique(rows, axis=0).tolist()
