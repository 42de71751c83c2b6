"""Several ingests of the same files and a refresh at the same time, each a process of its own."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from csp.contracts import ContractRegistry
from csp.ledger.sessions import Ledger
from csp.ledger.tables import Delivery, VerdictCount
from csp.storage.home import Home
from csp.warehouse.duckdb_engine import DuckDBWarehouse
from csp.warehouse.platform import Platform
from csp.warehouse.status import unpublished_deliveries
from tests.postgresql import Server
from tests.warehouse.conftest import Year

INGESTS = 4
CSP = Path(sys.executable).with_name("csp")
ALL_GOOD = 0


@pytest.fixture(scope="module")
def undisturbed(
    published_year: Callable[[str, Path], Platform], tmp_path_factory: pytest.TempPathFactory
) -> Platform:
    """The same files, taken in by one process and then published."""
    return published_year("duckdb", tmp_path_factory.mktemp("one") / "home")


def facts(ledger: Ledger) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """What the ledger holds of deliveries and findings, in an order of its own."""
    of_delivery = (
        Delivery.delivery_id,
        Delivery.feed,
        Delivery.verdict,
        Delivery.physical_lines,
        Delivery.accepted_rows,
        Delivery.quarantined_rows,
        Delivery.lake_sha256,
    )
    of_finding = (VerdictCount.delivery_id, VerdictCount.code, func.sum(VerdictCount.row_count))
    with ledger.session() as session:
        deliveries = session.execute(select(*of_delivery).order_by(Delivery.delivery_id)).all()
        findings = session.execute(
            select(*of_finding)
            .group_by(VerdictCount.delivery_id, VerdictCount.code)
            .order_by(VerdictCount.delivery_id, VerdictCount.code)
        ).all()
    return [tuple(row) for row in deliveries], [tuple(row) for row in findings]


def started(root: Path, url: str | None, *arguments: str | Path) -> subprocess.Popen[str]:
    """A command on the data root, as a process of its own."""
    env = {**os.environ, "CSP_HOME": str(root), "CSP_WAREHOUSE": "duckdb"}
    if url:
        env["CSP_LEDGER"] = url
    return subprocess.Popen(
        [CSP, *arguments], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def check_all_at_once(year: Year, root: Path, url: str | None, undisturbed: Platform) -> None:
    """Everything at once gives what one after the other gave."""
    files = [*year.police, *year.fire]
    orders = random.Random(2021)  # noqa: S311 - the same orders each time
    first = started(root, url, "ingest", *files[:3])
    first.communicate(timeout=600)
    running = [
        started(root, url, "ingest", *orders.sample(files, len(files))) for _ in range(INGESTS)
    ]
    running.append(started(root, url, "refresh"))
    for process in running:
        _, said = process.communicate(timeout=1200)
        assert process.returncode == ALL_GOOD, said
    last = started(root, url, "refresh")
    _, said = last.communicate(timeout=600)
    assert last.returncode == ALL_GOOD, said
    platform = Platform(Home(root), ContractRegistry())
    ledger = Ledger(url or platform.home.ledger_url)
    assert facts(ledger) == facts(undisturbed.ledger)
    platform.__dict__["ledger"] = ledger
    found, expected = DuckDBWarehouse(Home(root)).current(), undisturbed.warehouse.current()
    assert found is not None
    assert expected is not None
    assert found.checksums == expected.checksums
    assert unpublished_deliveries(platform) == {"waiting": [], "left_out": []}
    ledger.engine.dispose()


def test_with_the_ledger_on_sqlite(year: Year, undisturbed: Platform, tmp_path: Path) -> None:
    check_all_at_once(year, tmp_path / "home", None, undisturbed)


def test_with_the_ledger_on_postgresql(
    year: Year, undisturbed: Platform, tmp_path: Path, server: Server
) -> None:
    address = server.fresh_database(name="ledger_at_once").address
    url = address.render_as_string(hide_password=False)
    check_all_at_once(year, tmp_path / "home", url, undisturbed)
