"""What a person decides about a delivery, and the end of such decisions."""

from __future__ import annotations

import getpass
import os

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from csp.errors import CspError
from csp.ledger.sessions import Ledger, utc_now
from csp.ledger.standing import (
    ADMIT,
    DISCARD,
    RELEASE,
    REOPEN,
    DeliveryFacts,
    Standing,
    standing,
)
from csp.ledger.tables import Decision, Delivery

__all__ = [
    "ADMIT",
    "DISCARD",
    "RELEASE",
    "REOPEN",
    "decide",
    "end_decisions",
    "find_delivery",
    "settle_decisions",
    "standing_decisions",
]


def find_delivery(ledger: Ledger, delivery_id: str) -> Delivery:
    """The delivery whose id begins so.

    Raises:
        CspError: None or several do.
    """
    with ledger.session() as session:
        return _found(session, delivery_id)


def _found(session: Session, delivery_id: str) -> Delivery:
    found = session.scalars(
        select(Delivery).where(Delivery.delivery_id.startswith(delivery_id, autoescape=True))
    ).all()
    if len(found) != 1:
        raise CspError(f"{len(found)} deliveries begin with '{delivery_id}'; see csp status")
    return found[0]


def standing_decisions(session: Session) -> dict[str, str]:
    """Delivery → the decision on it that stands: admit, discard or release."""
    return {name: d.decision for name, d in standing(session).decisions.items()}


def decide(ledger: Ledger, delivery_id: str, decision: str, reason: str) -> Delivery:
    """Record a decision; the one before it on the same delivery ends with it.

    Args:
        ledger: The ledger.
        delivery_id: The delivery, or how its id begins.
        decision: `discard` (leave it out, whatever a gate says of it), `admit` (load what a gate
            holds, but count its months as not reported, and below every good delivery), `release`
            (load what a gate holds as any other: the gate was wrong this time), or `reopen` (no
            decision stands any more).
        reason: Why, in a sentence for whoever reads the ledger later.

    Raises:
        CspError: No such delivery, no reason, or the delivery is in no state for this decision.
    """
    if not reason.strip():
        raise CspError("say why with --reason; the ledger keeps it")
    with ledger.writing() as session:
        settle_decisions(session)
        delivery = _found(session, delivery_id)
        facts = standing(session)
        _check_state(facts, facts.deliveries[delivery.delivery_id], decision)
        end_decisions(session, delivery.delivery_id, f"decided anew: {decision}")
        session.add(
            Decision(
                delivery_id=delivery.delivery_id,
                decision=decision,
                reason=reason.strip(),
                decided_by=_person(),
                decided_at=utc_now(),
                rests_on=_what_is_seen(facts, facts.deliveries[delivery.delivery_id]),
            )
        )
        session.flush()
        settle_decisions(session)
    return delivery


def _person() -> str:
    """Who decides; a container may run as a number that has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _check_state(facts: Standing, delivery: DeliveryFacts, decision: str) -> None:
    """Refuse a decision that would do nothing, or something else than it says."""
    name = delivery.delivery_id
    if decision == REOPEN and name not in facts.decisions:
        raise CspError(f"no decision stands on {delivery}; see: csp quarantine list")
    if decision not in (ADMIT, RELEASE):
        return
    if delivery.verdict != "accepted":
        raise CspError(
            f"delivery {name} was {delivery.verdict}: none of its rows is in "
            "the lake, so it can only be discarded or sent again"
        )
    if name not in facts.judged:
        raise CspError(f"no gate has judged {delivery} yet; run first: csp refresh")
    if name not in facts.failures:
        raise CspError(
            f"no gate holds {delivery}: without a decision it is read as it is; "
            f"to leave it out: csp quarantine discard {name}"
        )
    if decision == ADMIT and name in facts.put_right:
        raise CspError(f"there is nothing to admit: {facts.put_right[name]}")


def _what_is_seen(facts: Standing, delivery: DeliveryFacts) -> dict[str, str]:
    """What a decision made now rests on."""
    return {
        "verdict": delivery.verdict,
        "contract_hash": delivery.contract_hash or "",
        "arrival": str(delivery.arrival),
        "gate_failures": ",".join(sorted(facts.failures.get(delivery.delivery_id, {}))),
    }


def end_decisions(session: Session, delivery_id: str, because: str) -> None:
    """Let no decision on a delivery stand any more; what was decided stays in the ledger."""
    for before in session.scalars(
        select(Decision).where(Decision.delivery_id == delivery_id, Decision.ended_at.is_(None))
    ):
        before.ended_at = utc_now()
        before.ended_because = because


def settle_decisions(session: Session) -> None:
    """Write down the end of every decision that has lost what it rests on, or been overtaken.

    To be called in whatever transaction lets a delivery become good or bad. What may be read, and
    in which order, is the same before and after it: it keeps a later change from letting a
    decision stand again that had ended.

    Args:
        session: A transaction in which nobody else writes.
    """
    now = utc_now()
    for decision_id, because in standing(session).ended.items():
        session.execute(
            update(Decision)
            .where(Decision.decision_id == decision_id)
            .values(ended_at=now, ended_because=because)
        )
