"""One KPI of the catalogue: what it says, how it is computed, what was once claimed of it.

A KPI that counts or adds up rows of a fact is said whole by its entry (`csp.catalogue.counting`);
the SQL of the others stands in measure models of the dbt project. Keys are the field's own words;
an unknown key is an error.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from csp.catalogue.counting import Counting, inherited, spread_out
from csp.contracts.borough import Theme
from csp.contracts.strict import PlacedError, Strict

Method = Literal[
    "count",
    "rate",
    "share",
    "ratio",
    "amount",
    "median",
    "mean",
    "maximum",
    "change",
    "points",
    "milestone",
]
Aggregation = Literal["sum", "distinct", "latest"]
PeriodKind = Literal[
    "month",
    "quarter",
    "financial_year",
    "rolling_12_months",
    "financial_year_to_date",
    "since_start",
]
AreaKind = Literal["borough", "ward"]
Disclosure = Literal["open", "operational", "person"]
Direction = Literal["higher", "lower", "context", "milestone"]

KPI_ID = re.compile(r"[KS]\d{2,3}")
ALL = "all"
OBSERVED = ("median", "mean", "maximum")
WITH_DENOMINATOR = ("rate", "share", "ratio", "change")


def _text(value: object) -> str:
    """A word as it stands; YAML reads some of them as dates or numbers."""
    return value.isoformat() if isinstance(value, date) else str(value)


Text = Annotated[str, BeforeValidator(_text)]


class Break(Strict):
    """A month from which a series must not be compared with the time before it."""

    month: date
    reason: str


class Figure(Strict):
    """One figure of the partnership's presentation, as it was said.

    Attributes:
        breakdown: Which breakdown of the KPI it speaks of.
        item: For a milestone: which one.
        measure: Which number of the KPI's cell is meant, or the text or day of a milestone.
        value: The figure; `text` instead for a milestone.
        qualifier: How the figure is meant.
        tolerance: How far off a true value may be because the figure was rounded, in its unit.
        period_kind, period_start, period_end: The period as it was read.
        period_text: The period in the presentation's own words.
        period_inferred: Whether the presentation leaves the period open.
        status: asserted; asserted_unverified, where no basis is given; derived from two figures;
            contradicted, where the presentation says two different things.
        reconciled: Whether the marts can and must give it; false with `why_not`.
    """

    breakdown: str = ALL
    item: str | None = None
    measure: Literal["numerator", "denominator", "value", "text", "date"] = "value"
    value: float | None = None
    text: Text | None = None
    qualifier: Literal["=", ">=", ">", "<", "<=", "~"] = "="
    tolerance: float = 0
    period_kind: PeriodKind | None = None
    period_start: date | None = None
    period_end: date | None = None
    period_text: str
    period_inferred: bool
    status: Literal["asserted", "asserted_unverified", "derived", "contradicted"] = "asserted"
    quote: str
    reconciled: bool = True
    why_not: str | None = None

    @model_validator(mode="after")
    def is_whole(self) -> Figure:
        """Hold that the figure says what and when."""
        said = self.text if self.measure in ("text", "date") else self.value
        if said is None:
            raise ValueError("say value, or text for the text or day of a milestone")
        if self.measure in ("text", "date"):
            if not self.item:
                raise ValueError("say item: which milestone the text is of")
        elif self.reconciled and not (self.period_kind and self.period_start and self.period_end):
            raise ValueError("say period_kind, period_start and period_end")
        if not self.reconciled and not self.why_not:
            raise ValueError("say why_not: why the marts cannot give the figure")
        return self


class Measure(Counting):
    """What a KPI says of one breakdown; every key may be said for the KPI or for a breakdown.

    Attributes:
        method: How the value comes from the counts.
        aggregation: How a window comes from its days: sum of counts; distinct subjects; the
            latest month alone.
        periods: Kinds of period it is given for; the first is the one that is shown first.
        since: First day of the window `since_start`.
        of: The KPI whose periods a change compares.
        of_breakdown: Which breakdown of that KPI.
        denominator_kind: Of a rate: residents, or the people who are there on a working day.
        per: Of a rate: for how many people.
        disclosure: open: published by its source; operational: the services' own work and events;
            person: counts of people, rounded and partly hidden (GV10).
        matures_after_months: A period that ends later than this before the data's end has no
            value yet.
    """

    name: str
    definition: str
    numerator: str
    denominator: str | None = None
    unit: str
    method: Method
    aggregation: Aggregation = "sum"
    periods: list[PeriodKind] = Field(min_length=1)
    since: date | None = None
    of: str | None = None
    of_breakdown: str = ALL
    denominator_kind: Literal["residents", "workday"] = "residents"
    per: int = 1000
    areas: list[AreaKind] = Field(["borough"])
    direction: Direction
    owner: str
    feeds: list[str] = Field(min_length=1)
    fact_table: str | None = None
    disclosure: Disclosure
    matures_after_months: int = Field(0, ge=0)
    maturity: str
    breaks: list[Break] = Field([])
    version: Text = "1.0"
    note: str | None = None

    @model_validator(mode="after")
    def fits_together(self) -> Measure:
        """Hold that a share says of what, a change of which KPI, a window since when."""
        if self.method in WITH_DENOMINATOR and not self.denominator:
            raise ValueError(f"say denominator: a {self.method} is of something")
        if (self.method == "change") != bool(self.of):
            raise ValueError("say of for a change, and only for one")
        if ("since_start" in self.periods) != bool(self.since):
            raise ValueError("say since when the periods hold since_start, and only then")
        if self.method in OBSERVED and self.aggregation == "distinct":
            raise ValueError(f"a {self.method} is of observations, not of distinct subjects")
        if self.method in OBSERVED and self.disclosure == "person":
            raise ValueError(
                f"a {self.method} may be one person's; say a ratio of counts, which can be rounded"
            )
        self.refuse_unfitting(self.method, self.aggregation)
        return self


OVERRIDABLE = tuple(Measure.model_fields)


class Kpi(Strict):
    """One KPI: its measures by breakdown, or why there are none, and its figures.

    Attributes:
        breakdowns: Breakdown → its measure; empty when it cannot be computed.
        adds_up: Whether the other breakdowns are disjoint and add up to `all`.
        not_computable: Why the feeds do not give it.
    """

    id: str
    theme: Theme
    name: str
    definition: str
    breakdowns: dict[str, Measure]
    adds_up: bool = False
    direction: Direction
    owner: str
    unit: str
    feeds: list[str]
    note: str | None = None
    figures: list[Figure] = Field([])
    not_computable: str | None = None

    @model_validator(mode="before")
    @classmethod
    def spread(cls, written: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
        """Give each breakdown what the KPI says for all of them."""
        if not isinstance(written, dict):
            return written
        shared = {key: value for key, value in written.items() if key in OVERRIDABLE}
        own = {key: value for key, value in written.items() if key not in OVERRIDABLE}
        for key in ("name", "definition", "direction", "owner", "unit", "note"):
            if key in written:
                own[key] = written[key]
        own["feeds"] = written.get("feeds", [])
        if written.get("not_computable"):
            own["breakdowns"] = {}
            own.setdefault("direction", "context")
            return own
        parts = written.get("breakdowns", [{"id": ALL}])
        if not isinstance(parts, list):
            raise PlacedError(("breakdowns",), "breakdowns are a list")
        parts = spread_out(parts)
        names = [str(part["id"]) for part in parts]
        if len(set(names)) != len(names):
            raise PlacedError(("breakdowns",), "a breakdown is said twice")
        own["breakdowns"] = {
            str(part["id"]): inherited(shared, {key: part[key] for key in part if key != "id"})
            for part in parts
        }
        return own

    @model_validator(mode="after")
    def is_named(self) -> Kpi:
        """Hold that the id is of the catalogue's form, and that figures speak of its breakdowns."""
        if not KPI_ID.fullmatch(self.id):
            raise PlacedError(("id",), "an id is K or S and a number, such as K021")
        for number, figure in enumerate(self.figures):
            numeric = figure.measure not in ("text", "date") and figure.reconciled
            if numeric and figure.breakdown not in self.breakdowns:
                raise PlacedError(
                    ("figures", number), f"the KPI has no breakdown '{figure.breakdown}'"
                )
        return self


class CatalogueFile(Strict):
    """One file of the catalogue."""

    kpis: list[Kpi]
