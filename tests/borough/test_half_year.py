"""Every feed for six months: counted, the same on both engines, and no check that cannot fail."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from csp.contracts import ContractRegistry
from csp.contracts.dbt_models import core_names, core_schema
from csp.quality.duckdb_dialect import duckdb_url
from csp.quality.judge import judge
from csp.quality.warehouse_suite import warehouse_suite
from csp.warehouse.platform import Platform
from tests.postgresql import Server

from .parity import scorecard_rows, tables_that_differ
from .published import FEEDS, NOT_SIMULATED, Published, published_on_postgresql

CONTRACTS = list(ContractRegistry())
TABLES = [
    contract for contract in CONTRACTS if contract.platform.coreTable and contract.id in FEEDS
]


@pytest.fixture(scope="module")
def on_postgresql(
    half_year: Published, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Platform:
    """The same lake, published on PostgreSQL."""
    return published_on_postgresql(half_year.platform, tmp_path_factory.mktemp("pg_home"), server)


def test_no_file_is_rejected_and_no_row_held_back(half_year: Published) -> None:
    assert {outcome.verdict for outcome in half_year.outcomes} <= {"accepted", "repeat"}
    assert sum(o.quarantined_rows + o.rejected_lines for o in half_year.outcomes) == 0


@pytest.mark.parametrize("feed", FEEDS)
def test_a_feed_counts_what_was_drawn(feed: str, half_year: Published) -> None:
    assert half_year.current_rows(feed) == half_year.truth.feeds[feed].current


def test_every_core_and_kpi_table_is_the_same_on_both_engines(
    half_year: Published, on_postgresql: Platform
) -> None:
    assert tables_that_differ(half_year.platform, on_postgresql) == []


def test_the_scorecard_says_the_same_on_both_engines(
    half_year: Published, on_postgresql: Platform
) -> None:
    assert scorecard_rows(on_postgresql) == scorecard_rows(half_year.platform)


def spoilt(kind: str) -> dict[str, str]:
    """Check → statement that makes it fail, of one kind of check on tables made from contracts."""
    found = {}
    for contract in TABLES:
        core = contract.platform.coreTable
        table, first = f"{core_schema(contract)}.{core.name}", "rowid = (select min(rowid) from {})"
        where = first.format(table)
        names = core_names(contract, core)
        has_key = contract.platform.grain.key and all(
            name in names for name in contract.platform.grain.key
        )
        twice = f"insert into {table} from {table} where {where}"
        if kind == "key" and has_key and not core.history:
            found[f"WH-KEY-{core.name}"] = twice
        if kind == "key" and core.history:
            current = f"(select min(rowid) from {table} where is_current)"
            found[f"WH-VERSION-{core.name}"] = (
                f"insert into {table} from {table} where rowid = {current}"
            )
        if kind == "rows" and not core.history:
            found[f"WH-ROWS-{core.name}"] = f"delete from {table} where {where}"
        if kind == "value" and core.date:
            found[f"WH-DAY-{core.name}"] = (
                f"update {table} set event_date = date '1899-01-01' where {where}"
            )
        if kind == "value" and (core.ward or core.lsoa):
            found[f"WH-AREA-{core.name}"] = f"update {table} set area_code = 'x' where {where}"
    if kind == "value":
        found |= {
            f"WH-LAKE-{feed}": "update lake.delivery_period set row_count = row_count + 1 where "
            f"rowid = (select min(rowid) from lake.delivery_period where feed = '{feed}')"
            for feed in FEEDS
        }
    return found


@pytest.mark.parametrize("kind", ["key", "rows", "value"])
def test_each_check_made_from_a_contract_fails_on_a_spoilt_table(
    kind: str, half_year: Published, tmp_path: Path
) -> None:
    candidate = half_year.platform.home.candidate_file
    copy = Path(shutil.copy(candidate, tmp_path / candidate.name))
    statements = spoilt(kind)
    with duckdb.connect(str(copy)) as connection:
        for statement in statements.values():
            connection.execute(statement)
    suite = [check for check in warehouse_suite(CONTRACTS) if check.id in statements]
    assert {check.id for check in suite} == set(statements)
    judged = judge(duckdb_url(str(copy)), suite)
    assert [j.check.id for j in judged if j.passed] == []
    assert [j.check.id for j in judged if "could not be judged" in j.observed] == []


def test_every_check_made_from_a_contract_has_a_spoilt_table() -> None:
    covered = {check for kind in ("key", "rows", "value") for check in spoilt(kind)}
    made = {
        check.id
        for check in warehouse_suite(CONTRACTS)
        if check.id.startswith(("WH-KEY-", "WH-ROWS-", "WH-VERSION-", "WH-DAY-", "WH-LAKE-"))
    }
    unfilled = {
        check
        for check in made - covered
        if any(check.endswith(name) for name in ("fct_animal_rescue", "fct_published_treatment"))
        or check.removeprefix("WH-LAKE-") in NOT_SIMULATED
    }
    assert made - covered == unfilled
