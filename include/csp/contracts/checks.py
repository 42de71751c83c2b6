"""The checks of a contract: rules for every row, and the gate on what was ingested."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from csp.contracts.strict import FieldText, RowChange, Strict

RowVerdict = Literal["reject", "quarantine", "warn", "fix"]
GateSeverity = Literal["critical", "warning"]


class RowRule(Strict):
    """What makes a row faulty; exactly one way of saying it.

    Attributes:
        column: The column the finding is reported against.
        when: DuckDB predicate over typed columns (text columns for a fix), true on an error.
            `delivery_period` (date) and `received_on` (date) may be used.
        values: The values allowed.
        vocabulary: Seed whose first column lists the values allowed.
        vocabularyVariants: Seed `<name>_variant` maps a variant to the value (fix only).
        vocabularyAgrees: The column is in the vocabulary exactly when the predicate holds.
        set: Column → DuckDB expression over text columns (fix only).
        keepOnly: Every column of the file but these is blanked (fix only); a row in which the
            others are blank already has no error.
        good: Rows that keep the rule, as changes to the valid row.
        bad: Rows that break it.
        also: Codes of the other rules that the bad rows break.
    """

    column: str
    when: str | None = None
    values: list[FieldText] | None = None
    vocabulary: str | None = None
    vocabularyVariants: str | None = None  # noqa: N815 - keys of the standard are camel case
    vocabularyAgrees: dict[Literal["vocabulary", "says"], str] | None = None  # noqa: N815
    set: dict[str, str] | None = None
    keepOnly: list[str] | None = None  # noqa: N815
    good: list[RowChange] = Field(default=[{}], min_length=1)
    bad: list[RowChange] = Field(min_length=1)
    also: list[str] = []

    @model_validator(mode="after")
    def one_way(self) -> RowRule:
        """Hold that a rule says what an error is in exactly one way."""
        ways = [
            self.when,
            self.values,
            self.vocabulary,
            self.vocabularyVariants,
            self.vocabularyAgrees,
        ]
        if sum(way is not None for way in ways) != 1:
            raise ValueError(
                "say one of: when, values, vocabulary, vocabularyVariants, vocabularyAgrees"
            )
        return self


class BadShare(Strict):
    """A file that fails a gate's measure: so many rows, a share of them changed.

    Attributes:
        rows: Rows of the file.
        share: Share of them that is changed, from the top.
        change: The change to the valid row.
        lake: Column → expression that spoils the lake rows afterwards, as an error of ingest would,
            where no file can fail the measure.
    """

    rows: int = 100
    share: float = 1.0
    change: RowChange = {}
    lake: dict[str, str] = {}


class GateMetric(Strict):
    """A number measured on each period of each series of a delivery, and its bounds.

    Attributes:
        metric: DuckDB aggregate over the lake rows of the cell; `delivery_period` may be used.
        profile: Or one of the measures that the platform takes itself.
        min: Lowest value that passes.
        max: Highest value that passes.
        leastRows: Cells with fewer rows are not judged.
        good: Rows of a file that passes, as changes to the valid row; valid rows when left out.
        bad: A file whose measure is out of bounds; a profile needs none.
    """

    metric: str | None = None
    profile: Literal["quarantined_share_after_first", "volume_ratio", "revision_ratio"] | None = (
        None
    )
    min: float | None = None
    max: float | None = None
    leastRows: int = 0  # noqa: N815
    good: list[RowChange] = []
    bad: BadShare | None = None

    @model_validator(mode="after")
    def judged(self) -> GateMetric:
        """Hold that there is one measure and at least one bound."""
        if (self.metric is None) == (self.profile is None):
            raise ValueError("say either metric or profile")
        if self.min is None and self.max is None:
            raise ValueError("say min, max or both: a gate without a bound cannot fail")
        return self


class Rule(Strict):
    """What every check of a contract says of itself."""

    id: str
    name: str
    description: str
    type: Literal["custom"] = "custom"
    dimension: Literal[
        "accuracy",
        "completeness",
        "conformity",
        "consistency",
        "coverage",
        "timeliness",
        "uniqueness",
    ]


class RowCheck(Rule):
    """A check of every row at ingest; `reject` refuses the whole delivery, never storing it."""

    engine: Literal["csp-row-rule"]
    severity: RowVerdict
    implementation: RowRule

    @model_validator(mode="after")
    def fixes_fix(self) -> RowCheck:
        """Hold that a fix, and only a fix, changes something."""
        rule = self.implementation
        ways = [rule.set, rule.vocabularyVariants, rule.keepOnly]
        if sum(way is not None for way in ways) != (1 if self.severity == "fix" else 0):
            raise ValueError("a fix says one of set, vocabularyVariants and keepOnly; no other may")
        return self


class GateCheck(Rule):
    """A check of what was ingested, judged by Great Expectations."""

    engine: Literal["great-expectations"]
    severity: GateSeverity
    implementation: GateMetric


Check = Annotated[RowCheck | GateCheck, Field(discriminator="engine")]
