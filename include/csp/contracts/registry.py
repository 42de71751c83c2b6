"""Reading contracts, and saying where one is wrong: file, line and key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from csp.contracts.borough import borough
from csp.contracts.model import Contract
from csp.contracts.reading import load_strict
from csp.errors import CspError
from csp.project import CONTRACTS


def load_contract(path: Path) -> Contract:
    """Read one contract strictly, with the borough's words put in.

    Raises:
        ContractError: See `load_strict`.
    """
    return load_strict(path, Contract, borough().words)


def resolved(contract: Contract) -> str:
    """The contract as canonical JSON, as it is kept with each delivery it admitted."""
    return contract.canonical


def contract_hash(contract: Contract) -> str:
    """SHA-256 of what the contract means, as 64 hexadecimal characters; samples change nothing."""
    return contract.meaning_hash


class ContractRegistry:
    """All contracts below one folder, read once.

    Args:
        folder: Holds `<partner>/<entity>.yml`.
        feed: Read this feed only; its file is found by name.
    """

    def __init__(self, folder: Path = CONTRACTS, feed: str | None = None) -> None:
        self.folder, self.feed = folder, feed

    @property
    def paths(self) -> list[Path]:
        """Every contract file, sorted."""
        return sorted(
            path
            for path in self.folder.glob("*/*.yml")
            if self.feed in (None, f"{path.parent.name}_{path.stem}")
        )

    def only(self, feed: str) -> ContractRegistry:
        """A registry of one feed, which reads no other contract."""
        return ContractRegistry(self.folder, feed)

    @cached_property
    def _by_id(self) -> dict[str, Contract]:
        return {contract.id: contract for contract in map(load_contract, self.paths)}

    def __iter__(self) -> Iterator[Contract]:
        return iter(self._by_id.values())

    def readable(self) -> list[Contract]:
        """Every contract of the folder that can be read, whichever feed the registry is of."""
        found = []
        for path in ContractRegistry(self.folder).paths:
            with suppress(CspError):
                found.append(load_contract(path))
        return found

    def get(self, feed: str) -> Contract:
        """The contract of a feed.

        Raises:
            CspError: No contract has that id.
        """
        if feed not in self._by_id:
            known = ", ".join(sorted(self._by_id))
            raise CspError(f"no feed is called '{feed}'; known are: {known}")
        return self._by_id[feed]

    def path_of(self, contract: Contract) -> Path:
        """The file of a contract, by the rule `<partner>/<entity>.yml`."""
        return self.folder / contract.domain / f"{contract.entity}.yml"
