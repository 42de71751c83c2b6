"""Reports to partners that are not there any more, written again from the ledger."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from csp.ingest.feedback import write_feedback
from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery
from csp.storage.home import Home


def report_files(home: Home, delivery: Delivery) -> list[Path]:
    """The files of the report on a delivery; none for one that belongs to no feed."""
    if delivery.feed is None:
        return []
    folder = home.feedback(delivery.feed)
    return [folder / f"{delivery.delivery_id}.{kind}" for kind in ("json", "md")]


def write_missing_reports(home: Home, ledger: Ledger, feed: str | None = None) -> int:
    """Write the reports that are missing; returns how many."""
    query = select(Delivery).where(Delivery.feed.is_not(None))
    if feed:
        query = query.where(Delivery.feed == feed)
    written = 0
    with ledger.session() as session:
        for delivery in session.scalars(query):
            if not all(path.is_file() for path in report_files(home, delivery)):
                write_feedback(home, session, delivery.delivery_id)
                written += 1
    return written
