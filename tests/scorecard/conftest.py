"""A synthetic scorecard."""

from __future__ import annotations

import pytest

from csp.kpi.scorecard import Scorecard, write_scorecard
from csp.storage.home import Home
from csp.warehouse.platform import Platform
from tests.scorecard.published import publish


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """A platform with one synthetic publication."""
    return publish(Home(tmp_path_factory.mktemp("scorecard")))


@pytest.fixture(scope="session")
def written(platform: Platform) -> Scorecard:
    """Its scorecard."""
    return write_scorecard(platform)
