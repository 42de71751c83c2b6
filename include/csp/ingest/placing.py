"""What a judged delivery leaves goes to where it stays; what it left before is taken away."""

from __future__ import annotations

from pathlib import Path

from csp.ingest.received import JudgedFiles
from csp.storage.home import Home


def put_into_place(
    files: JudgedFiles, home: Home, feed: str, delivery_id: str, *, is_accepted: bool
) -> None:
    """Let a delivery's rows appear in lake and quarantine, each file whole or not at all.

    What an earlier judgement of the same delivery has left there is replaced, or taken away.

    Args:
        files: What was judged.
        home: The data root.
        feed: The feed.
        delivery_id: The delivery.
        is_accepted: Whether its rows go into the lake; they go nowhere otherwise.
    """
    before = files.folder / "before"
    lake, held = home.lake_delivery(feed, delivery_id), home.quarantine_file(feed, delivery_id)
    if lake.exists():
        lake.rename(before)
    if is_accepted:
        files.lake.rename(lake)
    if is_accepted and files.quarantine.exists():
        files.quarantine.replace(held)
    else:
        held.unlink(missing_ok=True)


def put_into_landing(kept: Path, home: Home, sha256: str, *, is_sealed: bool) -> None:
    """Put a received file where it stays; keeping the same bytes twice keeps one file.

    Args:
        kept: The file as it is kept, in scratch.
        home: The data root.
        sha256: Of its bytes as received.
        is_sealed: Whether it is sealed.
    """
    place = home.landed(sha256, sealed=is_sealed)
    place.parent.mkdir(parents=True, exist_ok=True)
    kept.replace(place)
