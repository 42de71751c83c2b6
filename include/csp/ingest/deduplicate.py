"""The same bytes twice: one delivery, or two that only their names tell apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from csp.contracts import Contract
from csp.contracts.platform import FILE_PERIOD
from csp.contracts.registry import contract_hash
from csp.ingest.landing import LandedFile
from csp.ingest.received import IngestOutcome, ReceivedFile
from csp.ingest.recognise import NameFacts, facts_of_name, said_feed
from csp.ledger.open_deliveries import logical_name
from csp.ledger.sessions import Ledger, utc_now
from csp.ledger.tables import Delivery, Receipt

#: The finding of a file whose month has not ended; the same file may be right later.
TOO_EARLY = "D11"


def told_apart(
    landed: LandedFile, name: str, ledger: Ledger, feeds: Mapping[str, Contract]
) -> LandedFile:
    """The file, marked by `sent_as` when its name makes it another delivery than its bytes say.

    Usually the same bytes are the same delivery, whatever they are called. They are another one
    when only their name says what they speak of: so with a file of which no row was accepted, and
    with a register that has not changed since the date in its last name.
    """
    with ledger.session() as session:
        first = session.get(Delivery, landed.delivery_id)
    if first is None:
        return landed
    called = logical_name(name)
    if first.verdict == "accepted" and first.accepted_rows:
        contract = feeds.get(first.feed or "")
        if contract is None or contract.platform.grain.period != FILE_PERIOD:
            return landed
        facts = facts_of_name(name, contract)
        same = facts is None or facts.period_start == first.period_start
    else:
        same = logical_name(first.file_name) == called
    return landed if same else replace(landed, sent_as=called)


def seen_before(
    file: ReceivedFile, ledger: Ledger, feeds: Mapping[str, Contract]
) -> IngestOutcome | None:
    """Note that a delivery has arrived once more, and give what it was the first time.

    Returns:
        None when it is new, or when its contract or the calendar has changed since it was not
        accepted, so that it must be judged again.
    """
    with ledger.writing() as session:
        first = session.get(Delivery, file.delivery_id)
        if first is None:
            return None
        session.add(
            Receipt(delivery_id=file.delivery_id, file_name=file.name, received_at=utc_now())
        )
        _date_anew(first, said_feed(file.name, first.feed, feeds))
        if first.verdict == "rejected" and (first.reason or "").startswith(TOO_EARLY):
            return None  # its month may have ended since
        if first.verdict != "accepted":
            contract = feeds.get(first.feed or "")
            if contract is None or contract_hash(contract) != first.contract_hash:
                return None
    reason = f"{first.verdict} before as {first.file_name}"
    if first.reason:
        reason += f": {first.reason}"
    return IngestOutcome(file.name, file.delivery_id, first.feed, "repeat", reason)


def _date_anew(first: Delivery, facts: NameFacts | None) -> None:
    """The newest release that still holds these bytes dates them, whatever the order."""
    if facts and facts.release_on:
        first.release_on = max(first.release_on or facts.release_on, facts.release_on)
