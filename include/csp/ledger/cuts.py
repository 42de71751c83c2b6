"""The cut: what one refresh reads, written down once in the transaction in which it begins.

Everything that a refresh loads, builds, judges, records and publishes comes from its cut, never
from what the ledger says at that moment; what has come later is of the next refresh.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.orm import Session

from csp.ledger.decisions import settle_decisions
from csp.ledger.gate_results import gate_failures, ungated_in
from csp.ledger.open_deliveries import open_in
from csp.ledger.releases import PlacedDelivery, ReleasePeriod, placed_deliveries, rank_periods
from csp.ledger.sessions import Ledger, utc_now
from csp.ledger.standing import REOPEN
from csp.ledger.tables import Cut, CutDelivery, Decision, Delivery, KeyEpoch


@dataclass(frozen=True)
class TakenCut:
    """A cut as a refresh reads it.

    Attributes:
        periods: Every period of every delivery in it, ranked by release.
        code_version: The code that was to build from it.
        inputs_digest: One digest of everything that a publication is made of.
        open_reasons: Deliveries that were rejected or held then, a sentence each.
        taken_at: When it was taken.
        newest_arrival: The last delivery that had arrived then.
        not_judged: Deliveries that were accepted then and that no gate had judged yet.
    """

    refresh_id: int
    periods: list[ReleasePeriod]
    code_version: str
    inputs_digest: str
    open_reasons: list[str]
    taken_at: datetime
    newest_arrival: int
    not_judged: list[str]


def inputs_digest(periods: Iterable[ReleasePeriod], code: str) -> str:
    """One digest of everything that a publication is made of: code and deliveries."""
    digest = hashlib.sha256(code.encode())
    for period in periods:
        digest.update(repr(period).encode())
    return digest.hexdigest()


def take_cut(
    session: Session, refresh_id: int, code: str, contract_hashes: Mapping[str, str]
) -> None:
    """Write down what a refresh will read.

    Args:
        session: The transaction in which the refresh begins; nobody else writes meanwhile.
        refresh_id: The refresh.
        code: Version of the code.
        contract_hashes: Feed → hash of its contract.
    """
    settle_decisions(session)
    placed = placed_deliveries(session)
    _forget_old_cuts(session)
    session.add(
        Cut(
            refresh_id=refresh_id,
            taken_at=utc_now(),
            newest_arrival=session.scalar(select(func.max(Delivery.arrival))) or 0,
            newest_decision_id=session.scalar(select(func.max(Decision.decision_id))) or 0,
            code_version=code,
            inputs_digest=inputs_digest(rank_periods(session, placed), code),
            contract_hashes=dict(contract_hashes),
            key_fingerprints=dict(
                session.execute(select(KeyEpoch.epoch, KeyEpoch.fingerprint)).all()
            ),
            open_reasons=[
                f"{d.feed}, delivery {d.delivery_id} ({d.file_name}): {d.reason}"
                for d in open_in(session)
            ],
            not_judged=ungated_in(session),
        )
    )
    session.flush()
    if placed:
        session.execute(
            insert(CutDelivery), [{"refresh_id": refresh_id, **vars(p)} for p in placed]
        )


def _forget_old_cuts(session: Session) -> None:
    """Drop cuts of refreshes that have ended; what was published of them is recorded for good."""
    session.execute(delete(CutDelivery))
    session.execute(delete(Cut))


def read_cut(ledger: Ledger, refresh_id: int) -> TakenCut:
    """The cut of a refresh.

    Raises:
        LookupError: The refresh has none any more, as a later one has begun.
    """
    with ledger.session() as session:
        cut = session.get(Cut, refresh_id)
        if cut is None:
            raise LookupError(f"refresh {refresh_id} has no cut any more")
        rows = session.scalars(
            select(CutDelivery)
            .where(CutDelivery.refresh_id == refresh_id)
            .order_by(CutDelivery.feed, CutDelivery.delivery_order)
        )
        placed = [
            PlacedDelivery(**{f.name: getattr(row, f.name) for f in fields(PlacedDelivery)})
            for row in rows
        ]
        return TakenCut(
            refresh_id=refresh_id,
            periods=rank_periods(session, placed),
            code_version=cut.code_version,
            inputs_digest=cut.inputs_digest,
            open_reasons=list(cut.open_reasons),
            taken_at=cut.taken_at,
            newest_arrival=cut.newest_arrival,
            not_judged=list(cut.not_judged),
        )


def has_come_later(ledger: Ledger, cut: TakenCut) -> bool:
    """Whether the ledger at this moment would give another cut than this one."""
    with ledger.session() as session:
        periods = rank_periods(session, placed_deliveries(session))
        not_judged = ungated_in(session)
    return bool(not_judged) or inputs_digest(periods, cut.code_version) != cut.inputs_digest


def left_out(ledger: Ledger, cut: TakenCut, loaded: Iterable[str]) -> list[str]:
    """Deliveries with rows that had been accepted when the cut was taken, and are in no candidate.

    Only those for which nothing says why: no gate holds them, no decision on them stood then, and
    they were judged by then.

    Args:
        ledger: The ledger.
        cut: The cut.
        loaded: The deliveries that the candidate shows.
    """
    with ledger.session() as session:
        accepted = session.scalars(
            select(Delivery.delivery_id).where(
                Delivery.verdict == "accepted",
                Delivery.accepted_rows > 0,
                Delivery.arrival <= cut.newest_arrival,
            )
        ).all()
        _, failures = gate_failures(session)
        decided = session.scalars(
            select(Decision.delivery_id).where(
                Decision.decision != REOPEN,
                or_(Decision.ended_at.is_(None), Decision.ended_at >= cut.taken_at),
            )
        ).all()
    explained = {*loaded, *cut.not_judged, *failures, *decided}
    return sorted(set(accepted) - explained)
