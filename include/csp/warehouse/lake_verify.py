"""All of the lake looked at: rows, contracts, rows held back, and what nobody knows of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import duckdb
from sqlalchemy import select, update

from csp.contracts import Contract
from csp.contracts.registry import contract_hash
from csp.ledger.sessions import Ledger
from csp.ledger.tables import ContractVersion, Delivery
from csp.sql import quoted
from csp.storage.home import Home
from csp.warehouse.damage import Damage, Kind, Watch, looked_at, unwatched
from csp.warehouse.lake_files import (
    CONTRACT,
    ROWS,
    accepted_deliveries,
    damaged_rows,
    held_back_file,
    of_delivery,
    rows_file,
    sha256_or_why,
)

LAKE, QUARANTINE = "lake", "quarantine"


def verify_lake(
    home: Home, ledger: Ledger, feed: str | None = None, watch: Watch = unwatched
) -> list[Damage]:
    """Everything in lake and quarantine that is missing, changed or known to nobody.

    Args:
        home: The data root.
        ledger: Its ledger.
        feed: Only what is of this feed.
        watch: Called before files are looked at.
    """
    # What an ingest writes meanwhile is in the ledger once the folders have been listed.
    listed = [*_delivery_folders(home, feed), *_held_back_files(home, feed)]
    deliveries = accepted_deliveries(ledger, feed)
    return [
        *damaged_rows(home, ledger, deliveries, watch),
        *damaged_contracts(home, ledger, deliveries),
        *damaged_quarantine(home, ledger, deliveries, watch),
        *_surplus(home, listed, accepted_deliveries(ledger, feed)),
    ]


def damaged_contracts(home: Home, ledger: Ledger, deliveries: Iterable[Delivery]) -> list[Damage]:
    """Contracts beside the rows that are missing, or are not those that admitted them."""
    with ledger.session() as session:
        versions: Mapping[str, str] = dict(
            session.execute(select(ContractVersion.contract_hash, ContractVersion.resolved)).all()
        )
    known: dict[tuple[str, str | None], bool] = {}
    found = []
    for delivery in deliveries:
        path = rows_file(home, delivery).with_name(CONTRACT)
        if not path.parent.exists():
            continue  # that its rows are not there is told already
        kind: Kind | None = None
        try:
            key = (path.read_text(encoding="utf-8"), delivery.contract_hash)
        except FileNotFoundError:
            kind = "missing"
        except (OSError, UnicodeError):
            kind = "unreadable"
        else:
            if key not in known:
                known[key] = _is_contract(key[0], key[1] or "", versions)
            kind = None if known[key] else "changed"
        if kind:
            found.append(of_delivery(home, path, delivery, kind))
    return found


def _is_contract(text: str, meant: str, versions: Mapping[str, str]) -> bool:
    """Whether a text is the contract of a hash, be it with other samples.

    Of a contract of an older ledger, which has not kept its text, no more can be said than that it
    is JSON: the hash was once made in another way.
    """
    if meant in versions:
        if text == versions[meant]:
            return True
        try:
            return contract_hash(Contract.model_validate_json(text)) == meant
        except ValueError:
            return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def damaged_quarantine(
    home: Home, ledger: Ledger, deliveries: Iterable[Delivery], watch: Watch = unwatched
) -> list[Damage]:
    """Files of rows held back that are not those that ingest wrote.

    A delivery of an older ledger has no checksum: it gets that of its file, if this holds as many
    rows as were held back.
    """
    held = [delivery for delivery in deliveries if delivery.quarantined_rows]
    files = [held_back_file(home, delivery) for delivery in held]
    looked = looked_at(sha256_or_why, files, watch("quarantine", len(files)))
    found, first = [], {}
    for delivery, path, (sha256, why) in zip(held, files, looked, strict=True):
        kind: Kind | None = why
        if sha256 and delivery.quarantine_sha256 is None:
            if _rows_read(path) == delivery.quarantined_rows:
                first[delivery.delivery_id] = sha256
            else:
                kind = "changed"
        elif sha256 and sha256 != delivery.quarantine_sha256:
            kind = "changed"
        if kind:
            found.append(of_delivery(home, path, delivery, kind))
    if first:
        _record_first(ledger, first)
    return found


def _record_first(ledger: Ledger, checksums: Mapping[str, str]) -> None:
    with ledger.writing() as session:
        for delivery_id, sha256 in checksums.items():
            session.execute(
                update(Delivery)
                .where(Delivery.delivery_id == delivery_id, Delivery.quarantine_sha256.is_(None))
                .values(quarantine_sha256=sha256)
            )


def _rows_read(path: Path) -> int | None:
    """How many rows a Parquet file gives when all of it is read; None when it cannot be."""
    with duckdb.connect() as connection:
        try:
            row = connection.execute(
                f"select count(*), sum(hash(t)) from read_parquet({quoted(path)}) as t"
            ).fetchone()
        except duckdb.Error:
            return None
    return int(row[0]) if row else None


def _delivery_folders(home: Home, feed: str | None) -> Iterator[Path]:
    """What lies in the folders of feeds, and files where a feed's folder should be."""
    for folder in _shown(home.root / LAKE):
        if feed in (None, folder.name):
            yield from _shown(folder) if folder.is_dir() else [folder]


def _held_back_files(home: Home, feed: str | None) -> Iterator[Path]:
    for folder in _shown(home.root / QUARANTINE):
        if feed in (None, folder.name):
            yield from _shown(folder) if folder.is_dir() else [folder]


def _shown(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _surplus(home: Home, listed: Iterable[Path], deliveries: Iterable[Delivery]) -> list[Damage]:
    """What lies in lake and quarantine, and belongs to no delivery."""
    known = set()
    for delivery in deliveries:
        known.add(rows_file(home, delivery).parent)
        if delivery.quarantined_rows:
            known.add(held_back_file(home, delivery))
    strays = [path for path in listed if path not in known]
    strays += [
        path
        for folder in listed
        if folder in known and folder.is_dir()
        for path in _shown(folder)
        if path.name not in (ROWS, CONTRACT)
    ]
    return [
        Damage(
            "surplus",
            str(path.relative_to(home.root)),
            "no delivery that the ledger knows has put this there",
            "it is read by nobody: look who did, and remove it",
        )
        for path in strays
    ]
