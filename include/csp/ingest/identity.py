"""What makes two files one delivery: their feed and their bytes, whatever they are called.

Only where the bytes do not say what they speak of does the name tell two files apart. Nothing here
depends on which file came first.
"""

from __future__ import annotations

import hashlib

from csp.contracts.platform import FILE_PERIOD
from csp.ingest.recognise import NameFacts
from csp.ledger.open_deliveries import logical_name

ID_CHARACTERS = 16


def sent_as(name: str, facts: NameFacts | None, *, has_rows: bool) -> str:
    """What of a file's name makes it another delivery than the same bytes under another name.

    Args:
        name: The file's name.
        facts: Its feed and what its name tells; None for a file of no feed.
        has_rows: Whether it says anything below its first line.

    Returns:
        Its name without the archive when it says nothing below its first line; the day in its name
        where only that dates the rows, as of a register; else nothing.
    """
    if facts is None:
        return ""
    if not has_rows:
        return logical_name(name)
    if facts.contract.platform.grain.period == FILE_PERIOD and facts.period_start:
        return facts.period_start.isoformat()
    return ""


def delivery_id_of(feed: str | None, sha256: str, sent_as: str = "") -> str:
    """The name of a delivery everywhere: 16 hexadecimal characters.

    Args:
        feed: Its feed; None for a file of no feed, which its bytes alone name.
        sha256: Of its bytes.
        sent_as: As the function of that name gives it.
    """
    if feed is None:
        return sha256[:ID_CHARACTERS]
    return hashlib.sha256(f"{feed} {sha256} {sent_as}".encode()).hexdigest()[:ID_CHARACTERS]
