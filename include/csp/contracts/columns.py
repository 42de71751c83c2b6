"""The columns of a contract: type, how a field is read, judged and protected."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Literal

from pydantic import field_validator, model_validator

from csp.contracts.strict import (
    SAMPLE,
    CustomProperty,
    FieldText,
    Pattern,
    PlacedError,
    Strict,
    as_mapping,
)

PhysicalType = Literal[
    "text", "integer", "bigint", "double precision", "date", "timestamp", "boolean"
]
LogicalType = Literal["string", "integer", "number", "date", "timestamp", "boolean"]
USUAL_TYPE: dict[str, PhysicalType] = {
    "string": "text",
    "integer": "integer",
    "number": "double precision",
    "date": "date",
    "timestamp": "timestamp",
    "boolean": "boolean",
}

NUMBERS = ("integer", "bigint", "double precision")
#: What a token may be used for. Tokens of different purposes never join; a new purpose needs the
#: approval of the Caldicott guardian (GV7, GV8), so it is added here by hand.
Purpose = Literal[
    "asb_case",
    "asb_victim_panel",
    "cctv_police",
    "continuity",
    "enforcement",
    "hate_victim",
    "iom_nominal",
    "iom_treatment",
    "premises",
    "sanctuary_home",
    "staff",
    "treatment_client",
    "vawg_victim",
    "vehicle",
]

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
#: Names of what the platform itself says of a row or a delivery.
RESERVED = {
    "delivered_on",
    "delivery_id",
    "delivery_order",
    "delivery_period",
    "is_current",
    "is_padded",
    "period_start",
    "received_on",
    "release_rank",
    "series",
    "source_line",
    "spread_name",
    "spread_value",
    "valid_from",
    "valid_to",
}


class ColumnProperties(Strict):
    """What the platform needs of a column beyond the standard.

    Attributes:
        sourceHeaders: Layout → headers the column may stand under; the column's own name in every
            layout when not given.
        readFormats: Date or timestamp formats tried in turn (strptime codes).
        values: The values allowed (R05).
        vocabulary: Seed whose first column lists the values allowed (R05).
        separator: What stands between the values of a field that holds several; `values`,
            `vocabulary` and `pattern` are then said of each.
        token: Purpose of the keyed token that is stored in place of the value.
        kept: Whether the value is stored; one that is not is read, judged and dropped.
        computed: DuckDB expression over the text of other columns; the column is in no file.
        inMarts: Whether core tables made from the contract have the column.
        freeText: Whether the field holds words of the partner's own; they are held back when they
            hold a postcode, number plate, phone number or e-mail address (R09).
    """

    sourceHeaders: dict[str, list[str]] | None = None  # noqa: N815
    readFormats: list[str] = []  # noqa: N815
    values: list[FieldText] | None = None
    vocabulary: str | None = None
    separator: str | None = None
    token: Purpose | None = None
    kept: bool = True
    computed: str | None = None
    inMarts: bool = True  # noqa: N815
    freeText: bool = False  # noqa: N815

    @model_validator(mode="after")
    def agree(self) -> ColumnProperties:
        """Hold that the properties do not contradict each other."""
        if self.computed is not None and self.sourceHeaders is not None:
            raise ValueError("a computed column stands in no file: leave sourceHeaders out")
        if self.values is not None and self.vocabulary is not None:
            raise ValueError("say either values or vocabulary")
        if self.token and not self.kept:
            raise ValueError("a token is stored in place of the value: leave kept out")
        return self


class LogicalTypeOptions(Strict):
    """What the standard lets a column say of its values.

    Attributes:
        pattern: Regular expression that the whole value fits (R06); of text.
        minimum: Lowest value allowed (R07); of numbers.
        maximum: Highest value allowed (R07); of numbers.
    """

    pattern: Pattern | None = None
    minimum: float | None = None
    maximum: float | None = None

    @property
    def is_bounded(self) -> bool:
        """Whether there is a lowest or a highest value."""
        return self.minimum is not None or self.maximum is not None


class Column(Strict):
    """A column of the feed, as it stands in the lake.

    Attributes:
        name: Its name in lake and warehouse, which no engine needs to quote.
        businessName: Its name as people say it.
        logicalType: What it holds.
        physicalType: Its SQL type, where it is not the usual one of the logical type.
        required: Whether a row without it is held back (R03).
        description: What it says, in a sentence.
        logicalTypeOptions: Form and bounds of its values.
        examples: Its field in the contract's valid row; `{n}` stands for the row's number.
        customProperties: What the platform needs of it beyond the standard.
    """

    name: str
    businessName: str = ""  # noqa: N815 - keys of the standard are camel case
    logicalType: LogicalType  # noqa: N815
    physicalType: PhysicalType | None = None  # noqa: N815
    required: bool = False
    description: str
    logicalTypeOptions: LogicalTypeOptions = LogicalTypeOptions()  # noqa: N815
    examples: Annotated[list[FieldText], SAMPLE] = []
    customProperties: list[CustomProperty] = []  # noqa: N815

    @field_validator("name")
    @classmethod
    def plain_name(cls, name: str) -> str:
        """Hold that the name needs no quoting in any engine."""
        if not IDENTIFIER.fullmatch(name):
            raise ValueError("a column name is lower-case letters, digits and underscores")
        if name in RESERVED:
            raise ValueError(f"'{name}' is the platform's own; say of what it is")
        return name

    @field_validator("customProperties")
    @classmethod
    def known_properties(cls, value: list[CustomProperty]) -> list[CustomProperty]:
        """Hold that every custom property is one the platform reads."""
        ColumnProperties.model_validate(as_mapping(value, *ColumnProperties.model_fields))
        return value

    @model_validator(mode="after")
    def tokens_are_text(self) -> Column:
        """Hold that only text is turned into a token, and only text has a list or a form."""
        p, said = self.platform, self.logicalTypeOptions
        if self.type != "text" and (p.token or p.values or p.vocabulary):
            raise PlacedError(("customProperties",), "token, values, vocabulary are of text only")
        if self.type != "text" and said.pattern:
            raise PlacedError(("logicalTypeOptions", "pattern"), "pattern is of text only")
        if said.is_bounded and self.type not in NUMBERS:
            raise PlacedError(("logicalTypeOptions",), "minimum and maximum are of numbers only")
        return self

    @cached_property
    def platform(self) -> ColumnProperties:
        """The platform's own properties, typed."""
        mapping = as_mapping(self.customProperties, *ColumnProperties.model_fields)
        return ColumnProperties.model_validate(mapping)

    @property
    def type(self) -> PhysicalType:
        """The SQL type of the column in lake and warehouse."""
        return self.physicalType or USUAL_TYPE[self.logicalType]

    @property
    def kept(self) -> bool:
        """Whether the column is stored."""
        return self.platform.kept

    @property
    def is_computed(self) -> bool:
        """Whether the column is worked out from others and stands in no file."""
        return self.platform.computed is not None

    def headers(self, layout: str) -> list[str]:
        """Headers under which the column may stand in a layout; empty when it has none."""
        if self.is_computed:
            return []
        given = self.platform.sourceHeaders
        return [self.name] if given is None else list(given.get(layout, []))

    @property
    def is_closed(self) -> bool:
        """Whether the contract says which values there are, or that none is stored as it is."""
        p = self.platform
        said = (p.values, p.vocabulary, self.logicalTypeOptions.pattern)
        is_said = any(value is not None for value in said)
        return self.type != "text" or is_said or bool(p.token) or self.is_computed or p.freeText

    @property
    def example(self) -> str:
        """The field of the contract's valid row; `{n}` in it stands for the row's number."""
        return self.examples[0] if self.examples else ""

    @property
    def read_formats(self) -> list[str]:
        """Date formats tried in turn (strptime codes)."""
        return self.platform.readFormats or ["%Y-%m-%d"]
