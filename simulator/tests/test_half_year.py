"""The half-year holds every feed, and what it says of its files is what a draw would say."""

from __future__ import annotations

import json
from pathlib import Path

from csp_simulator.borough_half_year import count_deliveries


def feeds(out: Path) -> dict[str, dict[str, int]]:
    """Files, rows and current rows of each feed, as its truth says."""
    return json.loads((out / "truth.json").read_text(encoding="utf-8"))["feeds"]


def test_counting_files_gives_what_the_draw_says(whole: Path) -> None:
    counted = count_deliveries(whole / "deliveries")
    assert {feed: vars(truth) for feed, truth in counted.items()} == feeds(whole)


def test_every_feed_is_sent_in_the_half_year(whole: Path, half: Path) -> None:
    assert set(feeds(half)) == set(feeds(whole))
    assert all(count > 0 for feed in feeds(half).values() for count in feed.values())


def test_each_file_of_the_half_year_is_one_of_the_whole(whole: Path, half: Path) -> None:
    root, sent = whole / "deliveries", half / "deliveries"
    for path in (path for path in sent.rglob("*") if path.is_file()):
        assert path.read_bytes() == (root / path.relative_to(sent)).read_bytes()
