"""The half-year holds every feed, and what it says of its files is what a draw would say."""

from __future__ import annotations

from pathlib import Path

import pytest

from csp_simulator import simulate
from csp_simulator.borough_2021.truth import BoroughTruth
from csp_simulator.borough_half_year import count_deliveries

SMALL = 0.1


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> tuple[Path, BoroughTruth]:
    """The whole scenario, small, and what its draw says of it."""
    out = tmp_path_factory.mktemp("whole")
    return out, simulate("borough-2021", out, scale=SMALL, seeds=seeds)


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> tuple[Path, BoroughTruth]:
    """The half-year of the same volume, and what it says of itself."""
    out = tmp_path_factory.mktemp("half")
    return out, simulate("borough-half-year", out, scale=5 * SMALL, seeds=seeds)


def test_counting_files_gives_what_the_draw_says(whole: tuple[Path, BoroughTruth]) -> None:
    out, truth = whole
    assert count_deliveries(out / "deliveries") == truth.feeds


def test_every_feed_is_sent_in_the_half_year(
    whole: tuple[Path, BoroughTruth], half: tuple[Path, BoroughTruth]
) -> None:
    _, sent = half
    assert set(sent.feeds) == set(whole[1].feeds)
    assert all(feed.files and feed.rows and feed.current for feed in sent.feeds.values())


def test_each_file_of_the_half_year_is_one_of_the_whole(
    whole: tuple[Path, BoroughTruth], half: tuple[Path, BoroughTruth]
) -> None:
    root, sent = whole[0] / "deliveries", half[0] / "deliveries"
    for path in (path for path in sent.rglob("*") if path.is_file()):
        assert path.read_bytes() == (root / path.relative_to(sent)).read_bytes()
