"""Whether what a rebuild has made of a delivery is what was accepted of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
from sqlalchemy import select

from csp.ingest.received import IngestedRows
from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery, DeliveryPeriod
from csp.sql import quoted

MOST_PERIODS_SAID = 3


class NotMadeError(Exception):
    """A delivery cannot be made anew; the message says why, and what to do."""


def other_checksums(ledger: Ledger, delivery: Delivery, rows: IngestedRows) -> dict[str, str]:
    """The checksums of a delivery that have become others, as another DuckDB may write other bytes.

    Args:
        ledger: The ledger.
        delivery: The delivery.
        rows: What was made of it now.

    Returns:
        Column of table `delivery` → checksum of what was made.

    Raises:
        NotMadeError: Other rows were made than were accepted, as far as the ledger can tell.
    """
    made = {"lake_sha256": rows.lake_sha256, "quarantine_sha256": rows.quarantine_sha256}
    others = {c: sha for c, sha in made.items() if sha and sha != getattr(delivery, c)}
    if others:
        _refuse_other_rows(ledger, delivery, rows)
    return others


def _refuse_other_rows(ledger: Ledger, delivery: Delivery, rows: IngestedRows) -> None:
    with ledger.session() as session:
        periods = session.scalars(
            select(DeliveryPeriod).where(DeliveryPeriod.delivery_id == delivery.delivery_id)
        )
        accepted = {(p.series, p.period_start): p.row_count for p in periods}
    made = {(series, first): count for series, first, count in rows.periods}
    if made == accepted and rows.quarantined == delivery.quarantined_rows:
        return
    differing = [
        f"{first} of {series}: {made.get((series, first), 0)} rows made, "
        f"{accepted.get((series, first), 0)} accepted"
        for series, first in sorted({*made, *accepted})
        if made.get((series, first)) != accepted.get((series, first))
    ]
    said = "; ".join(
        [
            f"other rows come of the file now: {rows.accepted} accepted and {rows.quarantined} "
            f"held back, and the ledger has {delivery.accepted_rows} and "
            f"{delivery.quarantined_rows}",
            *differing[:MOST_PERIODS_SAID],
        ]
    )
    raise NotMadeError(
        f"{said}; nothing was written: make it anew with the version of the platform, and the "
        "lists of values, that accepted it"
    )


def what_is_other(
    delivery: Delivery, others: Mapping[str, str], accepted: int, *, is_same: bool
) -> str:
    """What a person is told of checksums that have become others.

    Args:
        delivery: The delivery as the ledger had it.
        others: As `other_checksums` gives them.
        accepted: How many rows were made.
        is_same: Whether the file that lay there held the same rows.
    """
    told = []
    for column, sha256 in others.items():
        had = getattr(delivery, column)
        of = "the rows" if column == "lake_sha256" else "the rows held back"
        before = f"{had[:12]} before" if had else "none before"
        told.append(f"the file of {of} has the checksum {sha256[:12]} now, {before}")
    told.append(f"its {accepted} rows are as many in every period as were accepted")
    if is_same:
        told.append("the file that lay there held the same rows")
    return "; ".join(told)


def content_of(path: Path) -> tuple[int, int] | None:
    """Rows of a Parquet file and a sum over them that no order changes; None when it is none."""
    with duckdb.connect() as connection:
        try:
            row = connection.execute(
                "select count(*), coalesce(sum(md5_number_lower(t::varchar)), 0) "
                f"from read_parquet({quoted(path)}) as t"
            ).fetchone()
        except duckdb.Error:
            return None
    return (int(row[0]), int(row[1])) if row else None
