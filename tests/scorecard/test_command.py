"""`csp scorecard` and `csp kpi` say in a terminal what the page says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from csp.cli import app
from csp.warehouse.platform import Platform
from tests.scorecard.published import LAST


def csp(platform: Platform, *arguments: str) -> Result:
    """A command on the synthetic publication."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CSP_HOME", str(platform.home.root))
        patch.setenv("CSP_WAREHOUSE", "duckdb")
        done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return done


def test_scorecard_says_where_its_files_are(platform: Platform) -> None:
    facts = json.loads(csp(platform, "scorecard", "--json").output)
    assert not facts["is_stale"]
    for kind in ("html", "pdf", "csv"):
        path = Path(facts[kind])
        assert path.parent == platform.home.publication(1)
        assert path.stat().st_size > 0


def test_kpi_shows_process_control_and_the_last_months(platform: Platform) -> None:
    shown = csp(platform, "kpi", "K021").output
    assert "126 incidents" in shown
    assert "above the upper limit" in shown
    assert "█" in shown
    assert "data up to 2021-10-31" in shown


def test_kpi_shows_the_newest_period_though_it_has_no_figure(platform: Platform) -> None:
    rows = json.loads(csp(platform, "kpi", "K077", "--json").output)
    newest = [row for row in rows if row["period_end"] == f"{LAST}"]
    assert {row["status"] for row in newest} == {"suppressed"}
    assert {row["value"] for row in newest} == {None}
    assert all(row["trend"].endswith("*") for row in newest)
    assert any(row["value"] is not None for row in rows)
    assert "suppressed" in csp(platform, "kpi", "K077").output
