"""Which feed a file belongs to, from its name and else from its header."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from csp.contracts import Contract
from csp.contracts.platform import FileFormat
from csp.errors import CspError
from csp.ingest.arrival import ArchiveError, arrivals

HEADER_SHARE_ENOUGH = 0.9  # outcomes share three quarters of their header with street crime


@dataclass(frozen=True)
class NameFacts:
    """What a file's name tells.

    Attributes:
        contract: The feed.
        period_start: The day in the name, or the first day of its month, quarter or year, or None.
        release_on: Likewise of the release that the name speaks of, or None.
        series: What the name calls the series, for feeds whose rows do not say it, or None.
    """

    contract: Contract
    period_start: date | None = None
    release_on: date | None = None
    series: str | None = None


PERIOD_IN_NAME = re.compile(
    r"(?P<year>\d{4})(?:-?Q(?P<quarter>[1-4])|-?(?P<month>\d{2})(?:-?(?P<day>\d{2}))?)?"
)


def period_in_name(text: str | None) -> date | None:
    """First day of what a name calls its period: 2021, 2021Q2, 2021-06, 202106 or 2021-06-12."""
    found = PERIOD_IN_NAME.fullmatch(text or "")
    if not found:
        return None
    month = 3 * int(found["quarter"]) - 2 if found["quarter"] else int(found["month"] or 1)
    try:
        return date(int(found["year"]), month, int(found["day"] or 1))
    except ValueError:
        return None


def facts_of_name(name: str, contract: Contract) -> NameFacts | None:
    """What the name tells under one contract, or None when no pattern of it fits."""
    for pattern in contract.platform.fileNames:
        if found := re.search(pattern, name):
            groups = found.groupdict()
            period, release = (period_in_name(groups.get(name)) for name in ("period", "release"))
            if contract.platform.grain.current != "release":
                # A file of records or of a whole register speaks as of the date in its name.
                release = release or period
            return NameFacts(contract, period, release, groups.get("series"))
    return None


def said_feed(name: str, feed: str | None, feeds: Mapping[str, Contract]) -> NameFacts | None:
    """What the inbox and the file's name say of its feed.

    Args:
        name: The file's name.
        feed: The feed that the inbox says, or None.
        feeds: The feeds known, by name.

    Raises:
        CspError: No feed has the name that the inbox says.
    """
    if feed:
        if feed not in feeds:
            raise CspError(f"no feed is called '{feed}'")
        return facts_of_name(name, feeds[feed]) or NameFacts(feeds[feed])
    found = (facts_of_name(name, contract) for contract in feeds.values())
    return next((facts for facts in found if facts), None)


def plain_header(header: str) -> str:
    """A header as it is compared: no byte-order mark, outer blanks or difference of case."""
    return " ".join(header.replace("\ufeff", "").replace("\u00a0", " ").split()).casefold()


def header_share(contract: Contract, headers: list[str], layout: str) -> float:
    """Share of a layout's columns, 0 to 1, that a file's header names."""
    form = next(item for item in contract.platform.layouts if item.name == layout)
    made = {form.unpivot.name, form.unpivot.value} if form.unpivot else set()
    expected = [
        names
        for column in contract.columns
        if (names := column.headers(layout)) and not made & set(names)
    ]
    present = {plain_header(header) for header in headers}
    known = [names for names in expected if present & {plain_header(name) for name in names}]
    return len(known) / len(expected)


def recognise(
    name: str, read_by: Callable[[FileFormat], list[str]], contracts: Iterable[Contract]
) -> NameFacts | None:
    """The feed a file belongs to.

    The name decides; when no name pattern fits, the header does, if it names nine in ten of
    the columns of some layout. Each contract is held against the header as its own format splits
    it.

    Args:
        name: The file's name.
        read_by: Gives the file's header as a format splits it.
        contracts: The feeds known.

    Returns:
        The feed and what the name tells, or None when the file belongs to no feed.
    """
    contracts = list(contracts)
    for contract in contracts:
        if facts := facts_of_name(name, contract):
            return facts
    headers = {form: read_by(form) for form in {c.platform.format for c in contracts}}
    shares = [
        (
            header_share(contract, headers[contract.platform.format], layout.name),
            contract.id,
            contract,
        )
        for contract in contracts
        for layout in contract.platform.layouts
    ]
    best = max(shares, default=None, key=lambda item: item[:2])
    return NameFacts(best[2]) if best and best[0] >= HEADER_SHARE_ENOUGH else None


def stray_of(
    name: str,
    own: Contract,
    read_by: Callable[[FileFormat], list[str]],
    others: Callable[[], Iterable[Contract]],
) -> Contract | None:
    """The feed of a file that was left in another feed's inbox.

    The inbox is right when a name pattern or a layout of its feed fits the file; only then is the
    file held against the other contracts, which are not even read before.

    Args:
        name: The file's name.
        own: The contract of the inbox.
        read_by: Gives the file's header as a format splits it.
        others: Gives all contracts that can be read.

    Raises:
        RejectedError: The file has no header that could be read.
    """
    if facts_of_name(name, own):
        return None
    headers = read_by(own.platform.format)
    layouts = own.platform.layouts
    if any(header_share(own, headers, form.name) >= HEADER_SHARE_ENOUGH for form in layouts):
        return None
    facts = recognise(name, read_by, [c for c in others() if c.id != own.id])
    return facts.contract if facts else None


def feeds_of(path: Path, contracts: Iterable[Contract]) -> list[str]:
    """The feeds whose file-name rules fit a file, or members of an archive; none when broken."""
    try:
        names = [arrival.name for arrival in arrivals(path)]
    except ArchiveError:
        return []
    return [
        contract.id
        for contract in contracts
        if any(facts_of_name(name, contract) for name in names)
    ]
