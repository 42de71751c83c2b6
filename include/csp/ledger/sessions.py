"""The ledger: a relational record of every step tried (SQLite, or PostgreSQL on a server)."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from sqlalchemy import Engine, create_engine, event, insert, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from csp.ledger.tables import LedgerTable, Receipt, Step

#: Key of the lock, on PostgreSQL, of whoever makes the tables.
MAKING_TABLES = 20_190_401


def utc_now() -> datetime:
    """The time now in UTC, without an offset, as the ledger keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


def _use_write_ahead_log(connection: sqlite3.Connection, _record: object) -> None:
    cursor = connection.cursor()
    # The file keeps the mode. Whoever finds it locked leaves the change to whom locked it, or to
    # the next to connect: SQLite does not wait here as it does everywhere else.
    with suppress(sqlite3.OperationalError):
        cursor.execute("pragma journal_mode=wal")
    cursor.execute("pragma synchronous=normal")
    cursor.close()


class Ledger:
    """Sessions on the ledger's database; its tables are made when they are missing.

    Args:
        url: SQLAlchemy address of the database.
    """

    def __init__(self, url: str) -> None:
        address = make_url(url)
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg2")
        is_sqlite = address.get_backend_name() == "sqlite"
        self.engine: Engine = create_engine(
            address, connect_args={"timeout": 60} if is_sqlite else {}
        )
        if is_sqlite:
            event.listen(self.engine, "connect", _use_write_ahead_log)
        self._make_missing_tables(is_sqlite)

    def _make_missing_tables(self, is_sqlite: bool) -> None:
        """Make the tables once, however many processes open a new ledger at the same moment."""
        if set(LedgerTable.metadata.tables) <= set(inspect(self.engine).get_table_names()):
            return
        with self.engine.connect() as connection:
            if is_sqlite:
                connection.exec_driver_sql("begin immediate")
            else:
                connection.exec_driver_sql(f"select pg_advisory_xact_lock({MAKING_TABLES})")
            LedgerTable.metadata.create_all(connection)
            connection.commit()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that commits when the block ends and rolls back when it fails."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def step(self, step: str, subject: str) -> Iterator[list[str]]:
        """Record a step whatever becomes of it.

        Args:
            step: What is tried, for example `ingest`.
            subject: On what, for example the delivery.

        Yields:
            A list; what is appended becomes the step's detail.
        """
        started_at, clock = utc_now(), time.perf_counter()
        outcome = "failed"
        detail: list[str] = []
        try:
            yield detail
            outcome = "done"
        except Exception as error:
            detail.append(type(error).__name__)
            raise
        finally:
            with self.session() as session:
                session.execute(
                    insert(Step).values(
                        step=step,
                        subject=subject,
                        started_at=started_at,
                        seconds=round(time.perf_counter() - clock, 3),
                        outcome=outcome,
                        detail="; ".join(detail),
                    )
                )

    def receipts(self, delivery_id: str) -> int:
        """How often a delivery has arrived."""
        with self.session() as session:
            rows = session.scalars(
                select(Receipt.receipt_id).where(Receipt.delivery_id == delivery_id)
            )
            return len(rows.all())
