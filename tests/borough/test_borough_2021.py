"""Every feed of the scenario, from partner files to published tables."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml

from csp.warehouse.status import feed_status
from csp_simulator import DAY_AFTER

from .published import FEEDS, Published

FIGURES = yaml.safe_load(Path(__file__).with_name("figures.sql.yml").read_text(encoding="utf-8"))
#: Promised each month, but the simulated partner sends nothing in a month without a change.
SENT_ON_CHANGE = {"programme_funding_line", "programme_milestone"}


def test_no_file_is_rejected_and_no_row_held_back(borough: Published) -> None:
    verdicts = Counter(outcome.verdict for outcome in borough.outcomes)
    assert set(verdicts) == {"accepted", "repeat"}
    assert sum(o.quarantined_rows + o.rejected_lines for o in borough.outcomes) == 0
    written = sum(feed.files for feed in borough.truth.feeds.values())
    assert sum(verdicts.values()) == written


@pytest.mark.parametrize("feed", FEEDS)
def test_a_feed_counts_what_was_drawn(feed: str, borough: Published) -> None:
    assert borough.current_rows(feed) == borough.truth.feeds[feed].current


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_of_the_presentation_is_true_of_the_core_tables(
    figure: str, borough: Published
) -> None:
    assert borough.ask(FIGURES[figure]) == borough.truth.figures[figure]


def test_every_feed_tells_its_last_delivery_and_gate(borough: Published) -> None:
    platform, on_the_day = borough.platform, DAY_AFTER["borough-2021"]
    for feed in FEEDS:
        status = feed_status(platform.ledger, platform.registry.get(feed), on_the_day)
        assert status["last_delivery_at"], feed
        assert status["is_late"] == (feed in SENT_ON_CHANGE), feed
        later = feed_status(platform.ledger, platform.registry.get(feed), date(2024, 1, 1))
        assert later["is_late"], feed
        assert status["last_gate"] == "passed", feed


def test_what_analysts_may_not_read_row_by_row_is_in_no_publication(borough: Published) -> None:
    published = {
        row[0]
        for row in borough.platform.warehouse.query(
            "select table_name from information_schema.tables where table_schema = 'published'"
        ).rows
    }
    restricted = {
        row[0]
        for row in borough.platform.warehouse.candidate_query(
            "select table_name from information_schema.tables where table_schema = 'restricted'"
        ).rows
    }
    assert {"fct_treatment_journey", "fct_vawg_referral", "fct_marac_case"} <= restricted
    assert {"fct_recorded_crime", "fct_cctv_incident", "fct_civil_incident"} <= published
    assert not published & restricted
