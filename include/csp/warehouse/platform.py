"""Everything a command or a DAG works with: home, ledger, contracts and warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from csp.contracts import ContractRegistry
from csp.ledger.sessions import Ledger
from csp.storage.home import Home
from csp.warehouse.choice import open_warehouse
from csp.warehouse.engine import Warehouse


@dataclass(frozen=True)
class Platform:
    """One data root with what belongs to it; parts are opened when they are first used."""

    home: Home
    registry: ContractRegistry

    @classmethod
    def from_environment(cls) -> Platform:
        """The platform that `CSP_HOME`, `CSP_LEDGER` and `CSP_WAREHOUSE` name."""
        return cls(Home.from_environment(), ContractRegistry())

    def registry_of(self, feed: str) -> ContractRegistry:
        """A registry that reads one feed's contract only, so that no other can break it."""
        return self.registry.only(feed)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger."""
        return Ledger(self.home.ledger_url)

    @cached_property
    def warehouse(self) -> Warehouse:
        """The warehouse engine."""
        return open_warehouse(self.home)
