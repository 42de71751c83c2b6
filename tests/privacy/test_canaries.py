"""Planted names, days of birth, postcodes and plates are found nowhere after ingest and refresh."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from csp.contracts import Contract, ContractRegistry
from csp.contracts.samples import sample_file, valid_row
from csp.errors import GateHeldError
from csp.ingest import ingest_files
from csp.ledger.decisions import DISCARD, decide
from csp.ledger.open_deliveries import open_deliveries
from csp.storage.home import Home
from csp.warehouse.platform import Platform
from csp.warehouse.refresh import RefreshRun, refresh

from .scan import places_of

NAME, BORN, POSTCODE, PLATE = "Zzcanary", "1907-03-05", "ZE9 9ZZ", "ZZ57 ZZZ"
PLANTED = (NAME, BORN, "05/03/1907", "19070305", POSTCODE, "ZE99ZZ", PLATE, "ZZ57ZZZ")
Row = dict[str, str]
OPEN = ("open", "internal")
RESTRICTED = [c for c in ContractRegistry() if c.platform.accessClass not in OPEN or c.needs_key]


def planted_rows(contract: Contract) -> list[Row]:
    """Rows with a canary in each field: a whole one, and one inside a sentence."""
    layout, row = contract.platform.layouts[0].name, valid_row(contract)
    rows = []
    for column in contract.columns:
        header = next(iter(column.headers(layout)), "")
        if header not in row:
            continue
        if column.type in ("date", "timestamp") and not column.kept:
            rows.append({header: BORN})
        if column.type == "text" and column.platform.freeText:
            # No rule knows a name among a partner's own words; what has a form is found.
            rows += [{header: f"seen {POSTCODE}"}, {header: f"car {PLATE}"}]
        elif column.type == "text":
            rows += [{header: NAME}, {header: f"seen {NAME} {POSTCODE} {PLATE}"}]
    return rows


def take_planted(platform: Platform, sent: Path, contract: Contract, rows: list[Row]) -> set[str]:
    """Take planted rows in, and give what became of their files.

    A file that is refused for one of its rows is sent again as two, so that every row that may be
    taken in is.
    """
    path = sent / contract.platform.fileNameExample
    path.write_text(sample_file(contract, [{}] * 9 * len(rows) + rows), encoding="utf-8")
    (outcome,) = ingest_files(
        [path], platform.home, platform.ledger, platform.registry, feed=contract.id
    )
    path.unlink()
    halves = [rows[: len(rows) // 2], rows[len(rows) // 2 :]]
    if outcome.verdict != "rejected" or not all(halves):
        return {outcome.verdict}
    return set().union(*(take_planted(platform, sent, contract, half) for half in halves))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A data root into which planted files of every restricted feed were taken, and published."""
    home, sent = Home(tmp_path_factory.mktemp("planted")), tmp_path_factory.mktemp("sent")
    platform = Platform(home, ContractRegistry())
    verdicts = {
        verdict
        for contract in RESTRICTED
        for verdict in take_planted(platform, sent, contract, planted_rows(contract))
    }
    assert verdicts == {"accepted", "rejected"}
    with suppress(GateHeldError):
        RefreshRun.begin(platform).admit_deliveries()
    RefreshRun.give_up_running(platform)
    for delivery in open_deliveries(platform.ledger):
        decide(platform.ledger, delivery.delivery_id, DISCARD, "planted")
    refresh(platform)
    platform.ledger.engine.dispose()
    return home


def test_planted_values_stand_nowhere_in_the_data_root(home: Home) -> None:
    assert places_of(PLANTED, home.root) == []


def test_the_scan_finds_a_value_wherever_it_may_stand(tmp_path: Path) -> None:
    """The scan is a gate too: it must be able to fail."""
    (tmp_path / "a.log").write_text(f"row of {NAME}")
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        connection.execute(f"create table t as select '{POSTCODE}' as p")
        connection.execute(f"copy t to '{tmp_path / 'p.parquet'}' (format parquet)")
    assert places_of(PLANTED, tmp_path) == [
        "a.log: zzcanary",
        "p.parquet: ze9 9zz",
        "w.duckdb: ze9 9zz",
    ]


def test_every_restricted_feed_was_planted() -> None:
    personal = {c.id for c in ContractRegistry() if c.platform.accessClass not in OPEN}
    assert personal <= {contract.id for contract in RESTRICTED}
    assert all(planted_rows(contract) for contract in RESTRICTED)
