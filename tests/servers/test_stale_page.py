"""A held refresh in a browser: the page says STALE before anything else, and why."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from csp.storage.home import Home
from tests.scorecard.published import publish
from tests.scorecard.test_stale import REASON, stale_scorecard
from tests.servers.browsing import violations


def test_a_stale_page_says_so_first_and_why(browser: Browser, axe: str, tmp_path: Path) -> None:
    stale = stale_scorecard(publish(Home(tmp_path)))
    page = browser.new_page()
    page.goto(stale.html.as_uri())
    assert page.title().startswith("STALE")
    banner = page.locator(".stale")
    assert "STALE" in banner.inner_text()
    assert REASON in banner.inner_text()
    assert page.locator("body > *:visible").nth(1).get_attribute("class") == "stale"
    assert "stale" in page.locator("[data-publication]").inner_text()
    assert violations(page, axe) == []
    page.emulate_media(media="print")
    assert banner.is_visible()
    page.close()
