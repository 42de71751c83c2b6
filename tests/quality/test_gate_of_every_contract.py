"""Every gate check that a contract says passes its good file and fails its bad one.

The files are made from the contract's own samples; the two feeds with hand-made months are judged
in test_every_delivery_check_can_fail.py.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from csp.contracts import Contract, ContractRegistry
from csp.contracts.checks import GateCheck
from csp.contracts.columns import Column
from csp.contracts.periods import LONGEST, first_of_period
from csp.contracts.platform import FILE_PERIOD
from csp.contracts.samples import numbered, valid_row
from csp.ingest.recognise import facts_of_name, period_in_name
from csp.ledger.open_deliveries import open_deliveries
from csp.quality.delivery_gate import DeliveryGate
from csp.quality.period_measures import LIKE

from .test_every_delivery_check_can_fail import BAD

if TYPE_CHECKING:
    from tests.conftest import Desk

USUAL_ROWS = 40
CONTRACTS = [
    contract
    for contract in ContractRegistry()
    if not {check.id for check in contract.gate_checks} <= set(BAD)
]
FEEDS = [contract.id for contract in CONTRACTS if contract.gate_checks]
CHECKS = [(contract.id, check.id) for contract in CONTRACTS for check in contract.gate_checks]
QUARTER = re.compile(r"\d{4}-?Q[1-4]")
Sent = tuple[str, str]


def written_like(sample: str, day: date) -> str:
    """A day in the form that a sample of a name has."""
    if "Q" in sample:
        return f"{day.year}{'-' if '-' in sample else ''}Q{(day.month - 1) // 3 + 1}"
    whole = day.isoformat() if "-" in sample else f"{day:%Y%m%d}"
    return whole[: len(sample)]


def later(column: Column, field: str, by: timedelta) -> tuple[date, str]:
    """A day or time so much later, as a date and as it was written."""
    for code in column.platform.readFormats or ["%Y-%m-%d"]:
        try:
            moment = datetime.strptime(field, code) + by
        except ValueError:
            continue
        return moment.date(), moment.strftime(code)
    moment = datetime.fromisoformat(field) + by
    return moment.date(), moment.isoformat()


def shifted(contract: Contract, row: dict[str, str], by: timedelta) -> dict[str, str]:
    """The row with every day and time in it so much later, in fields and in wide headers."""
    layout, moved = contract.platform.layouts[0], dict(row)
    for column in contract.columns:
        header = next(iter(column.headers(layout.name)), "")
        if column.type not in ("date", "timestamp"):
            continue
        if layout.unpivot and header == layout.unpivot.name:
            wide = next(name for name in row if re.fullmatch(layout.unpivot.headers, name))
            moved = {later(column, k, by)[1] if k == wide else k: v for k, v in moved.items()}
        elif moved.get(header):
            moved[header] = later(column, moved[header], by)[1]
    quarters = {k: v for k, v in moved.items() if QUARTER.fullmatch(v)}
    return moved | {k: written_like(v, period_in_name(v) + by) for k, v in quarters.items()}


def file_of(contract: Contract, day: date, changes: list[dict[str, str]]) -> Sent:
    """Name and content of a file of the period that begins on a day."""
    platform, valid = contract.platform, valid_row(contract)
    name, by = platform.fileNameExample, day - first_day(contract)
    if platform.grain.period == FILE_PERIOD:  # the last day of a month has none in February
        named = facts_of_name(name, contract).period_start
        by = day + min(named - first_day(contract), timedelta(27)) - named
    found = next(re.search(p, name) for p in platform.fileNames if re.search(p, name))
    for group in ("period", "release"):
        said = found.groupdict().get(group)
        start = period_in_name(said)
        if start:
            name = name.replace(said, written_like(said, start + by), 1)
            break
    rows = []
    for number, change in enumerate(changes, 1):
        row = {header: numbered(field, number) for header, field in (valid | change).items()}
        rows.append(shifted(contract, row, by))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return name, text.getvalue()


def first_day(contract: Contract) -> date:
    """First day of the period that the contract's sample is of."""
    platform = contract.platform
    kind, period = platform.grain.periodKind, platform.grain.period
    if period == FILE_PERIOD:
        facts = facts_of_name(platform.fileNameExample, contract)
        return first_of_period(facts.period_start, kind)
    layout, row = platform.layouts[0], valid_row(contract)
    column = next(c for c in contract.columns if c.name == period)
    if column.is_computed:  # no field says it, so the samples stay in their own period
        return date(2021, 1, 1)
    header = column.headers(layout.name)[0]
    wide = layout.unpivot and header == layout.unpivot.name
    field = next(n for n in row if re.fullmatch(layout.unpivot.headers, n)) if wide else row[header]
    return first_of_period(later(column, numbered(field, 1), timedelta())[0], kind)


def days_before(contract: Contract) -> list[date]:
    """First days of enough earlier periods like the sample's."""
    kind = contract.platform.grain.periodKind
    step = 7 if kind == "day" else LONGEST[kind]
    days, day = [], first_day(contract)
    for _ in range(LIKE[kind].fewest):
        day = first_of_period(day - timedelta(step if kind == "day" else 1), kind)
        days.append(day)
    return days


def bad_files(contract: Contract, check: GateCheck) -> list[Sent]:
    """Files after the last of which the check fails."""
    rule, day = check.implementation, first_day(contract)
    if check.id.endswith("-G-KEY"):
        row = valid_row(contract)
        grain = contract.platform.grain
        layout = contract.platform.layouts[0].name
        named = {*grain.key, grain.version}
        headers = [c.headers(layout) for c in contract.columns if c.name in named]
        same = {h[0]: numbered(row[h[0]], 1) for h in headers if h and h[0] in row}
        return [file_of(contract, day, [{}] * 9 + [same])]
    if rule.bad:
        bad = round(rule.bad.rows * rule.bad.share)
        rows = [dict(rule.bad.change)] * bad + [{}] * (rule.bad.rows - bad)
        return [file_of(contract, day, rows)]
    usual = [{}] * USUAL_ROWS
    if rule.profile == "revision_ratio":
        return [file_of(contract, day, usual), file_of(contract, day, usual[:10])]
    if rule.profile == "volume_ratio":
        rows = int(USUAL_ROWS * rule.min / 2) if rule.min else int(USUAL_ROWS * rule.max * 1.5)
        before = [file_of(contract, earlier, usual) for earlier in days_before(contract)]
        return [*before, file_of(contract, day, usual[:1] * max(rows, 1))]
    held = next(c for c in contract.row_checks if c.severity == "quarantine")
    faulty = [dict(held.implementation.bad[0])] * 5
    return [file_of(contract, day, usual + faulty)]


def spoil_lake(desk: Desk, contract: Contract, delivery: str, change: dict[str, str]) -> None:
    """Change lake rows as a fault of ingest would; for what no file can bring about."""
    rows = desk.home.lake_delivery(contract.id, delivery) / "rows.parquet"
    if not change:
        return
    replaced = ", ".join(f"{expression} as {column}" for column, expression in change.items())
    spoilt = rows.with_name("spoilt.parquet")
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * replace ({replaced}) from '{rows}') to '{spoilt}' (format parquet)"
        )
    spoilt.replace(rows)


@pytest.fixture
def sent(desk: Desk) -> Callable[[Contract, list[Sent]], str]:
    """Takes files in, the last of which is judged; gives the last delivery."""

    def take(contract: Contract, files: list[Sent]) -> str:
        outcomes = [
            desk.take_text(name, content, feed=contract.id)
            for number, (name, content) in enumerate(files)
        ]
        assert {outcome.verdict for outcome in outcomes} == {"accepted"}, outcomes[-1].reason
        return outcomes[-1].delivery_id

    return take


@pytest.mark.parametrize(("feed", "check_id"), CHECKS)
def test_the_bad_file_fails_its_check_and_is_held_when_that_is_critical(
    feed: str,
    check_id: str,
    desk: Desk,
    registry: ContractRegistry,
    sent: Callable[[Contract, list[Sent]], str],
) -> None:
    contract = registry.get(feed)
    check = next(check for check in contract.gate_checks if check.id == check_id)
    delivery = sent(contract, bad_files(contract, check))
    if bad := check.implementation.bad:
        spoil_lake(desk, contract, delivery, bad.lake)
    verdicts = DeliveryGate(contract, desk.home, desk.ledger, [check]).run().results
    (verdict,) = (v for v in verdicts if (v.delivery_id, v.check_id) == (delivery, check_id))
    assert not verdict.passed, verdict.observed
    assert "could not be judged" not in verdict.observed
    if check.severity == "critical":
        assert delivery in {waiting.delivery_id for waiting in open_deliveries(desk.ledger)}


def good_rows(check: GateCheck) -> list[dict[str, str]]:
    """Rows of a file that passes a check."""
    rule = check.implementation
    plenty = max(rule.leastRows, rule.bad.rows if rule.bad else USUAL_ROWS)
    return [dict(row) for row in islice(cycle(rule.good or [{}]), plenty)]


@pytest.mark.parametrize("feed", FEEDS)
def test_the_good_file_of_each_check_passes_it(
    feed: str,
    tmp_path: Path,
    registry: ContractRegistry,
    desk_at: Callable[[Path, ContractRegistry], Desk],
) -> None:
    contract = registry.get(feed)
    alike: list[tuple[list[dict[str, str]], list[GateCheck]]] = []
    for check in contract.gate_checks:
        rows = good_rows(check)
        checks = next((checks for known, checks in alike if known == rows), None)
        if checks is None:
            alike.append((rows, [check]))
        else:
            checks.append(check)
    for number, (rows, checks) in enumerate(alike):
        (folder := tmp_path / str(number)).mkdir()
        desk = desk_at(folder, registry)
        name, content = file_of(contract, first_day(contract), rows)
        outcome = desk.take_text(name, content, feed=feed)
        assert outcome.verdict == "accepted", outcome.reason
        verdicts = DeliveryGate(contract, desk.home, desk.ledger, checks).run().results
        judged = {v.check_id for v in verdicts if v.delivery_id == outcome.delivery_id}
        assert judged >= {check.id for check in checks}
        assert [str(verdict) for verdict in verdicts if not verdict.passed] == []
