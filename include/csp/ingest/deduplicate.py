"""The same delivery once more: whether it is judged again, and what a repeat is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from csp.contracts import Contract
from csp.contracts.registry import contract_hash
from csp.ingest.identity import delivery_id_of, sent_as
from csp.ingest.received import ReceivedFile, day_in_london
from csp.ingest.recognise import NameFacts, facts_of_name
from csp.ingest.rows import has_not_ended
from csp.ledger.leases import RUNNING
from csp.ledger.standing import ADMIT, DISCARD, RELEASE, standing
from csp.ledger.tables import CutDelivery, Decision, Delivery, Refresh

#: The finding of a file whose month has not ended; the same file may be right later.
TOO_EARLY = "D11"
NEW, REPEAT, AGAIN, REFUSED = "new", "repeat", "again", "refused"


@dataclass(frozen=True)
class Before:
    """What the ledger says of a delivery before this file of it.

    Attributes:
        delivery: As it was recorded; None when it is new.
        means: What is to be done: `new` and `again` are judged, a `repeat` is only noted, and what
            is `refused` must wait.
        why: For a person: why it is judged again, what a repeat was, or what it must wait for.
    """

    delivery: Delivery | None
    means: str
    why: str = ""


def look(session: Session, file: ReceivedFile) -> Before:
    """What the ledger says of a delivery, and what that means for the file.

    Args:
        session: A session on the ledger.
        file: The file; its feed is known, or that it has none.
    """
    known = _found(session, file)
    if known is None:
        return Before(None, NEW)
    if file.contract is None:
        # A feed may have come that knows it; until then each look says the same.
        return Before(known, AGAIN if known.feed is None else REPEAT, _told(known, None))
    decision, is_held = _stands(session, known, file.contract)
    why = _why_again(known, file, file.contract, decision, is_held=is_held)
    if not why:
        return Before(known, REPEAT, _told(known, decision))
    refresh_id = _being_read(session, known.delivery_id)
    if refresh_id is not None:
        return Before(
            known,
            REFUSED,
            f"delivery {known.delivery_id} is to be judged anew, but refresh {refresh_id} is "
            "reading what it was; ingest the file again when that has ended (csp status)",
        )
    return Before(known, AGAIN, why)


def _found(session: Session, file: ReceivedFile) -> Delivery | None:
    """The delivery that a file is, also one that an older version of the ledger called otherwise.

    What is to be the same delivery is so by today's rule, whatever marks it was recorded with.
    """
    sha256, has_rows, contract = file.landed.sha256, file.landed.has_rows, file.contract
    if contract is None:
        return session.get(Delivery, delivery_id_of(None, sha256))
    same: Sequence[Delivery] = session.scalars(
        select(Delivery)
        .where(Delivery.sha256 == sha256, Delivery.feed == contract.id)
        .order_by(Delivery.arrival)
    ).all()
    exact = [delivery for delivery in same if delivery.sent_as == file.sent_as]
    alike = [
        delivery
        for delivery in same
        if file.sent_as
        == sent_as(delivery.file_name, _said(delivery.file_name, contract), has_rows=has_rows)
    ]
    return next(iter([*exact, *alike]), None)


def _said(name: str, contract: Contract) -> NameFacts:
    return facts_of_name(name, contract) or NameFacts(contract)


def _stands(session: Session, known: Delivery, contract: Contract) -> tuple[Decision | None, bool]:
    """The decision on a delivery that stands, and whether a gate holds it, where that matters."""
    is_decided = session.scalar(
        exists()
        .where(Decision.delivery_id == known.delivery_id, Decision.ended_at.is_(None))
        .select()
    )
    may_be_held = known.verdict == "accepted" and known.contract_hash != contract_hash(contract)
    if not is_decided and not may_be_held:
        return None, False
    facts = standing(session, contract.id)
    return facts.decisions.get(known.delivery_id), known.delivery_id in facts.failures


def _why_again(
    known: Delivery,
    file: ReceivedFile,
    contract: Contract,
    decision: Decision | None,
    *,
    is_held: bool,
) -> str:
    """Why a delivery is judged again; empty when what it was stands.

    A good delivery is not: its rows are in figures that were published. Neither is one that a
    person has let in. What was rejected, held or discarded may be right by now.
    """
    has_changed = contract_hash(contract) != known.contract_hash
    decided = decision.decision if decision else ""
    if known.verdict == "accepted":
        if not has_changed or decided in (ADMIT, RELEASE):
            return ""
        is_open = decided == DISCARD or is_held
        return "judged anew under another contract" if is_open else ""
    if has_changed:
        return "judged anew under another contract"
    now, then = file.facts or NameFacts(contract), _said(known.file_name, contract)
    if (now.period_start, now.series) != (then.period_start, then.series):
        return "judged anew under another name"
    today = day_in_london(file.received_at)
    if (known.reason or "").startswith(TOO_EARLY) and not (
        decided and has_not_ended(now.period_start, contract, today)
    ):
        return "judged anew, as its month may have ended"
    return ""


def _being_read(session: Session, delivery_id: str) -> int | None:
    """The running refresh whose cut holds a delivery, or None."""
    return session.scalar(
        select(Refresh.refresh_id)
        .join(CutDelivery, CutDelivery.refresh_id == Refresh.refresh_id)
        .where(Refresh.outcome == RUNNING, CutDelivery.delivery_id == delivery_id)
    )


def _told(known: Delivery, decision: Decision | None) -> str:
    """What a repeat was the first time, and who wanted it so."""
    said = f"{known.verdict} before as {known.file_name}"
    if known.reason:
        said += f": {known.reason}"
    if decision is not None and decision.decision == DISCARD:
        said += (
            f"; {decision.decided_by} discarded it: {decision.reason}; to end that: "
            f"csp quarantine reopen {known.delivery_id} --reason …"
        )
    return said
