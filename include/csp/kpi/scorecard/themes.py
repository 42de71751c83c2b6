"""KPIs with all their parts, and the themes by which a board reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from csp.kpi import words
from csp.kpi.scorecard.facts import Milestone, Series

MILESTONE = "Milestone"


@dataclass(frozen=True)
class Indicator:
    """One KPI: its main series, its other breakdowns and its milestones."""

    main: Series
    others: list[Series]
    milestones: list[Milestone]

    @property
    def kpi_id(self) -> str:
        """Id in the catalogue."""
        return self.main.kpi_id

    @property
    def series(self) -> list[Series]:
        """The main series and the others."""
        return [self.main, *self.others]

    @property
    def is_computed(self) -> bool:
        """Whether the feeds give any part of it."""
        return any(one.is_computed for one in self.series)

    @property
    def status_word(self) -> str:
        """Status of the main figure; a KPI of milestones has theirs."""
        if self.main.main:
            return self.main.main.status_word
        return MILESTONE if self.milestones else words.STATUS_WORDS["not_reported"]


def _placed(order: tuple[str, ...]) -> Callable[[str], tuple[int, str]]:
    """A key that sorts the words of the order first, and the others behind them."""
    return lambda word: (order.index(word) if word in order else len(order), word)


@dataclass(frozen=True)
class Theme:
    """One theme of the partnership; the short title is for a menu."""

    theme_id: str
    title: str
    short_title: str
    indicators: list[Indicator]

    @property
    def computed(self) -> list[Indicator]:
        """KPIs that the feeds give."""
        return [one for one in self.indicators if one.is_computed]

    @property
    def not_computable(self) -> list[Series]:
        """Parts of the catalogue that no feed gives, with the reason."""
        return [s for one in self.indicators for s in one.series if not s.is_computed]

    @property
    def signals(self) -> list[Series]:
        """Main series whose newest month is not as expected; worse ones first."""
        order = ("worse", "changed", "better")
        found = [i.main for i in self.computed if i.main.judgement.kind in order]
        return sorted(found, key=lambda s: order.index(s.judgement.kind))

    @property
    def counts(self) -> dict[str, int]:
        """How many computed KPIs have which status, those with a figure first."""
        said = [one.status_word for one in self.computed]
        order = ("Reported", words.ZERO, "Partial", MILESTONE)
        return {word: said.count(word) for word in sorted(set(said), key=_placed(order))}

    @property
    def is_silent(self) -> bool:
        """Whether no partner has sent anything for it."""
        return set(self.counts) <= {words.STATUS_WORDS["not_reported"]}
