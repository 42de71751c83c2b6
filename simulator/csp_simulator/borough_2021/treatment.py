"""Treatment episodes, transfers from prison and the return of Project ADDER."""

from __future__ import annotations

from itertools import compress
from pathlib import Path

import numpy as np

from csp_simulator.borough_2021 import treatment_words as say
from csp_simulator.borough_2021.adder import write_returns
from csp_simulator.borough_2021.periods import month_end, months
from csp_simulator.borough_2021.prison_transfers import write_transfers
from csp_simulator.borough_2021.treatment_episodes import (
    Clients,
    Episodes,
    draw_clients,
    draw_episodes,
)
from csp_simulator.borough_2021.treatment_faults import faults
from csp_simulator.borough_2021.treatment_files import Paper, consented, describe, month_rows
from csp_simulator.borough_2021.treatment_truth import form_journeys, measures
from csp_simulator.borough_2021.truth import DomainTruth, FeedTruth
from csp_simulator.draws import stream
from csp_simulator.partner_files import csv_bytes
from csp_simulator.places import Borough

__all__ = ["faults", "write"]

#: Months that a provider sent incompletely and sent again: agency, month, share left out at first.
SENT_AGAIN = {("L0903", "2020-06-01"): 0.08, ("L0901", "2021-02-01"): 0.05}


def write(folder: Path, borough: Borough, *, seed: int, scale: float) -> DomainTruth:
    """Writes the treatment feeds below `<folder>/treatment` and says what is true of them."""
    del borough  # no place below the borough is in these feeds beside a postcode sector
    clients = draw_clients(seed, scale)
    episodes = draw_episodes(seed, clients)
    paper = describe(seed, clients, episodes)
    place = folder / "treatment"
    journeys = form_journeys(clients, episodes, paper.naloxone)
    transfers, continuity = write_transfers(place, clients, episodes, seed=seed, scale=scale)
    returns, monitoring = write_returns(place, seed=seed, scale=scale)
    figures = {
        **measures(journeys),
        **_of_consent(clients, episodes),
        **continuity,
        **monitoring,
    }
    feeds = {
        "treatment_ndtms_episode": _write_months(place, clients, episodes, paper, seed),
        "treatment_prison_transfer": transfers,
        "treatment_adder_return": returns,
    }
    return DomainTruth(feeds, figures)


def file_name(agency: str, month: np.datetime64) -> str:
    """Name of a provider's monthly file; data set O until March 2020 and P from then on."""
    first = month.astype(object)
    letter = "P" if month >= np.datetime64("2020-04-01") else "O"
    return f"{agency}-{first:%Y%m%d}-{month_end(first):%Y%m%d}-TREAT-IN-{letter}.csv"


def _write_months(
    place: Path, clients: Clients, episodes: Episodes, paper: Paper, seed: int
) -> FeedTruth:
    """Writes one file a provider and month, and the months that were sent again."""
    files = rows = current = 0
    place.mkdir(parents=True, exist_ok=True)
    for first in months():
        month = np.datetime64(first)
        table = month_rows(seed, clients, episodes, paper, month)
        agencies = table["AGNCY"].to_numpy()
        # No field holds a line end, so a month's lines are written at once and dealt out.
        header, *lines = csv_bytes(table, say.NDTMS_COLUMNS).splitlines(keepends=True)
        for agency in np.unique(agencies):
            begin, end = np.searchsorted(agencies, [agency, agency + "~"])
            part, name = lines[begin:end], file_name(agency, month)
            files, rows, current = files + 1, rows + len(part), current + len(part)
            if share := SENT_AGAIN.get((agency, str(month))):
                rng = stream(seed, "treatment", "sent again", agency)
                kept = list(compress(part, rng.random(len(part)) >= share))
                (place / name).write_bytes(b"".join([header, *kept]))
                files, rows = files + 1, rows + len(kept)
                # Sorted after the first file, as it came after it.
                name = name.replace(".csv", "_resubmitted.csv")
            (place / name).write_bytes(b"".join([header, *part]))
    return FeedTruth(files, rows, current)


def _of_consent(clients: Clients, episodes: Episodes) -> dict[str, object]:
    """Clients who do not consent in the last file they are in, and those who withdrew."""
    in_files = np.unique(episodes.client)
    refused = ~consented(clients, np.datetime64("2021-12-01"))
    return {
        "treatment.non_consenting_clients": int(refused[in_files].sum()),
        "treatment.withdrew_consent": int(clients.withdraws[in_files].sum()),
        "treatment.people_of_shared_attributors": _sharing(clients, in_files),
    }


def _sharing(clients: Clients, among: np.ndarray) -> int:
    """People whose attributor is somebody else's too."""
    _, at, counts = np.unique(clients.people.keys[among], return_inverse=True, return_counts=True)
    return int((counts[at] > 1).sum())
