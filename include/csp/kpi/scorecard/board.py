"""The whole scorecard of one publication: themes, ward maps, and how good the data are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from csp.kpi.scorecard.facts import Figure, Series
from csp.kpi.scorecard.themes import Theme


@dataclass(frozen=True)
class WardValue:
    """One KPI's figure in one ward."""

    ward_code: str
    ward_name: str
    figure: Figure


@dataclass(frozen=True)
class WardMap:
    """One KPI ward by ward, with the borough beside it."""

    series: Series
    wards: list[WardValue]
    borough: Figure | None

    @property
    def period(self) -> str:
        """The period of all its figures."""
        return self.wards[0].figure.period


@dataclass(frozen=True)
class FeedState:
    """A feed that is late, or has sent nothing."""

    name: str
    owner: str
    said: str


@dataclass(frozen=True)
class Quality:
    """What a reader must know of the data before trusting a figure."""

    judged_on: date
    feeds: int
    late: list[FeedState]
    silent: list[FeedState]
    warnings: list[str]
    waiting: list[str]

    @property
    def on_time(self) -> int:
        """Feeds that keep their promise."""
        return self.feeds - len(self.late) - len(self.silent)


@dataclass(frozen=True)
class Board:
    """The whole scorecard of one publication."""

    borough: str
    publication_id: int
    published_at: datetime
    as_of: date | None
    is_stale: bool
    reasons: list[str]
    themes: list[Theme]
    maps: list[WardMap]
    quality: Quality

    @property
    def title(self) -> str:
        """The page's title; that of a stale page says so first."""
        return ("STALE: " if self.is_stale else "") + f"Community safety scorecard, {self.borough}"

    def all_series(self) -> Iterable[Series]:
        """Every series of every theme."""
        return (s for theme in self.themes for one in theme.indicators for s in one.series)
