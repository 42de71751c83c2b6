"""Every check of every feed's delivery gate passes a good month and fails a bad one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from csp.contracts import Contract, ContractRegistry
from csp.ingest import IngestOutcome
from csp.ledger.gate_results import delivery_gate_failures
from csp.ledger.open_deliveries import open_deliveries
from csp.ledger.releases import ready_deliveries
from csp.quality.delivery_gate import RECONCILE, DeliveryGate
from csp.quality.judge import CRITICAL, GateOutcome
from tests.conftest import Desk

from .conftest import fire_file, fire_month, fire_row, street_file, street_row

MONTH = "2023-01"
Bad = Callable[[Desk, Path], IngestOutcome]


def street_of(*rows: str) -> Bad:
    """A street file of the judged month with these rows."""
    return lambda desk, folder: desk.take(street_file(folder, MONTH, list(rows)))


def fire_of(rows: list[str]) -> Bad:
    """A fire file of the judged month with these rows."""
    return lambda desk, folder: desk.take(fire_file(folder, MONTH, rows))


def plain(count: int) -> list[str]:
    """So many plain crimes."""
    return [street_row(MONTH, number) for number in range(count)]


def rewrite_lake(desk: Desk, outcome: IngestOutcome, change: str) -> IngestOutcome:
    """Spoil an accepted delivery's lake file, as a fault of ingest or of the disk would."""
    folder = desk.home.lake_delivery(outcome.feed or "", outcome.delivery_id)
    rows, spoilt = folder / "rows.parquet", folder / "spoilt.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"create table lake as from '{rows}'")
        connection.execute(change)
        connection.execute(f"copy lake to '{spoilt}' (format parquet)")
    spoilt.replace(rows)
    return outcome


def another_month_in_the_lake(desk: Desk, folder: Path) -> IngestOutcome:
    """A row whose month changed between ingest and gate."""
    outcome = desk.take(street_file(folder, MONTH, plain(250)))
    return rewrite_lake(
        desk,
        outcome,
        "update lake set crime_month = date '2023-02-01', period_start = date '2023-02-01' "
        "where rowid = 0",
    )


def another_release(desk: Desk, folder: Path) -> IngestOutcome:
    """The judged month, sent again with a tenth more rows."""
    desk.take(street_file(folder, MONTH, plain(250)))
    return desk.take(street_file(folder, MONTH, plain(275)))


def another_fire_release(desk: Desk, folder: Path) -> IngestOutcome:
    """Likewise for fires."""
    desk.take(fire_file(folder, MONTH, fire_month(MONTH)))
    return desk.take(fire_file(folder, MONTH + "_again", fire_month(MONTH, rows_a_day=11)))


BAD: dict[str, Bad] = {
    "P1-G-PERIOD": another_month_in_the_lake,
    "P1-G-QUARANTINE": street_of(
        *plain(248), *(street_row(MONTH, i, Crime_type="Piracy") for i in (1, 2))
    ),
    "P1-G-VOLUME-LOW": street_of(*plain(25)),
    "P1-G-VOLUME-HIGH": street_of(*plain(1_250)),
    "P1-G-VOLUME-UNUSUAL": street_of(*plain(80)),
    "P1-G-TYPES": street_of(*(street_row(MONTH, i, Crime_type="Burglary") for i in range(250))),
    "P1-G-DUPLICATE": street_of(*plain(250), *plain(5)),
    "P1-G-LOCATION": street_of(
        *plain(230),
        *(
            street_row(MONTH, 900 + i, Longitude="", Latitude="", LSOA_code="", LSOA_name="")
            for i in range(20)
        ),
    ),
    "P1-G-REVISION": another_release,
    "V6-G-QUARANTINE": fire_of(
        [*fire_month(MONTH), *(fire_row(MONTH, 1, 9000 + i, group="Flood") for i in (1, 2))]
    ),
    "V6-G-GROUPS": fire_of(fire_month(MONTH, group="Fire", stop="Primary Fire")),
    "V6-G-DAYS": fire_of(fire_month(MONTH, rows_a_day=14, days=20)),
    "V6-G-VOLUME-LOW": fire_of(fire_month(MONTH, rows_a_day=1)),
    "V6-G-VOLUME-HIGH": fire_of(fire_month(MONTH, rows_a_day=45)),
    "V6-G-VOLUME-UNUSUAL": fire_of(fire_month(MONTH, rows_a_day=3)),
    "V6-G-DUPLICATE": fire_of([*fire_month(MONTH), *fire_month(MONTH)[:5]]),
    "V6-G-PRECISE": fire_of(fire_month(MONTH, easting="", northing="")),
    "V6-G-REVISION": another_fire_release,
}
FEEDS = ("police_street_crime", "fire_lfb_incident")
CHECKS = [
    (contract.id, check.id)
    for contract in ContractRegistry()
    if contract.id in FEEDS
    for check in contract.gate_checks
]


def gate(desk: Desk, contract: Contract) -> GateOutcome:
    """Run the feed's gate."""
    return DeliveryGate(contract, desk.home, desk.ledger).run()


def test_every_check_has_a_bad_month() -> None:
    assert {check for _, check in CHECKS} == set(BAD)


@pytest.mark.parametrize("feed", FEEDS)
def test_a_plain_year_passes_every_check(feed: str, year_desk: Callable[[str], Desk]) -> None:
    ledger = year_desk(feed).ledger
    judged, faults = delivery_gate_failures(ledger)
    assert not faults
    assert judged == set(ready_deliveries(ledger)[feed])
    assert len(judged) == 12


@pytest.mark.parametrize(("feed", "check_id"), CHECKS)
def test_a_bad_month_fails_its_check(
    feed: str,
    check_id: str,
    tmp_path: Path,
    registry: ContractRegistry,
    year_desk: Callable[[str], Desk],
) -> None:
    contract, desk = registry.get(feed), year_desk(feed)
    bad = BAD[check_id](desk, tmp_path)
    assert bad.verdict == "accepted"
    verdicts = [v for v in gate(desk, contract).results if v.delivery_id == bad.delivery_id]
    (verdict,) = [v for v in verdicts if v.check_id == check_id]
    assert not verdict.passed
    assert "could not be judged" not in verdict.observed
    waiting = {delivery.delivery_id for delivery in open_deliveries(desk.ledger)}
    ready = ready_deliveries(desk.ledger).get(feed, [])
    is_critical = any(v.severity == CRITICAL and not v.passed for v in verdicts)
    assert (bad.delivery_id in waiting) == is_critical
    assert (bad.delivery_id in ready) != is_critical


def test_rows_lost_between_intake_and_gate_are_found(
    desk: Desk, tmp_path: Path, street: Contract
) -> None:
    outcome = desk.take(street_file(tmp_path, MONTH, plain(250)))
    rewrite_lake(desk, outcome, "delete from lake where rowid = 7")
    failed = {v.check_id for v in gate(desk, street).blocking}
    assert RECONCILE in failed


def test_the_verdict_does_not_hang_on_the_order_of_arrival(
    desk: Desk, tmp_path: Path, street: Contract, plain_year: Callable[[Contract], list[Path]]
) -> None:
    bad = desk.take(street_file(tmp_path, MONTH, plain(25)))
    assert not gate(desk, street).blocking
    desk.take_all(*plain_year(street))
    gate(desk, street)
    _, faults = delivery_gate_failures(desk.ledger)
    assert list(faults) == [bad.delivery_id]


def test_no_value_of_a_row_enters_a_gate_result(
    desk: Desk, tmp_path: Path, street: Contract
) -> None:
    rows = [street_row(MONTH, i, Location="On or near Canary Lane 4711") for i in range(30)]
    desk.take(street_file(tmp_path, MONTH, rows))
    said = " ".join(str(verdict) for verdict in gate(desk, street).results)
    assert "P1-G" in said
    assert "Canary Lane" not in said
    assert rows[0].split(",", maxsplit=1)[0] not in said
