"""A feed contract in the shape of the Open Data Contract Standard v3, read strictly.

The standard leaves much open (`customProperties`, `implementation`); here every key that the
platform reads is typed and every other key is an error, so that a slip of the pen is found by
`csp feeds check` and not by a partner's file.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

PhysicalType = Literal["text", "integer", "double precision", "date"]
RowVerdict = Literal["quarantine", "warn", "fix"]
GateSeverity = Literal["critical", "warning"]
AccessClass = Literal["open", "internal", "restricted", "special_category"]

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


class PlacedError(ValueError):
    """A fault that only the whole contract shows.

    Attributes:
        place: Keys and positions that lead from the root to the faulty value.
    """

    def __init__(self, place: tuple[int | str, ...], what: str) -> None:
        self.place = place
        super().__init__(what)


class Strict(BaseModel):
    """A part of a contract in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CustomProperty(Strict):
    """One `property: value` pair of the standard."""

    property: str
    value: Any


class Description(Strict):
    """What the feed is for, how to read it, and what it cannot say."""

    purpose: str
    usage: str
    limitations: str


class RowRule(Strict):
    """What makes a row faulty; exactly one way of saying it.

    Attributes:
        column: The column the finding is reported against.
        when: DuckDB predicate over typed columns (text columns for a fix), true on a fault.
            `delivery_period` (date) and `received_on` (date) may be used.
        vocabulary: Seed under `seeds/reference` whose first column lists the values allowed.
        vocabularyVariants: Seed `<name>_variant` maps a variant to the value (fix only).
        vocabularyAgrees: The column is in the vocabulary exactly when the predicate holds.
        set: Column → DuckDB expression over text columns (fix only).
    """

    column: str
    when: str | None = None
    vocabulary: str | None = None
    vocabularyVariants: str | None = None  # noqa: N815 - keys of the standard are camel case
    vocabularyAgrees: dict[Literal["vocabulary", "says"], str] | None = None  # noqa: N815
    set: dict[str, str] | None = None

    @model_validator(mode="after")
    def one_way(self) -> RowRule:
        """Hold that a rule says what a fault is in exactly one way."""
        ways = [self.when, self.vocabulary, self.vocabularyVariants, self.vocabularyAgrees]
        if sum(way is not None for way in ways) != 1:
            raise ValueError("say one of: when, vocabulary, vocabularyVariants, vocabularyAgrees")
        return self


class GateMetric(Strict):
    """A number measured on each month of each series of a delivery, and its bounds.

    Attributes:
        metric: DuckDB aggregate over the lake rows of the cell; `delivery_period` may be used.
        profile: Or one of the measures that the platform takes itself.
        min: Lowest value that passes.
        max: Highest value that passes.
        leastRows: Cells with fewer rows are not judged.
    """

    metric: str | None = None
    profile: Literal["quarantined_share_after_first", "volume_ratio", "revision_ratio"] | None = (
        None
    )
    min: float | None = None
    max: float | None = None
    leastRows: int = 0  # noqa: N815

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
    type: Literal["custom"]
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
    """A check of every row at intake."""

    engine: Literal["csp-row-rule"]
    severity: RowVerdict
    implementation: RowRule

    @model_validator(mode="after")
    def fixes_fix(self) -> RowCheck:
        """Hold that a fix, and only a fix, changes something."""
        changes = self.implementation.set or self.implementation.vocabularyVariants
        if bool(changes) != (self.severity == "fix"):
            raise ValueError("a fix needs set or vocabularyVariants, and nothing else may have it")
        return self


class GateCheck(Rule):
    """A check of what was taken in, judged by Great Expectations."""

    engine: Literal["great-expectations"]
    severity: GateSeverity
    implementation: GateMetric


Check = Annotated[RowCheck | GateCheck, Field(discriminator="engine")]


def _as_mapping(properties: list[CustomProperty], *known: str) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for item in properties:
        if item.property not in known:
            raise PlacedError((item.property,), f"unknown custom property '{item.property}'")
        if item.property in mapping:
            raise PlacedError((item.property,), f"custom property '{item.property}' is said twice")
        mapping[item.property] = item.value
    return mapping


class Column(Strict):
    """A column of the feed, as it stands in the lake."""

    name: str
    businessName: str  # noqa: N815
    logicalType: Literal["string", "integer", "number", "date"]  # noqa: N815
    physicalType: PhysicalType  # noqa: N815
    required: bool = False
    description: str
    classification: AccessClass
    customProperties: list[CustomProperty]  # noqa: N815

    @field_validator("name")
    @classmethod
    def plain_name(cls, name: str) -> str:
        """Hold that the name needs no quoting in any engine."""
        if not IDENTIFIER.fullmatch(name):
            raise ValueError("a column name is lower-case letters, digits and underscores")
        return name

    @field_validator("customProperties")
    @classmethod
    def known_properties(cls, value: list[CustomProperty]) -> list[CustomProperty]:
        """Hold that every custom property is one the platform reads."""
        mapping = _as_mapping(value, "sourceHeaders", "readFormats")
        if "sourceHeaders" not in mapping:
            raise ValueError("say sourceHeaders: which header of which layout is this column")
        return value

    def _custom(self, name: str, default: Any) -> Any:  # noqa: ANN401 - values are YAML
        return next((p.value for p in self.customProperties if p.property == name), default)

    def headers(self, layout: str) -> list[str]:
        """Headers under which the column may stand in a layout; empty when it has none."""
        return list(self._custom("sourceHeaders", {}).get(layout, []))

    @property
    def read_formats(self) -> list[str]:
        """Date formats tried in turn (strptime codes)."""
        return list(self._custom("readFormats", ["%Y-%m-%d"]))


class Dataset(Strict):
    """The rows of the feed: columns, and the checks on them."""

    name: str
    physicalName: str  # noqa: N815
    logicalType: Literal["object"]  # noqa: N815
    description: str
    dataGranularityDescription: str  # noqa: N815
    properties: list[Column]
    quality: list[Check]


class ServiceLevel(Strict):
    """One promise of the partner: frequency, latency or retention."""

    property: Literal["frequency", "latency", "retention"]
    value: int | str
    unit: Literal["day", "week", "month", "quarter", "year"] | None = None
    description: str


class Team(Strict):
    """Who owns the feed in the partnership."""

    name: str
    description: str


class Role(Strict):
    """Who may read what comes of the feed."""

    role: str
    access: Literal["read", "aggregate", "none"]


class Support(Strict):
    """Where faults are reported."""

    channel: str
    description: str


class Layout(Strict):
    """A form in which the partner sends the feed."""

    name: str
    description: str
    ignoredHeaders: list[str] = []  # noqa: N815


class FileFormat(Strict):
    """How a file of the feed is read."""

    delimiter: str
    quote: str
    encodings: list[Literal["utf-8", "cp1252", "utf-16"]]
    nullTokens: list[str]  # noqa: N815


class Grain(Strict):
    """How rows fall into cells, each one month of one series.

    Attributes:
        periodKind: Only months so far.
        period: The column of type date whose month the row belongs to.
        periodIsFilePeriod: Whether a file is of one month only.
        series: DuckDB expression naming the series, over lake columns.
        rejectAboveQuarantinedShare: Above this share the delivery itself is rejected.
    """

    periodKind: Literal["month"]  # noqa: N815
    period: str
    periodIsFilePeriod: bool  # noqa: N815
    series: str
    rejectAboveQuarantinedShare: float  # noqa: N815


class PlatformProperties(Strict):
    """What the platform needs beyond the standard, read from `customProperties`."""

    accessClass: AccessClass  # noqa: N815
    legalGateway: str  # noqa: N815
    specCode: str  # noqa: N815
    fileNames: list[str]  # noqa: N815
    layouts: list[Layout]
    mayBeAbsent: list[str] = []  # noqa: N815 - columns that older files do not have
    format: FileFormat
    grain: Grain
    sweep: str

    @field_validator("fileNames")
    @classmethod
    def compilable(cls, patterns: list[str]) -> list[str]:
        """Hold that every file-name pattern is a regular expression."""
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as fault:
                raise ValueError(f"'{pattern}' is no regular expression: {fault}") from fault
        return patterns


class Contract(Strict):
    """What one partner promises to send: the only hand-written file of a feed."""

    apiVersion: Literal["v3.1.0"]  # noqa: N815
    kind: Literal["DataContract"]
    id: str
    name: str
    version: str
    status: Literal["active", "draft", "retired"]
    domain: str
    dataProduct: str  # noqa: N815
    description: Description
    schema_: list[Dataset] = Field(alias="schema", min_length=1, max_length=1)
    slaProperties: list[ServiceLevel]  # noqa: N815
    team: Team
    roles: list[Role]
    support: list[Support]
    customProperties: list[CustomProperty]  # noqa: N815

    @model_validator(mode="after")
    def whole(self) -> Contract:
        """Hold what only the whole contract shows: names that refer to each other exist."""
        _ = self.platform
        if self.id != self.dataset.physicalName or self.id != f"{self.domain}_{self.entity}":
            raise ValueError("id and physicalName must be <domain>_<schema name>")
        columns = {column.name for column in self.columns}
        layouts = {layout.name for layout in self.platform.layouts}
        if self.platform.grain.period not in columns:
            what = f"grain.period '{self.platform.grain.period}' is no column"
            raise PlacedError(("grain", "period"), what)
        if stray := set(self.platform.mayBeAbsent) - columns:
            raise PlacedError(("mayBeAbsent",), f"unknown column {sorted(stray)}")
        for position, column in enumerate(self.columns):
            if stray := set(column._custom("sourceHeaders", {})) - layouts:
                place = ("schema", 0, "properties", position, "sourceHeaders")
                raise PlacedError(place, f"column '{column.name}': unknown layout {sorted(stray)}")
        seen: set[str] = set()
        for position, check in enumerate(self.dataset.quality):
            place = ("schema", 0, "quality", position)
            if check.id in seen:
                raise PlacedError((*place, "id"), f"rule id said twice: '{check.id}'")
            seen.add(check.id)
            if not isinstance(check, RowCheck):
                continue
            for key, named in (
                ("column", {check.implementation.column}),
                ("set", set(check.implementation.set or {})),
            ):
                if stray := named - columns:
                    what = f"rule '{check.id}' names unknown column {sorted(stray)}"
                    raise PlacedError((*place, "implementation", key), what)
        return self

    @cached_property
    def platform(self) -> PlatformProperties:
        """The platform's own properties, typed."""
        names = PlatformProperties.model_fields
        return PlatformProperties.model_validate(_as_mapping(self.customProperties, *names))

    @property
    def dataset(self) -> Dataset:
        """The one table of the feed."""
        return self.schema_[0]

    @property
    def entity(self) -> str:
        """The feed's name within its partner, as in `stg_<partner>__<entity>`."""
        return self.dataset.name

    @property
    def columns(self) -> list[Column]:
        """The columns in the order of the contract."""
        return self.dataset.properties

    @property
    def row_checks(self) -> list[RowCheck]:
        """Checks of every row, in order; fixes are applied in this order."""
        return [check for check in self.dataset.quality if isinstance(check, RowCheck)]

    @property
    def gate_checks(self) -> list[GateCheck]:
        """Checks of each cell of a delivery, in order."""
        return [check for check in self.dataset.quality if isinstance(check, GateCheck)]

    def sla(self, name: str) -> ServiceLevel | None:
        """One promise of the partner by name, or None."""
        return next((level for level in self.slaProperties if level.property == name), None)
