"""A held refresh: pack and table say STALE and why, and no longer so after the next one.

The page says so too; that is looked at in a browser, in tests/servers.
"""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from csp.kpi.scorecard import Scorecard, rewrite_scorecard, write_scorecard
from csp.storage.home import Home
from csp.warehouse.platform import Platform
from csp.warehouse.refresh import RefreshRun
from tests.scorecard.published import publish

REASON = "fire_lfb_incident, delivery 1a2b (late.csv): fewer rows than in any month before"


def pdf_text(path: Path) -> str:
    """All text of a PDF."""
    document = pypdfium2.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    """A platform of its own, because its refresh is held."""
    return publish(Home(tmp_path))


def stale_scorecard(platform: Platform) -> Scorecard:
    """The scorecard of a publication after a refresh was held."""
    write_scorecard(platform)
    RefreshRun.begin(platform).hold([REASON])
    rewritten = rewrite_scorecard(platform)
    assert rewritten is not None
    return rewritten


@pytest.fixture
def stale(platform: Platform) -> Scorecard:
    """The scorecard after a refresh was held."""
    return stale_scorecard(platform)


def test_pack_and_table_say_so_too(stale: Scorecard) -> None:
    text = pdf_text(stale.pdf)
    pages = len(pypdfium2.PdfDocument(stale.pdf))
    assert text.count("STALE") > pages
    assert "fewer rows than in any month before" in " ".join(text.split())
    assert ",stale," in stale.csv.read_text(encoding="utf-8-sig").splitlines()[1]


def test_marts_are_not_touched(platform: Platform) -> None:
    marts = platform.home.publication(1) / "warehouse.duckdb"
    before = (marts.read_bytes(), marts.stat().st_mtime_ns)
    write_scorecard(platform)
    RefreshRun.begin(platform).hold([REASON])
    rewrite_scorecard(platform)
    assert (marts.read_bytes(), marts.stat().st_mtime_ns) == before
    assert not list(platform.home.published.rglob("*.unfinished"))


def test_the_next_publication_is_current_again(platform: Platform, stale: Scorecard) -> None:
    publish(platform.home, number=2)
    fresh = write_scorecard(platform)
    assert not fresh.is_stale
    assert "STALE" not in fresh.html.read_text(encoding="utf-8")
    assert (platform.home.published / "current" / "scorecard.html").samefile(fresh.html)


def test_without_a_publication_there_is_none_to_rewrite(tmp_path: Path) -> None:
    platform = Platform(Home(tmp_path), Platform.from_environment().registry)
    assert rewrite_scorecard(platform) is None
