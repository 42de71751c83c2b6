"""What has changed since the warehouse was last built, and which models rest on it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from csp.contracts import Contract
from csp.ledger.releases import ReleasePeriod
from csp.warehouse.dbt_models import CORE_STAGE, DbtModel, resting_on
from csp.warehouse.dbt_runner import ALWAYS_BUILT

#: The name under which the code's digest stands beside those of the feeds.
CODE = "code"


def feed_digests(periods: Iterable[ReleasePeriod], code: str) -> dict[str, str]:
    """Feed → digest of what may be read of it; and the version of the code under `code`."""
    digests: dict[str, hashlib._Hash] = {}
    for period in periods:
        digests.setdefault(period.feed, hashlib.sha256()).update(repr(period).encode())
    return {CODE: code} | {feed: digest.hexdigest() for feed, digest in digests.items()}


def changed_feeds(
    before: Mapping[str, str], now: Mapping[str, str], contracts: Iterable[Contract]
) -> list[Contract] | None:
    """Feeds of which something else may be read than the core models were built from.

    Returns:
        None when all models must be built: what they were built from is not known, or the code
        is another.
    """
    if before.get(CODE) != now[CODE]:
        return None
    names = {feed for feed in {*now, *before} if now.get(feed) != before.get(feed)}
    return [contract for contract in contracts if contract.id in names]


def untouched_models(models: list[DbtModel], changed: list[Contract] | None) -> list[DbtModel]:
    """The core models that rest on no changed feed, and so stay as they are."""
    if changed is None:
        return []
    names = resting_on({f"{feed.domain}.{feed.entity}" for feed in changed}, models)
    names.add(ALWAYS_BUILT)
    return [m for m in models if m.stage == CORE_STAGE and m.name not in names]
