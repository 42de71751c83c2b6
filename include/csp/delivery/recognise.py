"""Which feed a file belongs to, from its name and else from its header."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from csp.contracts import Contract

HEADER_SHARE_ENOUGH = 0.9  # outcomes share three quarters of their header with street crime


@dataclass(frozen=True)
class NameFacts:
    """What a file's name tells.

    Attributes:
        contract: The feed.
        period_start: First day of the month in the name, or None.
        release_on: First day of the release month in the name, or None.
    """

    contract: Contract
    period_start: date | None = None
    release_on: date | None = None


def _first_of_month(text: str | None) -> date | None:
    if not text:
        return None
    year, month = int(text[:4]), int(text[5:7])
    return date(year, month, 1) if year and 1 <= month <= 12 else None  # noqa: PLR2004 - months


def facts_of_name(name: str, contract: Contract) -> NameFacts | None:
    """What the name tells under one contract, or None when no pattern of it fits."""
    for pattern in contract.platform.fileNames:
        if found := re.search(pattern, name):
            groups = found.groupdict()
            return NameFacts(
                contract,
                _first_of_month(groups.get("period")),
                _first_of_month(groups.get("release")),
            )
    return None


def plain_header(header: str) -> str:
    """A header as it is compared: no byte-order mark, outer blanks or difference of case."""
    return " ".join(header.replace("\ufeff", "").replace("\u00a0", " ").split()).casefold()


def header_share(contract: Contract, headers: list[str], layout: str) -> float:
    """Share of a layout's columns, 0 to 1, that a file's header names."""
    expected = [column.headers(layout) for column in contract.columns if column.headers(layout)]
    present = {plain_header(header) for header in headers}
    known = [names for names in expected if present & {plain_header(name) for name in names}]
    return len(known) / len(expected)


def recognise(name: str, headers: list[str], contracts: Iterable[Contract]) -> NameFacts | None:
    """The feed a file belongs to.

    The name decides; when no name pattern fits, the header does, if it names nine in ten of
    the columns of some layout.

    Returns:
        The feed and what the name tells, or None when the file belongs to no feed.
    """
    contracts = list(contracts)
    for contract in contracts:
        if facts := facts_of_name(name, contract):
            return facts
    shares = [
        (header_share(contract, headers, layout.name), contract.id, contract)
        for contract in contracts
        for layout in contract.platform.layouts
    ]
    best = max(shares, default=None, key=lambda item: item[:2])
    return NameFacts(best[2]) if best and best[0] >= HEADER_SHARE_ENOUGH else None
