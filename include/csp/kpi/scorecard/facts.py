"""What the scorecard says of each KPI, as objects; read from the published tables only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from csp.kpi import words

#: The order of a KPI's kinds of period behind its main one: the longest view of now comes first.
PERIOD_KINDS = (
    "rolling_12_months",
    "financial_year_to_date",
    "quarter",
    "month",
    "since_start",
    "financial_year",
)

DISCLOSURE = {
    "open": "Counts of records that the source itself publishes; exact.",
    "operational": "Counts of the services' own work; exact.",
    "person": "Counts of people: rounded to 5, and 1 to 4 hidden, with whatever would give them "
    "away; ratios are taken from rounded numbers.",
}
MOST_MONTHS, FEWEST_POINTS = 36, 6


@dataclass(frozen=True)
class Figure:
    """One cell of `kpi_observation`."""

    period_kind: str
    period_start: date
    period_end: date
    numerator: float | None
    denominator: float | None
    value: float | None
    lower: float | None
    upper: float | None
    unit: str
    maturity: str
    status: str
    as_of: date | None
    signed: bool = False

    @property
    def text(self) -> str:
        """The figure with its unit, or the word for why there is none."""
        return words.figure(self.value, self.unit, self.status, signed=self.signed)

    @property
    def number(self) -> str:
        """The figure without its unit."""
        if self.value is None:
            return self.text
        return words.number(self.value, self.unit, signed=self.signed)

    @property
    def unit_text(self) -> str:
        """The unit, where it is not a part of the number."""
        return "" if self.value is None else words.unit_after(self.unit)

    @property
    def period(self) -> str:
        """The period as people say it."""
        return words.period(self.period_kind, self.period_start, self.period_end)

    @property
    def interval(self) -> str | None:
        """The 95% interval as text."""
        return words.interval(self.lower, self.upper, self.unit, signed=self.signed)

    @property
    def status_word(self) -> str:
        """Zero, Missing, Not reported, Not mature, Suppressed, Partial or Reported."""
        return words.status_word(self.status, self.value)

    @property
    def state(self) -> str:
        """The status word, and that the figure is provisional when it is."""
        provisional = self.value is not None and self.maturity == "provisional"
        return self.status_word + (", provisional" if provisional else "")

    @property
    def remark(self) -> str | None:
        """The state, where the figure itself does not say it: not for what is simply reported."""
        if self.value is None:
            return self.status_word if self.status == "suppressed" else None
        return None if self.state == words.STATUS_WORDS["reported"] else self.state


@dataclass(frozen=True)
class Point:
    """One month of `kpi_control_chart`."""

    period_start: date
    value: float | None
    segment_start: date | None
    segment_reason: str | None
    centre: float | None
    lower_limit: float | None
    upper_limit: float | None
    signal: str
    spc_status: str

    @property
    def is_signal(self) -> bool:
        """Whether the month stands out."""
        return self.signal not in ("none", "no_value", "too_few_points")


@dataclass(frozen=True)
class Milestone:
    """One row of `kpi_milestone`."""

    item: str
    stated_text: str | None
    stated_on: date | None
    status: str | None


@dataclass(frozen=True)
class Judgement:
    """What process control says of the newest month, in words.

    Attributes:
        kind: steady, better, worse, changed or unjudged; a colour may follow it, never alone.
    """

    kind: str
    words: str
    detail: str
    month: date | None = None


NOT_JUDGED = Judgement("unjudged", "Not judged", "There are too few months to set limits.")
KIND_WORDS = {
    "steady": "As expected",
    "better": "Better than expected",
    "worse": "Worse than expected",
    "changed": "Unusual",
}


@dataclass(frozen=True)
class Series:
    """One breakdown of a KPI: its definition, newest figure of each kind of period, months."""

    kpi_id: str
    breakdown: str
    theme: str
    name: str
    definition: str
    numerator: str | None
    denominator: str | None
    unit: str | None
    method: str | None
    main_period: str | None
    direction: str
    owner: str
    feeds: str | None
    maturity_rule: str | None
    comparability_breaks: str | None
    disclosure_class: str | None
    definition_version: str | None
    status: str
    status_reason: str | None
    note: str | None
    figures: list[Figure] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)

    @property
    def key(self) -> str:
        """A name for it in a page."""
        return self.kpi_id if self.breakdown == "all" else f"{self.kpi_id}-{self.breakdown}"

    @property
    def is_computed(self) -> bool:
        """Whether the feeds give it at all."""
        return self.status == "computed"

    @cached_property
    def newest(self) -> list[Figure]:
        """The newest figure of each kind of period, that of the KPI's main kind first."""
        found: dict[str, Figure] = {}
        for cell in sorted(self.figures, key=lambda f: (f.period_end, f.period_start)):
            found[cell.period_kind] = cell
        kinds = (self.main_period, *PERIOD_KINDS)
        return sorted(found.values(), key=lambda f: kinds.index(f.period_kind))

    @property
    def main(self) -> Figure | None:
        """The newest figure of the KPI's main kind of period, or of the next kind it has."""
        return self.newest[0] if self.newest else None

    @property
    def last_known(self) -> Figure | None:
        """When the main figure has no value: the newest that has one, best of the same kind."""
        if self.main is None or self.main.value is not None:
            return None
        kind = self.main.period_kind
        known = [cell for cell in self.figures if cell.value is not None]
        return max(known, key=lambda f: (f.period_kind == kind, f.period_end), default=None)

    @property
    def months(self) -> list[Point]:
        """The months of the chart."""
        return self.points[-MOST_MONTHS:]

    @property
    def has_chart(self) -> bool:
        """Whether enough months have a value to see a shape."""
        return sum(point.value is not None for point in self.months) >= FEWEST_POINTS

    @property
    def breaks(self) -> list[tuple[str, date, str]]:
        """Breaks of the series within the chart: letter, month and reason."""
        months = self.months
        starts = {
            p.segment_start: p.segment_reason or "the series was cut here"
            for p in months
            if p.segment_start and p.segment_start > months[0].period_start
        }
        return [(chr(65 + i), start, starts[start]) for i, start in enumerate(sorted(starts))]

    @property
    def calendar(self) -> list[tuple[int, list[Point | None]]]:
        """The months of the chart, twelve a year; None outside it."""
        by_month = {(p.period_start.year, p.period_start.month): p for p in self.months}
        years = sorted({year for year, _ in by_month})
        return [(year, [by_month.get((year, n)) for n in range(1, 13)]) for year in years]

    @property
    def stretches(self) -> list[tuple[date, str]]:
        """Centre and limits as text, each with the first month that they hold for."""
        found: list[tuple[date, str]] = []
        for point in self.months:
            if point.centre is None or point.lower_limit is None or point.upper_limit is None:
                continue
            centre, lower, upper = (
                words.number(value, self.unit or "")
                for value in (point.centre, point.lower_limit, point.upper_limit)
            )
            text = f"Centre {centre}, limits {lower} and {upper}"
            if not found or found[-1][1] != text:
                found.append((point.period_start, text))
        return found

    @cached_property
    def judgement(self) -> Judgement:
        """Process control on the newest month with a value, as the mart judges it."""
        known = [point for point in self.points if point.value is not None]
        if not known or known[-1].signal in ("too_few_points", "no_value"):
            return NOT_JUDGED
        last = known[-1]
        detail, _, verdict = last.spc_status.partition(": ")
        kind = "steady"
        if last.is_signal:
            kind = verdict if verdict in ("better", "worse") else "changed"
        return Judgement(kind, KIND_WORDS[kind], detail, last.period_start)
