"""The scorecard of the whole scenario in a browser: the marts' figures, for everybody."""

from __future__ import annotations

from playwright.sync_api import Browser

from csp.kpi.scorecard import write_scorecard
from tests.borough.published import Published
from tests.servers.browsing import figures_unlike_the_marts, unfold, violations


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
