"""A browser, and what is shown in it: a synthetic scorecard, and the scenario's."""

from __future__ import annotations

from tests.borough.conftest import borough
from tests.scorecard.conftest import platform, written
from tests.servers.browsing import axe, browser

__all__ = ["axe", "borough", "browser", "platform", "written"]
