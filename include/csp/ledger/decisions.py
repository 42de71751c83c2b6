"""What a person decides about a delivery that was rejected or held."""

from __future__ import annotations

import getpass

from sqlalchemy import select

from csp.errors import CspError
from csp.ledger.releases import ADMIT
from csp.ledger.sessions import Ledger, utc_now
from csp.ledger.tables import Decision, Delivery


def find_delivery(ledger: Ledger, delivery_id: str) -> Delivery:
    """The delivery whose id begins so.

    Raises:
        CspError: None or several do.
    """
    with ledger.session() as session:
        found = session.scalars(
            select(Delivery).where(Delivery.delivery_id.startswith(delivery_id, autoescape=True))
        ).all()
    if len(found) != 1:
        raise CspError(f"{len(found)} deliveries begin with '{delivery_id}'; see csp status")
    return found[0]


def decide(ledger: Ledger, delivery_id: str, decision: str, reason: str) -> Delivery:
    """Record a decision.

    Args:
        ledger: The ledger.
        delivery_id: The delivery, or how its id begins.
        decision: `discard` (leave it out) or `admit` (load it, but count its months as not
            reported).
        reason: Why, in a sentence for whoever reads the ledger later.

    Raises:
        CspError: No such delivery, no reason, or a rejected delivery was to be admitted.
    """
    delivery = find_delivery(ledger, delivery_id)
    if not reason.strip():
        raise CspError("say why with --reason; the ledger keeps it")
    if decision == ADMIT and delivery.verdict != "accepted":
        raise CspError(
            f"delivery {delivery.delivery_id} was {delivery.verdict}: none of its rows is in the "
            "lake, so it can only be discarded or sent again"
        )
    with ledger.session() as session:
        session.add(
            Decision(
                delivery_id=delivery.delivery_id,
                decision=decision,
                reason=reason.strip(),
                decided_by=getpass.getuser(),
                decided_at=utc_now(),
            )
        )
    return delivery
