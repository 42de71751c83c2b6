"""Files of any feed, written from its contract's valid row and what is to differ in each row."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from csp.contracts import ContractRegistry
from csp.contracts.samples import sample_file

Row = dict[str, str]
MakeFile = Callable[..., str]

#: Fields that are and are not of a type; a date's good ones depend on its formats.
TYPED_FIELDS: dict[str, dict[str, list[str]]] = {
    "integer": {"good": ["7", "7.0", ""], "bad": ["many", "1.5", "1e3", "99999999999"]},
    "bigint": {"good": ["7", "99999999999"], "bad": ["many", "1.5"]},
    "double precision": {"good": ["1", "1.25", ""], "bad": ["far", "nan", "inf", "1;5"]},
    "date": {"good": [], "bad": ["soon", "2021-13", "2021-06-31", "31 Jun 2021"]},
    "timestamp": {
        "good": ["2021-06-12T10:00:00+01:00", "2021-06-12T09:00:00Z", "2021-06-12 10:00:00"],
        "bad": ["soon", "2021-06-31T10:00:00Z", "25:00"],
    },
    "boolean": {"good": ["true", "N", "1", ""], "bad": ["perhaps", "2"]},
}


@pytest.fixture(scope="session")
def typed_fields() -> dict[str, dict[str, list[str]]]:
    """Type → fields that are and are not of it."""
    return TYPED_FIELDS


@pytest.fixture(scope="session")
def make_file(registry: ContractRegistry) -> MakeFile:
    """Gives a feed's file: its header, then one row per set of changes to the valid row."""

    def write(feed: str, changes: list[Row], header: list[str] | None = None) -> str:
        return sample_file(registry.get(feed), changes, header)

    return write
