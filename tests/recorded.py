"""What ledger and data root hold of ingested files, to be compared with an undisturbed ingest."""

from __future__ import annotations

from sqlalchemy import select

from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery, DeliveryPeriod, KeyEpoch, VerdictCount
from csp.storage.home import Home


def recorded(ledger: Ledger) -> dict[str, object]:
    """What ledger and lake hold, apart from times and from who came first."""
    with ledger.session() as session:
        deliveries = session.scalars(select(Delivery)).all()
        periods = session.scalars(select(DeliveryPeriod)).all()
        counts = session.scalars(select(VerdictCount)).all()
        epochs = session.scalars(select(KeyEpoch)).all()
    arrivals = sorted(d.arrival or 0 for d in deliveries)
    assert arrivals == list(range(1, len(deliveries) + 1))
    return {
        "deliveries": {
            d.delivery_id: (d.feed, d.verdict, d.accepted_rows, d.quarantined_rows, d.lake_sha256)
            for d in deliveries
        },
        "periods": {(p.delivery_id, p.series, p.period_start, p.row_count) for p in periods},
        "counts": {(c.delivery_id, c.code, c.column_name, c.row_count) for c in counts},
        "epochs": {(e.epoch, e.fingerprint) for e in epochs},
    }


def kept(home: Home) -> dict[str, bytes]:
    """What lies below the data root of the files, apart from the ledger and what is sealed."""
    return {
        str(path.relative_to(home.root)): path.read_bytes()
        for folder in ("lake", "landing", "quarantine")
        for path in sorted((home.root / folder).rglob("*"))
        if path.is_file() and path.suffix != ".sealed"
    }
