"""What the ledger keeps of a publication: number, tables, and the deliveries it was made of.

Which publication is current is said by the engine alone, in the same step in which it becomes so.
The ledger is told afterwards; when a command was killed between, the next one tells it.
"""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from csp.ledger.tables import (
    Cut,
    CutDelivery,
    DeliveryPeriod,
    Publication,
    PublicationInput,
    Refresh,
)
from csp.warehouse.engine import PublicationNote

PUBLISHED = "published"


def record_publication(session: Session, note: PublicationNote, engine: str) -> None:
    """Add a publication and its inputs to the ledger, and close its refresh; once.

    Args:
        session: The caller's transaction.
        note: What the publication says of itself.
        engine: Name of the warehouse engine.
    """
    refresh, cut = session.get(Refresh, note.refresh_id), session.get(Cut, note.refresh_id)
    if refresh is None or session.get(Publication, note.publication_id) is not None:
        return
    if cut is None or cut.inputs_digest != note.inputs_digest:
        return  # made from another ledger, which this one has taken the place of
    session.add(
        Publication(
            publication_id=note.publication_id,
            refresh_id=note.refresh_id,
            published_at=note.published_at,
            engine=engine,
            location=note.location,
            code_version=note.code_version,
            table_checksums=dict(note.checksums),
            inputs_digest=note.inputs_digest,
        )
    )
    session.flush()
    with_rows = select(DeliveryPeriod.delivery_id)
    inputs = session.scalars(
        select(CutDelivery).where(
            CutDelivery.refresh_id == note.refresh_id, CutDelivery.delivery_id.in_(with_rows)
        )
    ).all()
    if inputs:
        session.execute(
            insert(PublicationInput),
            [
                {
                    "publication_id": note.publication_id,
                    "delivery_id": row.delivery_id,
                    "feed": row.feed,
                    "contract_hash": row.contract_hash,
                }
                for row in inputs
            ],
        )
    refresh.outcome, refresh.finished_at, refresh.reasons = PUBLISHED, note.published_at, []
    refresh.holder = refresh.step = ""
