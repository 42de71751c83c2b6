"""What a person decides about a delivery that was rejected or held, and how long it stands."""

from __future__ import annotations

import getpass

from sqlalchemy import select
from sqlalchemy.orm import Session

from csp.errors import CspError
from csp.ledger.sessions import Ledger, utc_now
from csp.ledger.tables import Decision, Delivery

DISCARD, ADMIT, RELEASE, REOPEN = "discard", "admit", "release", "reopen"


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
    rows = session.execute(
        select(Decision.delivery_id, Decision.decision)
        .where(Decision.ended_at.is_(None), Decision.decision != REOPEN)
        .order_by(Decision.decision_id)
    )
    return {row.delivery_id: row.decision for row in rows}


def decide(ledger: Ledger, delivery_id: str, decision: str, reason: str) -> Delivery:
    """Record a decision; the one before it on the same delivery ends with it.

    Args:
        ledger: The ledger.
        delivery_id: The delivery, or how its id begins.
        decision: `discard` (leave it out), `admit` (load it, but count its months as not
            reported), `release` (load it as any other), or `reopen` (no decision stands any more).
        reason: Why, in a sentence for whoever reads the ledger later.

    Raises:
        CspError: No such delivery, no reason, or a rejected delivery was to be loaded.
    """
    if not reason.strip():
        raise CspError("say why with --reason; the ledger keeps it")
    with ledger.writing() as session:
        delivery = _found(session, delivery_id)
        if decision in (ADMIT, RELEASE) and delivery.verdict != "accepted":
            raise CspError(
                f"delivery {delivery.delivery_id} was {delivery.verdict}: none of its rows is in "
                "the lake, so it can only be discarded or sent again"
            )
        end_decisions(session, delivery.delivery_id, f"decided anew: {decision}")
        session.add(
            Decision(
                delivery_id=delivery.delivery_id,
                decision=decision,
                reason=reason.strip(),
                decided_by=getpass.getuser(),
                decided_at=utc_now(),
                rests_on={
                    "verdict": delivery.verdict,
                    "contract_hash": delivery.contract_hash or "",
                },
            )
        )
    return delivery


def end_decisions(session: Session, delivery_id: str, because: str) -> None:
    """Let no decision on a delivery stand any more; what was decided stays in the ledger."""
    for standing in session.scalars(
        select(Decision).where(Decision.delivery_id == delivery_id, Decision.ended_at.is_(None))
    ):
        standing.ended_at = utc_now()
        standing.ended_because = because
