"""Where things lie, and the ledger of every step tried."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csp.lake.home import Home
    from csp.lake.ledger import Ledger

__all__ = ["Home", "Ledger"]

PLACES = {"Home": "csp.lake.home", "Ledger": "csp.lake.ledger"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Import SQLAlchemy only for those who ask for the ledger: DAG files ask for the home."""
    if name in PLACES:
        return getattr(import_module(PLACES[name]), name)
    raise AttributeError(name)
