"""Files of any feed, written from its contract's valid row and what is to differ in each row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

import pytest

import csp.ledger.sessions
from csp.contracts import ContractRegistry
from csp.contracts.samples import sample_file
from csp.project import CONTRACTS

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


class Clock:
    """The clock by which the ledger tells the time, which can be put forward and back.

    Every time that ingest and ledger write down is taken from it (`csp.ledger.sessions.utc_now`).
    """

    def __init__(self) -> None:
        self.ahead = timedelta()
        clock = self

        class Shifted(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> Self:
                return super().now(tz) + clock.ahead

        self.shifted = Shifted

    def put(self, **ahead: float) -> None:
        """Put the clock so much ahead of the true time; back, when that is negative."""
        self.ahead = timedelta(**ahead)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(csp.ledger.sessions, "datetime", clock.shifted)
    return clock


@pytest.fixture
def changed_contract(tmp_path: Path) -> Callable[[str, str, str, str], ContractRegistry]:
    """Gives the registry of one contract, one thing in which is said otherwise."""

    def change(partner: str, entity: str, said: str, says: str) -> ContractRegistry:
        text = (CONTRACTS / partner / f"{entity}.yml").read_text(encoding="utf-8")
        assert said in text
        path = tmp_path / "contracts" / partner / f"{entity}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(said, says), encoding="utf-8")
        return ContractRegistry(tmp_path / "contracts")

    return change
