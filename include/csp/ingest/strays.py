"""Files that were left in the inbox of another feed than theirs, and how they get to their own."""

from __future__ import annotations

import shutil
from pathlib import Path

from csp.contracts import Contract
from csp.files import sha256_of, unfinished
from csp.ingest.arrival import Arrival
from csp.ingest.findings import RejectedError, reject
from csp.ingest.received import ReceivedFile
from csp.storage.home import Home


def of_another_feed(stray_of: Contract) -> RejectedError:
    """The rejection of a file that is another feed's."""
    return reject(
        "D17",
        f"this is a file of {stray_of.id} ({stray_of.name}); put it into the inbox of that feed, "
        "and discard it here",
    )


def is_to_be_moved(file: ReceivedFile, arrival: Arrival, home: Home) -> bool:
    """Whether a file goes to its own feed's inbox: a file of this inbox whose contract says so."""
    if file.stray_of is None or file.contract is None or arrival.member is not None:
        return False
    inbox = home.inbox(file.contract.id).resolve()
    is_in_inbox = arrival.path.resolve().is_relative_to(inbox)
    return is_in_inbox and file.contract.platform.strayFiles == "move"


def move(file: ReceivedFile, home: Home) -> Path:
    """Let a file appear whole in the inbox of the feed that it is of.

    One of the same name with other bytes that waits there is left; the file gets a folder then.

    Returns:
        Where it lies now.
    """
    if file.stray_of is None:
        raise ValueError("the file is where it belongs")
    inbox = home.inbox(file.stray_of.id)
    place = inbox / Path(file.name).name
    if place.exists() and sha256_of(place) != file.landed.sha256:
        place = inbox / file.landed.sha256[:16] / place.name
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = unfinished(place)
    try:
        shutil.copyfile(file.landed.path, aside)
        aside.replace(place)
    finally:
        aside.unlink(missing_ok=True)
    return place
