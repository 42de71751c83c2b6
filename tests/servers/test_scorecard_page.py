"""The page in a real browser: the mart's numbers, for everybody, with nothing loaded or run."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from csp.kpi import words
from csp.kpi.scorecard import Scorecard, write_scorecard
from csp.kpi.scorecard.reading import MAPPED
from csp.storage.home import Home
from csp.warehouse.platform import Platform
from tests.scorecard.published import KPIS, catalogue_size, publish
from tests.servers.browsing import (
    figures_unlike_the_marts,
    shown_figures,
    unfold,
    violations,
)

MOST_BYTES = 1_500_000
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, written: Scorecard) -> Iterator[Page]:
    """The page on a desk and on a phone."""
    page = browser.new_page(viewport=request.param)
    page.goto(written.html.as_uri())
    yield page
    page.close()


@pytest.fixture(scope="module")
def desk(browser: Browser, written: Scorecard) -> Iterator[Page]:
    """The page on a desk, with everything in it unfolded."""
    page = browser.new_page(viewport=DESK)
    page.goto(written.html.as_uri())
    unfold(page)
    yield page
    page.close()


@pytest.mark.parametrize("unfolded", [False, True], ids=["folded", "unfolded"])
def test_nobody_is_shut_out(page: Page, axe: str, unfolded: bool) -> None:
    if unfolded:
        unfold(page)
    assert violations(page, axe) == []


def test_no_line_runs_over_the_side(page: Page) -> None:
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_nothing_is_loaded_and_nothing_runs(browser: Browser, written: Scorecard) -> None:
    page, asked = browser.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(written.html.as_uri(), wait_until="networkidle")
    page.close()
    assert [url for url in asked if not url.startswith("data:")] == [written.html.as_uri()]
    html = written.html.read_text(encoding="utf-8")
    assert "<script" not in html
    assert not re.search(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""", html)


def test_each_number_is_the_marts(desk: Page, platform: Platform) -> None:
    assert len(shown_figures(desk)) > 2 * len(KPIS)
    assert figures_unlike_the_marts(desk, platform.warehouse) == []


def test_each_kpi_is_shown_once_with_its_newest_figure(desk: Page, platform: Platform) -> None:
    main = desk.evaluate("""() => [...document.querySelectorAll('.kpi')].map(
        kpi => [kpi.querySelector('h3').innerText, kpi.querySelector('.id').innerText])""")
    catalogue = platform.warehouse.query(
        "select distinct kpi_id from dim_kpi where status = 'computed'"
    ).rows
    assert sorted(said.split()[0] for _, said in main) == sorted(kpi for (kpi,) in catalogue)


def test_zero_and_four_kinds_of_nothing_are_five_words(desk: Page) -> None:
    def figure_of(kpi_id: str) -> str:
        return desk.locator(f"#{kpi_id} .figure").inner_text()

    said = {
        "Zero": figure_of("K007"),
        "Missing": figure_of("K039"),
        "Not reported": figure_of("S33"),
        "Not mature": figure_of("K015"),
        "Suppressed": figure_of("K077"),
    }
    for word, text in said.items():
        assert word in text
        assert not [other for other in said if other != word and other in text]
    assert said["Suppressed"].startswith(words.SUPPRESSED_SIGN)
    legend = desk.locator("#reading").inner_text()
    assert all(word in legend for word in said)


def test_a_chart_says_in_words_what_it_shows(desk: Page) -> None:
    chart = desk.locator("#K021 .trend svg")
    assert chart.get_attribute("role") == "img"
    said = desk.locator("#K021 .trend svg desc").text_content() or ""
    assert "Break A in Apr 2020: lockdown." in said
    assert "limits" in said
    assert "Unusual" in desk.locator("#K021 .judgement").inner_text()
    assert "above the upper limit" in desk.locator("#K021 .judgement").inner_text()
    assert desk.locator("#K049 .trend svg").count() == 0


def test_what_is_not_computable_stands_there_with_its_reason(desk: Page) -> None:
    row = desk.locator("[data-not-computable=K037]").inner_text()
    assert "No feed carries bids before they are decided." in row
    assert "nearly £1m for one year" in desk.locator("#K050 .note").inner_text()


@pytest.mark.parametrize("kpi_id", MAPPED)
def test_each_ward_is_reached_by_keyboard_and_says_its_figure(page: Page, kpi_id: str) -> None:
    links = page.locator(f".ward[href^='#{kpi_id}-']")
    assert links.count() == 20
    page.evaluate(f"document.querySelector(\".ward[href^='#{kpi_id}-']\").focus()")
    seen = {}
    for _ in range(20):
        seen |= page.evaluate("""() => {
            const ward = document.activeElement
            const said = [...ward.querySelectorAll('.said')]
            return {[ward.dataset.ward]: [
                ward.getAttribute('aria-label'),
                said.map(text => text.textContent).join(': '),
                said.every(text => getComputedStyle(text).display !== 'none'),
            ]}}""")
        page.keyboard.press("Tab")
    assert len(seen) == 20
    for ward, (label, said, is_seen) in seen.items():
        row = page.locator(f"#{kpi_id}-{ward}")
        assert is_seen, ward
        assert label == said
        assert row.locator("th").inner_text() in label
        assert row.locator("td").first.inner_text() in label


def test_the_first_key_leads_past_the_menu(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_headings_come_in_order(desk: Page) -> None:
    levels = desk.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))


def test_the_whole_catalogue_keeps_the_size(
    browser: Browser, axe: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    large = write_scorecard(publish(Home(tmp_path_factory.mktemp("large")), catalogue_size()))
    assert large.html.stat().st_size <= MOST_BYTES
    page = browser.new_page(viewport=PHONE)
    page.goto(large.html.as_uri())
    assert page.locator(".kpi").count() >= 140
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def test_the_table_beside_the_page_has_what_it_shows(written: Scorecard, desk: Page) -> None:
    with written.csv.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    main = {(r["kpi_id"], r["breakdown"]): r for r in rows if r["is_main_figure"] == "True"}
    for cell in desk.locator(".figure [data-value]:not(.aside)").all():
        row = main[cell.get_attribute("data-kpi"), cell.get_attribute("data-breakdown")]
        assert row["value"] == cell.get_attribute("data-value")
        assert row["publication_state"] == "current"
    assert {"Not computable", "Zero", "Suppressed"} <= {row["status"] for row in rows}
