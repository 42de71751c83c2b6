"""Damage planted in publications is found and named, on both engines."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from csp.kpi.scorecard import write_scorecard
from csp.storage.home import Home
from csp.warehouse.duckdb_engine import FILE_NAME, DuckDBWarehouse
from csp.warehouse.lifecycle import recover
from csp.warehouse.platform import Platform
from csp.warehouse.postgres_engine import PostgresWarehouse
from csp.warehouse.refresh import refresh
from csp.warehouse.status import publication_status
from csp.warehouse.verify import verify

from .conftest import ENGINES, Year, platform_at, take

CELLS = "kpi_observation"
Publish = Callable[[str, Path], Platform]


def told(platform: Platform) -> set[tuple[str, str]]:
    """Kind and place of all damage that is found."""
    return {(found.kind, found.place) for found in verify(platform).damage}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_changed_value_is_found_in_the_published_table(
    engine: str, published_year: Publish, tmp_path: Path
) -> None:
    platform = published_year(engine, tmp_path / "home")
    assert told(platform) == set()
    change = f"update published.{CELLS} set numerator = numerator + 1 where kpi_id = 'S01'"
    if isinstance(platform.warehouse, PostgresWarehouse):
        platform.warehouse._execute(change)
        assert told(platform) == {("changed", f"schema published, table {CELLS}")}
        return
    folder = platform.home.publication(1)
    with duckdb.connect(str(folder / FILE_NAME)) as connection:
        connection.execute(change)
    assert told(platform) == {("changed", f"published/publication-0001/{FILE_NAME}")}


def test_a_changed_cut_or_lost_copy_is_found(published_year: Publish, tmp_path: Path) -> None:
    platform = published_year("duckdb", tmp_path / "home")
    copies = platform.home.publication(1) / "parquet"
    changed, cut, lost = (copies / f"{n}.parquet" for n in (CELLS, "fct_release", "dim_kpi"))
    with duckdb.connect() as connection:
        connection.execute(f"create table t as from read_parquet('{changed}')")
        connection.execute("update t set numerator = numerator + 1 where kpi_id = 'S01'")
        connection.execute(f"copy t to '{changed}' (format parquet)")
    cut.write_bytes(cut.read_bytes()[:-9])
    lost.unlink()
    shutil.copy(changed, copies / "another.parquet")
    root = platform.home.root
    assert told(platform) == {
        ("changed", str(changed.relative_to(root))),
        ("unreadable", str(cut.relative_to(root))),
        ("missing", str(lost.relative_to(root))),
        ("surplus", str((copies / "another.parquet").relative_to(root))),
    }


def test_a_broken_database_never_breaks_the_looking(
    published_year: Publish, tmp_path: Path
) -> None:
    platform = published_year("duckdb", tmp_path / "home")
    path = platform.home.publication(1) / FILE_NAME
    content, drawn = path.read_bytes(), random.Random(3)  # noqa: S311 - which places are tried
    found = 0
    for _ in range(6):
        broken = bytearray(content)
        at = drawn.randrange(len(broken) - 5000)
        broken[at : at + 5000] = bytes(b ^ 0xFF for b in broken[at : at + 5000])
        path.write_bytes(broken)
        found += bool(told(platform))
    # What is damaged may be a block that holds nothing.
    assert found >= 4
    path.write_bytes(content[: len(content) // 2])
    assert told(platform) <= {
        ("unreadable", f"published/publication-0001/{FILE_NAME}"),
        ("changed", f"published/publication-0001/{FILE_NAME}"),
    } and told(platform)
    path.unlink()
    assert told(platform) == {("missing", f"published/publication-0001/{FILE_NAME}")}


def test_what_is_current_and_what_is_kept_are_what_the_ledger_knows(
    year: Year, published_year: Publish, tmp_path: Path
) -> None:
    platform = published_year("duckdb", tmp_path / "home")
    take(platform, year.last_fires_less(1, tmp_path))
    refresh(platform)
    published, current = platform.home.published, platform.home.published / "current"
    assert told(platform) == set()
    current.unlink()
    assert told(platform) == {("missing", "published/current")}
    current.symlink_to("publication-0001")
    assert told(platform) == {("contradicts", "published/current")}
    platform.home.make_current(2)
    shutil.copytree(platform.home.publication(2), platform.home.publication(7))
    assert told(platform) == {("surplus", "published/publication-0007")}
    shutil.rmtree(platform.home.publication(7))
    (published / "state.json").write_text("{", encoding="utf-8")
    assert told(platform) == {("unreadable", "published/state.json")}
    shutil.rmtree(platform.home.publication(2))
    assert ("missing", "published/publication-0002") in told(platform)


def test_publications_outlive_the_loss_of_the_link_to_the_current_one(
    published_year: Publish, tmp_path: Path
) -> None:
    """Only what the ledger does not know was left by a publishing that broke off."""
    platform = published_year("duckdb", tmp_path / "home")
    shutil.copytree(platform.home.publication(1), platform.home.publication(2))
    (platform.home.published / "current").unlink()
    recover(platform)
    assert platform.home.publication_numbers() == [1]
    platform.home.make_current(1)
    assert told(platform) == set()


def test_a_moved_data_root_works_and_reads_nothing_of_the_old_one(
    year: Year, published_year: Publish, tmp_path: Path
) -> None:
    published_year("duckdb", tmp_path / "old").ledger.engine.dispose()
    (tmp_path / "old").rename(tmp_path / "new")
    home = Home(tmp_path / "new")
    platform = platform_at(home.root, DuckDBWarehouse(home))
    assert told(platform) == set()
    location = publication_status(platform)["location"]
    assert location == str(home.publication(1) / FILE_NAME)
    take(platform, year.last_fires_less(1, tmp_path))
    assert refresh(platform) == 2
    assert write_scorecard(platform).html.is_relative_to(home.root)
    assert told(platform) == set()
    assert not (tmp_path / "old").exists()
