"""The checks of a contract: rules for every row, and the gate on what was ingested."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from csp.contracts.steps import (
    BlankExcept,
    Bounds,
    Chain,
    Holds,
    NotBefore,
    RequiredWhen,
    Rewrite,
    VocabularyAgrees,
)
from csp.contracts.strict import SAMPLE, FieldText, Pattern, RowChange, Strict

RowVerdict = Literal["reject", "quarantine", "warn", "fix"]
GateSeverity = Literal["critical", "warning"]


class RowRule(Strict):
    """What makes a row faulty, said in exactly one way, and what a fix does about it.

    Attributes:
        column: The column the finding is reported against.
        when: DuckDB predicate over typed columns (text columns for a fix), true on an error.
            `delivery_period` (date) and `received_on` (date) may be used.
        values: The values allowed.
        vocabulary: Seed whose first column lists the values allowed.
        vocabularyAgrees: The column is in the vocabulary exactly when the statement holds.
        pattern: Regular expression that the whole value fits.
        within: Column → lowest and highest value allowed, null for no bound.
        inOrder: Columns whose values never fall from one to the next, one list for each order;
            a value is held against the nearest before it that is given. The local day of a time
            is taken where it is held against a date.
        agree: Two statements that are both true or both false.
        together: Columns that are given together or not at all.
        requiredWhen: Columns that must be given in the rows of which a statement holds.
        holds: Words that have the form of something that must not be there.
        vocabularyVariants: Seed `<name>_variant` maps a variant to the value (fix only).
        recode: Text → text or null for blank; the empty text stands for a blank (fix only).
        swapped: Two columns, each with its bounds, of which each holds the other's (fix only).
        rewrite: A way of writing that is put right (fix only).
        notBefore: A time a little before the one that it follows (fix only).
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
    vocabularyAgrees: VocabularyAgrees | None = None  # noqa: N815 - the standard is camel case
    pattern: Pattern | None = None
    within: dict[str, Bounds] | None = Field(None, min_length=1)
    inOrder: list[Chain] | None = Field(None, min_length=1)  # noqa: N815
    agree: tuple[str, str] | None = None
    together: list[str] | None = Field(None, min_length=2)
    requiredWhen: RequiredWhen | None = None  # noqa: N815
    holds: Holds | None = None
    vocabularyVariants: str | None = None  # noqa: N815
    recode: dict[FieldText, FieldText | None] | None = Field(None, min_length=1)
    swapped: dict[str, Bounds] | None = Field(None, min_length=2, max_length=2)
    rewrite: Rewrite | None = None
    notBefore: NotBefore | None = None  # noqa: N815
    set: dict[str, str] | None = None
    keepOnly: list[str] | None = None  # noqa: N815
    good: Annotated[list[RowChange], SAMPLE] = Field(default=[{}], min_length=1)
    bad: Annotated[list[RowChange], SAMPLE] = Field(min_length=1)
    also: Annotated[list[str], SAMPLE] = []

    @model_validator(mode="after")
    def one_way(self) -> RowRule:
        """Hold that a rule says what an error is in exactly one way."""
        if len(self._said(*WAYS)) != 1:
            raise ValueError(f"say one of: {', '.join(WAYS)}")
        return self

    def _said(self, *keys: str) -> list[str]:
        return [key for key in keys if getattr(self, key) is not None]

    @property
    def way(self) -> str:
        """The key by which the rule says what an error is."""
        return self._said(*WAYS)[0]

    @property
    def changes_by(self) -> list[str]:
        """The keys by which the rule says what is done about an error."""
        return self._said(*CHANGES)

    def names(self) -> list[tuple[str, list[str]]]:
        """Key and columns, for each key that names columns."""
        found = {
            "column": [self.column],
            "within": list(self.within or {}),
            "inOrder": [name for chain in self.inOrder or [] for name in chain],
            "together": self.together or [],
            "requiredWhen": self.requiredWhen.columns if self.requiredWhen else [],
            "holds": self.holds.columns if self.holds else [],
            "swapped": list(self.swapped or {}),
            "rewrite": self.rewrite.columns if self.rewrite else [],
            "notBefore": self.notBefore.columns if self.notBefore else [],
            "set": list(self.set or {}),
            "keepOnly": self.keepOnly or [],
        }
        return list(found.items())


#: Ways of saying that a row is faulty, and of saying what a fix does; some say both.
WAYS = (
    *("when", "values", "vocabulary", "vocabularyAgrees", "pattern", "within", "inOrder", "agree"),
    *("together", "requiredWhen", "holds"),
    *("vocabularyVariants", "recode", "swapped", "rewrite", "notBefore"),
)
CHANGES = ("vocabularyVariants", "recode", "swapped", "rewrite", "notBefore", "set", "keepOnly")


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
        share: Predicate over lake columns: share of the rows, 0 to 1, of which it is true.
        of: Predicate: the share is taken of the rows of which this is true.
        repeatedShare: Column: share of the rows that repeat a value of it that another row has.
        blankExcept: Number of rows that say more than they may.
        profile: Or one of the measures that the platform takes itself.
        min: Lowest value that passes.
        max: Highest value that passes.
        leastRows: Cells with fewer rows are not judged.
        good: Rows of a file that passes, as changes to the valid row; valid rows when left out.
        bad: A file whose measure is out of bounds; a profile needs none.
    """

    metric: str | None = None
    share: str | None = None
    of: str | None = None
    repeatedShare: str | None = None  # noqa: N815
    blankExcept: BlankExcept | None = None  # noqa: N815
    profile: Literal["quarantined_share_after_first", "volume_ratio", "revision_ratio"] | None = (
        None
    )
    min: float | None = None
    max: float | None = None
    leastRows: int = 0  # noqa: N815
    good: Annotated[list[RowChange], SAMPLE] = []
    bad: Annotated[BadShare | None, SAMPLE] = None

    @model_validator(mode="after")
    def judged(self) -> GateMetric:
        """Hold that there is one measure and at least one bound."""
        if sum(getattr(self, key) is not None for key in MEASURES) != 1:
            raise ValueError(f"say one of: {', '.join(MEASURES)}")
        if self.of is not None and self.share is None:
            raise ValueError("of belongs to share")
        if self.min is None and self.max is None:
            raise ValueError("say min, max or both: a gate without a bound cannot fail")
        return self


MEASURES = ("metric", "share", "repeatedShare", "blankExcept", "profile")


class Rule(Strict):
    """What every check of a contract says of itself.

    Attributes:
        id: Its code in findings, feedback and gate results.
        name: What is wrong when it strikes, in a few words.
        description: The same as a sentence.
        type: Always `custom`: the standard's own checks are not used.
        dimension: Which side of data quality it is about, in the standard's words.
        engine: What runs it: `csp-row-rule` on every row, `great-expectations` on a delivery.
        severity: What it does when it strikes.
        implementation: What it looks for.
    """

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
        if len(self.implementation.changes_by) != (1 if self.severity == "fix" else 0):
            raise ValueError(f"a fix says one of {', '.join(CHANGES)}; no other may")
        return self


class GateCheck(Rule):
    """A check of what was ingested, judged by Great Expectations."""

    engine: Literal["great-expectations"]
    severity: GateSeverity
    implementation: GateMetric


Check = Annotated[RowCheck | GateCheck, Field(discriminator="engine")]
