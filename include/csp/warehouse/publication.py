"""What the ledger keeps of a publication: number, tables, and the deliveries it was made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from csp.ledger.tables import Delivery, Publication, PublicationInput
from csp.warehouse.engine import PublicationNote


def record_publication(
    session: Session,
    note: PublicationNote,
    *,
    refresh_id: int,
    engine: str,
    location: str,
    checksums: Mapping[str, str],
    inputs_digest: str,
    inputs: Iterable[tuple[str, str]],
) -> None:
    """Add a publication and its inputs to the ledger.

    Args:
        session: The caller's transaction.
        note: What the publication says of itself.
        refresh_id: The refresh that made it.
        engine: Name of the warehouse engine.
        location: Where it lies.
        checksums: Table → rows and checksum.
        inputs_digest: Digest of all that it was made of.
        inputs: Feed and delivery of each input.
    """
    hashes = dict(session.execute(select(Delivery.delivery_id, Delivery.contract_hash)).all())
    session.add(
        Publication(
            publication_id=note.publication_id,
            refresh_id=refresh_id,
            published_at=note.published_at,
            engine=engine,
            location=location,
            code_version=note.code_version,
            table_checksums=dict(checksums),
            inputs_digest=inputs_digest,
        )
    )
    session.flush()
    session.add_all(
        PublicationInput(
            publication_id=note.publication_id,
            delivery_id=delivery_id,
            feed=feed,
            contract_hash=hashes[delivery_id],
        )
        for feed, delivery_id in inputs
    )
