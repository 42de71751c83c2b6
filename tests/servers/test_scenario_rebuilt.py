"""The whole scenario's lake lost and made anew from landing."""

from __future__ import annotations

import shutil
from pathlib import Path

from csp.storage.home import Home
from csp.warehouse.duckdb_engine import DuckDBWarehouse
from csp.warehouse.lake_files import check_lake
from csp.warehouse.lake_rebuild import rebuild_lake
from csp.warehouse.verify import verify
from tests.borough.published import Published
from tests.warehouse.conftest import platform_at


def test_a_lost_lake_is_made_anew_to_the_same_checksums(borough: Published, tmp_path: Path) -> None:
    """All but what landing keeps no file of, which is named."""
    borough.platform.ledger.engine.dispose()
    shutil.copytree(borough.platform.home.root, tmp_path, dirs_exist_ok=True, symlinks=True)
    platform = platform_at(tmp_path, DuckDBWarehouse(Home(tmp_path)))
    home, ledger = platform.home, platform.ledger
    assert verify(platform).damage == []
    shutil.rmtree(home.root / "lake")
    results = rebuild_lake(home, ledger)
    not_made = {result.feed for result in results if result.result == "not made"}
    kept = {c.id for c in platform.registry if c.platform.kept_in_landing == "none"}
    assert not_made == kept & {result.feed for result in results}
    assert {r.result for r in results if r.feed not in not_made} == {"made anew"}
    made = {}
    for result in results:
        if result.result == "made anew":
            made.setdefault(result.feed, []).append(result.delivery_id)
    check_lake(home, ledger, made)
    assert {found.feed for found in verify(platform).damage} == not_made
