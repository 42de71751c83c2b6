"""Files of both feeds, written from one valid row and what is to differ in each row."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

SAMPLES = Path(__file__).with_name("samples.yml")

Row = dict[str, str]
MakeFile = Callable[..., str]


@pytest.fixture(scope="session")
def samples() -> dict[str, Any]:
    """Feed → valid row, and for each rule rows that keep and break it."""
    text = SAMPLES.read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - makes nothing but text


@pytest.fixture(scope="session")
def make_file(samples: dict[str, Any]) -> MakeFile:
    """Gives a feed's file: its header, then one row per set of changes to the valid row."""

    def write(
        feed: str, changes: list[Row], header: list[str] | None = None, **style: str | int
    ) -> str:
        valid = samples[feed]["valid"]
        text = io.StringIO()
        rows = csv.DictWriter(text, header or list(valid), lineterminator="\n", **style)
        rows.writeheader()
        rows.writerows(valid | change for change in changes)
        return text.getvalue()

    return write
