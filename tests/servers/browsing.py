"""A real browser for tests of the scorecard, and what they ask of a page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from csp.kpi import words
from csp.warehouse.engine import Warehouse

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CELLS = """
    select kpi_id, breakdown, period_kind, cast(period_end as text) as period_end, area_code,
        area_kind, value, lower, upper, unit, status
    from kpi_observation
"""
AXE = Path(__file__).parents[2] / ".ci" / "cache" / "axe-core" / "package" / "axe.min.js"


INSTALL = "; install it first with: .ci/browser"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, as the system has it."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail(f"no Chromium is installed{INSTALL}")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - few tests need a browser

    with sync_playwright() as playwright:
        # A container gives a browser no sandbox of its own; the page is ours.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility engine, as script."""
    if not AXE.exists():
        pytest.fail(f"axe-core is not there{INSTALL}")
    return AXE.read_text(encoding="utf-8")


def violations(page: Page, axe: str) -> list[str]:
    """What axe finds, one sentence for each node."""
    page.evaluate(axe)
    found = page.evaluate("async () => (await axe.run()).violations")
    return [f"{v['id']}: {node['html'][:200]}" for v in found for node in v["nodes"]]


def unfold(page: Page) -> None:
    """Open everything that is folded."""
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")


def shown_figures(page: Page) -> list[dict[str, Any]]:
    """Every figure of the page: its data, and what a reader sees."""
    return page.evaluate("""() => [...document.querySelectorAll('[data-value]')].map(
        element => ({...element.dataset, text: element.innerText.replace(/\\s+/g, ' ').trim()}))""")


def figures_unlike_the_marts(page: Page, warehouse: Warehouse) -> list[str]:
    """Figures of the page whose data or visible text are not what the mart holds."""
    mart = {
        (r["kpi_id"], r["breakdown"], r["period_kind"], r["period_end"], r["area_code"]): r
        for r in warehouse.query(CELLS).as_records()
    }
    (borough,) = {key[-1] for key, row in mart.items() if row["area_kind"] == "borough"}
    wrong = []
    for cell in shown_figures(page):
        if "periodKind" not in cell:
            continue
        key = (cell["kpi"], cell["breakdown"], cell["periodKind"], cell["periodEnd"])
        row = mart[(*key, cell.get("area", borough))]
        data = [None if cell[n] == "" else float(cell[n]) for n in ("value", "lower", "upper")]
        if data != [row["value"], row["lower"], row["upper"]] or cell["status"] != row["status"]:
            wrong.append(f"{key}: the data are {cell}, the mart has {row}")
        if row["value"] is not None:
            said = words.number(row["value"], row["unit"])
        elif row["status"] == "suppressed":
            said = words.SUPPRESSED_SIGN
        else:
            said = words.status_word(row["status"], None)
        if said not in cell["text"].replace("+", ""):
            wrong.append(f"{key}: a reader sees {cell['text']}, the mart says {said}")
    return wrong
