"""Every feed of the scenario, from partner files to published tables, on both engines."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml
from playwright.sync_api import Browser

from csp.contracts import ContractRegistry
from csp.contracts.dbt_models import core_names, core_schema, staging_name
from csp.kpi.scorecard import write_scorecard
from csp.quality.duckdb_dialect import duckdb_url
from csp.quality.judge import judge
from csp.quality.warehouse_suite import warehouse_suite
from csp.warehouse.engine import UNCOUNTED_COLUMN
from csp.warehouse.platform import Platform
from csp.warehouse.refresh import refresh
from csp.warehouse.status import feed_status
from csp_simulator import DAY_AFTER
from tests.postgresql import Server
from tests.scorecard.browsing import figures_unlike_the_marts, unfold, violations
from tests.warehouse.conftest import platform_at

from .conftest import Published

FIGURES = yaml.safe_load(Path(__file__).with_name("figures.sql.yml").read_text(encoding="utf-8"))
#: Promised each month, but the simulated partner sends nothing in a month without a change.
SENT_ON_CHANGE = {"programme_funding_line", "programme_milestone"}
CONTRACTS = list(ContractRegistry())
#: Feeds that only real files fill; the scenario has none of them.
NOT_SIMULATED = {"fire_lfb_animal_rescue", "treatment_viewit"}
FEEDS = [contract.id for contract in CONTRACTS if contract.id not in NOT_SIMULATED]
TABLES = [
    contract
    for contract in CONTRACTS
    if contract.platform.coreTable and contract.id not in NOT_SIMULATED
]


@pytest.fixture(scope="module")
def on_postgresql(
    borough: Published,
    server: Server,
    tmp_path_factory: pytest.TempPathFactory,
) -> Platform:
    """The same lake, published on PostgreSQL."""
    borough.platform.ledger.engine.dispose()
    home = tmp_path_factory.mktemp("borough_pg_home")
    left = shutil.ignore_patterns("landing", "warehouse", "published", "scratch", "dbt")
    shutil.copytree(borough.platform.home.root, home, dirs_exist_ok=True, ignore=left)
    platform = platform_at(home, server.fresh_database())
    refresh(platform)
    return platform


def test_no_file_is_rejected_and_no_row_held_back(borough: Published) -> None:
    verdicts = Counter(outcome.verdict for outcome in borough.outcomes)
    assert set(verdicts) == {"accepted", "repeat"}
    assert sum(o.quarantined_rows + o.rejected_lines for o in borough.outcomes) == 0
    written = sum(feed.files for feed in borough.truth.feeds.values())
    assert sum(verdicts.values()) == written


@pytest.mark.parametrize("feed", FEEDS)
def test_a_feed_counts_what_was_drawn(feed: str, borough: Published) -> None:
    contract = borough.platform.registry.get(feed)
    by_hand = feed in ("police_street_crime", "fire_lfb_incident")
    counted = borough.ask(
        f"select sum(row_count) from core.fct_release where feed = '{feed}' and is_current"
        if by_hand
        else f"select count(*) from staging.{staging_name(contract)} where is_current"
    )
    assert counted == borough.truth.feeds[feed].current


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_of_the_presentation_is_true_of_the_core_tables(
    figure: str, borough: Published
) -> None:
    assert borough.ask(FIGURES[figure]) == borough.truth.figures[figure]


def test_every_feed_tells_its_last_delivery_and_gate(borough: Published) -> None:
    platform, on_the_day = borough.platform, DAY_AFTER["borough-2021"]
    for feed in FEEDS:
        status = feed_status(platform.ledger, platform.registry.get(feed), on_the_day)
        assert status["last_delivery_at"], feed
        assert status["is_late"] == (feed in SENT_ON_CHANGE), feed
        later = feed_status(platform.ledger, platform.registry.get(feed), date(2024, 1, 1))
        assert later["is_late"], feed
        assert status["last_gate"] == "passed", feed


def test_what_analysts_may_not_read_row_by_row_is_in_no_publication(borough: Published) -> None:
    published = {
        row[0]
        for row in borough.platform.warehouse.query(
            "select table_name from information_schema.tables where table_schema = 'published'"
        ).rows
    }
    restricted = {
        row[0]
        for row in borough.platform.warehouse.candidate_query(
            "select table_name from information_schema.tables where table_schema = 'restricted'"
        ).rows
    }
    assert {"fct_treatment_journey", "fct_vawg_referral", "fct_marac_case"} <= restricted
    assert {"fct_recorded_crime", "fct_cctv_incident", "fct_civil_incident"} <= published
    assert not published & restricted


def tables_of(platform: Platform) -> list[str]:
    """Every built table, published or not."""
    found = platform.warehouse.candidate_query(
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_schema in ('core', 'kpi', 'restricted') and table_type = 'BASE TABLE' "
        "order by 1"
    )
    return [row[0] for row in found.rows]


def shown(value: object) -> object:
    """A value as it is compared: a sum's last bits hang on the order of adding."""
    return float(f"{value:.12g}") if isinstance(value, float) else value


def counted(platform: Platform, table: str) -> tuple[list[str], Counter]:
    """Columns and rows of a table; the number of the publication is not among them."""
    found = platform.warehouse.candidate_query(f"select * from {table}")
    kept = [at for at, name in enumerate(found.columns) if name != UNCOUNTED_COLUMN]
    rows = Counter(tuple(shown(row[at]) for at in kept) for row in found.rows)
    return [found.columns[at] for at in kept], rows


def test_every_core_and_kpi_table_is_the_same_on_both_engines(
    borough: Published, on_postgresql: Platform
) -> None:
    tables = tables_of(borough.platform)
    assert tables == tables_of(on_postgresql)
    assert len(tables) > 70
    for table in tables:
        mine, other = (counted(platform, table) for platform in (borough.platform, on_postgresql))
        assert mine == other, table


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
            f"WH-LAKE-{feed}": "update lake.delivery_cell set row_count = row_count + 1 where "
            f"rowid = (select min(rowid) from lake.delivery_cell where feed = '{feed}')"
            for feed in FEEDS
        }
    return found


@pytest.mark.parametrize("kind", ["key", "rows", "value"])
def test_each_check_made_from_a_contract_fails_on_a_spoilt_table(
    kind: str, borough: Published, tmp_path: Path
) -> None:
    candidate = borough.platform.home.candidate_file
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


def test_the_scorecard_says_what_the_marts_say_to_everybody(
    borough: Published, browser: Browser, axe: str
) -> None:
    written = write_scorecard(borough.platform)
    assert written.html.stat().st_size <= 1_500_000
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(written.html.as_uri())
    unfold(page)
    assert figures_unlike_the_marts(page, borough.platform.warehouse) == []
    assert violations(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def test_the_scorecard_says_the_same_on_both_engines(
    borough: Published, on_postgresql: Platform
) -> None:
    def rows(platform: Platform) -> list[dict[str, str]]:
        with write_scorecard(platform).csv.open(encoding="utf-8-sig", newline="") as stream:
            return [row | {"publication_id": ""} for row in csv.DictReader(stream)]

    assert rows(on_postgresql) == rows(borough.platform)
