"""Files of both feeds, written from one valid row and what is to differ in each row."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from csp.contracts import Contract, ContractRegistry

SAMPLES = Path(__file__).with_name("samples.yml")
NAMES = {
    "police_street_crime": "2021-06-metropolitan-street.csv",
    "fire_lfb_incident": "LFB Incident data 2021-07.csv",
}

Row = dict[str, str]
MakeFile = Callable[..., str]


@pytest.fixture(scope="session")
def samples() -> dict[str, Any]:
    """Feed → valid row, and for each rule rows that keep and break it."""
    return yaml.safe_load(SAMPLES.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def names() -> dict[str, str]:
    """Feed → a file name that belongs to it."""
    return NAMES


@pytest.fixture(scope="session")
def make_file(samples: dict[str, Any]) -> MakeFile:
    """Gives a feed's file: its header, then one row per set of changes to the valid row."""

    def write(feed: str, changes: list[Row], header: list[str] | None = None, **style: Any) -> str:
        valid = samples[feed]["valid"]
        text = io.StringIO()
        rows = csv.DictWriter(text, header or list(valid), lineterminator="\n", **style)
        rows.writeheader()
        rows.writerows(valid | change for change in changes)
        return text.getvalue()

    return write


@pytest.fixture(scope="session")
def contracts(registry: ContractRegistry) -> dict[str, Contract]:
    """Feed → contract."""
    return {contract.id: contract for contract in registry}
