"""A browser, and a synthetic scorecard to look at in it."""

from __future__ import annotations

from tests.scorecard.conftest import platform, written
from tests.servers.browsing import axe, browser

__all__ = ["axe", "browser", "platform", "written"]
