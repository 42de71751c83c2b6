"""Which warehouse engine `CSP_WAREHOUSE` means."""

from __future__ import annotations

import os

from csp.errors import CspError
from csp.storage.home import Home
from csp.warehouse.duckdb_engine import DuckDBWarehouse
from csp.warehouse.engine import Warehouse


def postgresql_address() -> str | None:
    """The PostgreSQL address that `CSP_WAREHOUSE` names, or None for the embedded engine."""
    meant = os.environ.get("CSP_WAREHOUSE", "duckdb")
    if meant == "duckdb":
        return None
    if meant == "postgresql" or meant.startswith(("postgresql://", "postgresql+psycopg2://")):
        return meant
    raise CspError(
        f"CSP_WAREHOUSE is '{meant.split('://')[0]}'; it must be duckdb, postgresql, or "
        "postgresql://user:password@host/database"
    )


def open_warehouse(home: Home) -> Warehouse:
    """The engine that `CSP_WAREHOUSE` names: duckdb (default) or postgresql.

    Raises:
        CspError: The name is no engine.
    """
    address = postgresql_address()
    if address is None:
        return DuckDBWarehouse(home)
    from csp.warehouse.postgres_engine import PostgresWarehouse  # noqa: PLC0415 - its driver

    return PostgresWarehouse.at(address, home)
