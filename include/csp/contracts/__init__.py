"""A feed's contract as an object, and what is compiled from it."""

from csp.contracts.model import Contract
from csp.contracts.reading import ContractError
from csp.contracts.registry import ContractRegistry, load_contract

__all__ = ["Contract", "ContractError", "ContractRegistry", "load_contract"]
