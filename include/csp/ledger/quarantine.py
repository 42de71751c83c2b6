"""What is held back: whole deliveries and single rows; and what was decided about deliveries."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from csp.ledger.open_deliveries import open_of
from csp.ledger.sessions import Ledger
from csp.ledger.standing import REOPEN, Standing, standing
from csp.ledger.tables import Decision, Delivery, VerdictCount


def held_back(ledger: Ledger) -> list[dict[str, Any]]:
    """What is open, what was decided on, and what has rows held back; newest first.

    A file of no feed is listed until the same bytes are recognised under a feed: then they are a
    delivery of that feed, which is listed for itself if anything is wrong with it.

    Returns:
        A row for each delivery. `decisions` are all that were ever made on it, newest first, each
        with who, when, why, what it rests on (`rests_on`), and whether it `stands` or what ended
        it; `put_right` is what has put it right, in a sentence.
    """
    with ledger.session() as session:
        facts = standing(session)
        waiting = {delivery.delivery_id: delivery.reason for delivery in open_of(facts)}
        decisions = _decisions(session, facts)
        codes = _codes(session)
        return [
            {
                "delivery_id": delivery.delivery_id,
                "feed": delivery.feed,
                "file_name": delivery.file_name,
                "verdict": delivery.verdict,
                "is_open": delivery.delivery_id in waiting,
                "quarantined_rows": delivery.quarantined_rows,
                "rejected_lines": delivery.rejected_lines,
                "why": waiting.get(delivery.delivery_id)
                or delivery.reason
                or "; ".join(facts.failures.get(delivery.delivery_id, {}).values())
                or ", ".join(codes.get(delivery.delivery_id, [])),
                "put_right": facts.put_right.get(delivery.delivery_id),
                "decisions": decisions.get(delivery.delivery_id, []),
            }
            for delivery in _listed(session, {*waiting, *decisions})
        ]


def _listed(session: Session, besides: set[str]) -> list[Delivery]:
    recognised = aliased(Delivery)
    return list(
        session.scalars(
            select(Delivery)
            .where(
                or_(
                    Delivery.verdict != "accepted",
                    Delivery.quarantined_rows > 0,
                    Delivery.rejected_lines > 0,
                    Delivery.delivery_id.in_(besides),
                ),
                or_(
                    Delivery.feed.is_not(None),
                    ~exists().where(
                        recognised.sha256 == Delivery.sha256, recognised.feed.is_not(None)
                    ),
                ),
            )
            .order_by(Delivery.arrival.desc())
        )
    )


def _decisions(session: Session, facts: Standing) -> dict[str, list[dict[str, Any]]]:
    """Delivery → every decision on it, newest first."""
    made: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for decision in session.scalars(select(Decision).order_by(Decision.decision_id.desc())):
        because = decision.ended_because or facts.ended.get(decision.decision_id)
        made[decision.delivery_id].append(
            {
                "decision": decision.decision,
                "reason": decision.reason,
                "decided_by": decision.decided_by,
                "decided_at": decision.decided_at,
                "rests_on": decision.rests_on,
                "stands": because is None and decision.decision != REOPEN,
                "ended_at": decision.ended_at,
                "ended_because": because,
            }
        )
    return made


def _codes(session: Session) -> dict[str, list[str]]:
    codes: dict[str, list[str]] = defaultdict(list)
    for count in session.scalars(select(VerdictCount).where(VerdictCount.verdict == "quarantine")):
        codes[count.delivery_id].append(f"{count.code} × {count.row_count}")
    return codes
