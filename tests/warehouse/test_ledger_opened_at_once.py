"""Workers that open a new ledger at the same moment all find it whole."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import inspect

from csp.ledger.sessions import Ledger
from csp.ledger.tables import LedgerTable
from tests.postgresql import Server

WORKERS, LEDGERS = 6, 5


def open_at_once(urls: list[str]) -> None:
    """Open each ledger from all workers, none of which begins before the others are there."""
    for url in urls:
        ready = Barrier(WORKERS)

        def open_one(url: str = url, ready: Barrier = ready) -> set[str]:
            ready.wait()
            ledger = Ledger(url)
            tables = set(inspect(ledger.engine).get_table_names())
            ledger.engine.dispose()
            return tables

        with ThreadPoolExecutor(WORKERS) as workers:
            opened = [workers.submit(open_one) for _ in range(WORKERS)]
        for worker in opened:
            assert worker.result() >= set(LedgerTable.metadata.tables)


def test_on_sqlite(tmp_path: Path) -> None:
    open_at_once([f"sqlite:///{tmp_path / f'ledger-{n}.db'}" for n in range(LEDGERS)])


@pytest.mark.parametrize("number", range(2))
def test_on_postgresql(server: Server, number: int) -> None:
    warehouse = server.fresh_database(name=f"ledger_{number}")
    open_at_once([warehouse.address.render_as_string(hide_password=False)])
