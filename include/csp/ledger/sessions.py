"""The ledger: a relational record of every step tried (SQLite, or PostgreSQL on a server).

Reading sees the ledger as it is at one moment. Writing is done by one process at a time on either
database, so that what a transaction has looked at cannot change before it acts on it; such
transactions are short.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, create_engine, event, func, insert, select
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from csp.errors import CspError
from csp.faults import say_place
from csp.ledger.tables import Receipt, Step
from csp.ledger.upgrade import bring_up_to_date, is_up_to_date

#: Key of the lock that the one who writes holds on PostgreSQL.
WRITING = 20_190_401
LONGEST_WAIT_SECONDS = 60
BACKENDS = ("sqlite", "postgresql")
IS_WRITING = "csp_is_writing"


def utc_now() -> datetime:
    """The time now in UTC, without an offset, as the ledger keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin a transaction only at the first change, after what was looked at.
    connection.isolation_level = None
    cursor = connection.cursor()
    # The file keeps the mode. Whoever finds it locked leaves the change to whom locked it, or to
    # the next to connect: SQLite does not wait here as it does everywhere else.
    with suppress(sqlite3.OperationalError):
        cursor.execute("pragma journal_mode=wal")
    cursor.execute("pragma synchronous=normal")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get(IS_WRITING)
    connection.exec_driver_sql("begin immediate" if is_writing else "begin")


def _say_which(context: ExceptionContext) -> None:
    is_sqlite = context.dialect.name == "sqlite"
    file = context.engine.url.database if context.engine is not None and is_sqlite else None
    where = f"the ledger {file}" if file else "the ledger's database (CSP_LEDGER)"
    say_place(context.original_exception, where)


class Ledger:
    """Sessions on the ledger's database; its tables are made or brought up to date when needed.

    Args:
        url: SQLAlchemy address of the database.

    Raises:
        CspError: It is no database that can hold a ledger, or one of a newer version.
    """

    def __init__(self, url: str) -> None:
        address = make_url(url)
        if address.get_backend_name() not in BACKENDS:
            raise CspError(
                f"CSP_LEDGER is '{address.get_backend_name()}'; it must be one of: "
                f"{', '.join(BACKENDS)}"
            )
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg2")
        self._is_sqlite = address.get_backend_name() == "sqlite"
        # What a statement carries belongs into no message and no log.
        if self._is_sqlite:
            self.engine: Engine = create_engine(
                address,
                connect_args={"timeout": LONGEST_WAIT_SECONDS},
                hide_parameters=True,
            )
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            self.engine = create_engine(
                address,
                isolation_level="REPEATABLE READ",
                pool_pre_ping=True,
                hide_parameters=True,
            )
        event.listen(self.engine, "handle_error", _say_which)
        self._writing = (
            self.engine.execution_options(**{IS_WRITING: True})
            if self._is_sqlite
            else self.engine.execution_options(isolation_level="READ COMMITTED")
        )
        with self.engine.connect() as connection:
            if is_up_to_date(connection):
                return
        with self._writing.begin() as connection:
            self._wait_for_turn(connection)
            bring_up_to_date(connection)

    def _wait_for_turn(self, connection: Connection) -> None:
        """On PostgreSQL, wait until nobody else writes; SQLite has waited when it began."""
        if not self._is_sqlite:
            connection.exec_driver_sql(f"set local lock_timeout = '{LONGEST_WAIT_SECONDS}s'")
            connection.exec_driver_sql(f"select pg_advisory_xact_lock({WRITING})")

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session for reading, which sees the ledger as it is at one moment."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in which nobody else writes from its beginning to its end.

        It commits when the block ends and rolls back when it fails. What is looked at and what is
        then done belong into one such block.
        """
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            self._wait_for_turn(session.connection())
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
            record = insert(Step).values(
                step=step,
                subject=subject,
                started_at=started_at,
                seconds=round(time.perf_counter() - clock, 3),
                outcome=outcome,
                detail="; ".join(detail),
            )
            # Of a step that failed it is its own error that matters, not that of noting it.
            passed_over = () if outcome == "done" else (SQLAlchemyError,)
            with suppress(*passed_over), self.writing() as session:
                session.execute(record)

    def receipts(self, delivery_id: str) -> int:
        """How often a delivery has arrived."""
        with self.session() as session:
            count = select(func.count()).where(Receipt.delivery_id == delivery_id)
            return session.scalar(count) or 0
