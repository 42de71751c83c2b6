"""A SQLAlchemy dialect that lets Great Expectations talk to DuckDB.

Great Expectations chooses its SQL by the dialect's name and knows none for DuckDB, whose SQL is
close to PostgreSQL's; and it fetches after the connection went back to the pool, when DuckDB has
dropped the result. So the dialect takes PostgreSQL's name and every cursor fetches at once.

It also asks anew with every check what columns and what primary key a table has, which takes as
long as the check; so the dialect remembers the first and never looks for the second.
"""

from __future__ import annotations

from typing import Any

from duckdb import DuckDBPyConnection
from duckdb_sqlalchemy import ConnectionWrapper, CursorWrapper
from duckdb_sqlalchemy import Dialect as DuckDBDialect
from sqlalchemy import Connection
from sqlalchemy.dialects import registry
from sqlalchemy.engine.reflection import ReflectionDefaults

DRIVER = "postgresql+csp_duckdb"


class EagerCursor(CursorWrapper):
    """A cursor that holds all rows as soon as a statement has run."""

    def execute(self, statement: str, parameters: Any = None, context: Any = None) -> None:  # noqa: ANN401
        """Run the statement and fetch its rows."""
        super().execute(statement, parameters, context)
        if self._buffered_rows is None and self.description is not None:
            self._buffer_result()
            self.connection._set_pending_cursor(None)


class EagerConnection(ConnectionWrapper):
    """A connection whose cursors are eager."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        super().__init__(connection)
        self._duckdb = connection

    def cursor(self) -> EagerCursor:
        """A new eager cursor."""
        return EagerCursor(self._duckdb, self)


class PostgresNamedDuckDBDialect(DuckDBDialect):
    """DuckDB under PostgreSQL's name, with eager cursors."""

    name = "postgresql"
    driver = "csp_duckdb"
    supports_statement_cache = True

    def __init__(self, *args: Any, **parameters: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **parameters)
        self._columns: dict[tuple[str | None, str], list[Any]] = {}

    def get_columns(
        self,
        connection: Connection,
        table_name: str,
        schema: str | None = None,
        **options: Any,  # noqa: ANN401
    ) -> list[Any]:
        """Columns of a table; they stay the same, as the file is opened for reading."""
        key = (schema, table_name)
        if key not in self._columns:
            self._columns[key] = super().get_columns(connection, table_name, schema, **options)
        return self._columns[key]

    def get_pk_constraint(self, *_asked: Any, **_options: Any) -> Any:  # noqa: ANN401
        """None: dbt's tables have no primary key, and no check needs one."""
        return ReflectionDefaults.pk_constraint()

    def connect(self, *args: Any, **parameters: Any) -> Any:  # noqa: ANN401 - DBAPI of any kind
        """Open DuckDB and make its cursors eager."""
        wrapped = super().connect(*args, **parameters)
        return EagerConnection(wrapped._ConnectionWrapper__c)


def register() -> None:
    """Make `postgresql+csp_duckdb://` known to SQLAlchemy."""
    registry.register(DRIVER.replace("+", "."), __name__, PostgresNamedDuckDBDialect.__name__)


def duckdb_url(path: str) -> str:
    """The address of a DuckDB file for Great Expectations, opened for reading."""
    return f"{DRIVER}:///{path}?access_mode=read_only"
