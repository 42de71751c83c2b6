"""A real browser on a synthetic scorecard."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from csp.kpi.scorecard import Scorecard, write_scorecard
from csp.lake import Home
from csp.warehouse.platform import Platform
from tests.scorecard.published import publish

AXE = Path(__file__).parents[2] / ".ci" / "cache" / "axe-core" / "package" / "axe.min.js"


def _needed(what: str) -> None:
    """Skip where a tool is absent; fail where it must not be."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}, and CI must not do without it")
    pytest.skip(f"{what}; .ci/browser installs it")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, as the system has it."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        _needed("no Chromium is installed")
    with sync_playwright() as playwright:
        # A container gives a browser no sandbox of its own; the page is ours.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility engine, as script."""
    if not AXE.exists():
        _needed("axe-core is not there")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """A platform with one synthetic publication."""
    return publish(Home(tmp_path_factory.mktemp("scorecard")))


@pytest.fixture(scope="session")
def written(platform: Platform) -> Scorecard:
    """Its scorecard."""
    return write_scorecard(platform)
