"""The columns of a contract: type, how a field is read, judged and protected."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, Literal

from pydantic import field_validator, model_validator

from csp.contracts.strict import (
    AccessClass,
    CustomProperty,
    FieldText,
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

#: What a token may be used for. Tokens of different purposes never join; a new purpose needs the
#: approval of the Caldicott guardian (domain specification GV7, GV8), so it is added here by hand.
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
        pattern: Regular expression that the whole value fits (R06).
        range: Lowest and highest value allowed, null for no bound (R07).
        separator: What stands between the values of a field that holds several; `values` and
            `pattern` are then said of each.
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
    pattern: str | None = None
    range: tuple[float | None, float | None] | None = None
    separator: str | None = None
    token: Purpose | None = None
    kept: bool = True
    computed: str | None = None
    inMarts: bool = True  # noqa: N815
    freeText: bool = False  # noqa: N815

    @field_validator("pattern")
    @classmethod
    def compilable(cls, pattern: str | None) -> str | None:
        """Hold that the pattern is a regular expression."""
        if pattern is not None:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"'{pattern}' is no regular expression: {error}") from error
        return pattern

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


class Column(Strict):
    """A column of the feed, as it stands in the lake."""

    name: str
    businessName: str = ""  # noqa: N815 - keys of the standard are camel case
    logicalType: LogicalType  # noqa: N815
    physicalType: PhysicalType | None = None  # noqa: N815
    required: bool = False
    description: str
    classification: AccessClass | None = None
    examples: list[FieldText] = []
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
        p = self.platform
        if self.type != "text" and (p.token or p.values or p.vocabulary or p.pattern):
            raise PlacedError(("customProperties",), "token, values and pattern are of text only")
        if p.range and self.type not in ("integer", "bigint", "double precision"):
            raise PlacedError(("customProperties",), "range is of numbers only")
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
    def title(self) -> str:
        """The column's name as people say it."""
        return self.businessName or self.name.replace("_", " ").capitalize()

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
        is_said = p.values is not None or p.vocabulary is not None or p.pattern is not None
        return self.type != "text" or is_said or bool(p.token) or self.is_computed or p.freeText

    @property
    def example(self) -> str:
        """The field of the contract's valid row; `{n}` in it stands for the row's number."""
        return self.examples[0] if self.examples else ""

    @property
    def read_formats(self) -> list[str]:
        """Date formats tried in turn (strptime codes)."""
        return self.platform.readFormats or ["%Y-%m-%d"]

    def allowed(self) -> dict[str, Any]:
        """What the column says of its values, for the docs page."""
        p = self.platform
        named = {"values": p.values, "vocabulary": p.vocabulary, "pattern": p.pattern}
        bounds = {"range": list(p.range)} if p.range else {}
        return {key: value for key, value in named.items() if value} | bounds
