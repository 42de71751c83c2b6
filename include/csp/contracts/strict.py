"""What every part of a contract shares: strictness, and errors that say where they are."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

AccessClass = Literal["open", "internal", "restricted", "special_category"]


class PlacedError(ValueError):
    """An error that only the whole contract shows.

    Attributes:
        place: Keys and positions that lead from the root to the faulty value.
    """

    def __init__(self, place: tuple[int | str, ...], what: str) -> None:
        self.place = place
        super().__init__(what)


class Sample:
    """Marks a key of a contract that shows what is meant and changes nothing: a sample."""


SAMPLE = Sample()


class OfTheInbox:
    """Marks a key of a contract about files that are another feed's: no row's meaning is in it."""


OF_THE_INBOX = OfTheInbox()


class Strict(BaseModel):
    """A part of a contract in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CustomProperty(Strict):
    """One `property: value` pair of the standard.

    Attributes:
        property: Its name, one of those that the platform reads.
        value: What it says.
    """

    property: str
    value: Any


def as_mapping(properties: list[CustomProperty], *known: str) -> dict[str, Any]:
    """Custom properties as name → value.

    Raises:
        PlacedError: A name is unknown or said twice.
    """
    mapping: dict[str, Any] = {}
    for item in properties:
        if item.property not in known:
            raise PlacedError((item.property,), f"unknown custom property '{item.property}'")
        if item.property in mapping:
            raise PlacedError((item.property,), f"custom property '{item.property}' is said twice")
        mapping[item.property] = item.value
    return mapping


def _as_written(value: object) -> str:
    """A value as a partner's file would hold it; YAML reads some of them as more than text."""
    if isinstance(value, (bool, datetime, float)):
        raise ValueError("put the value in quotation marks, so that it is read as it is written")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


REGEX = {"type": "string", "format": "regex"}


def _compilable(pattern: str) -> str:
    """The pattern, if it is a regular expression."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"'{pattern}' is no regular expression: {error}") from error
    return pattern


#: A regular expression, as a contract says it.
Pattern = Annotated[str, AfterValidator(_compilable), WithJsonSchema(REGEX)]
#: A field of a partner's file, as text.
FieldText = Annotated[
    str, BeforeValidator(_as_written), WithJsonSchema({"type": ["string", "integer", "null"]})
]
#: A row as changes to the contract's valid row: header (of the first layout) → field.
RowChange = dict[str, FieldText]
