"""A feed's contract as an object, and what is compiled from it."""

from csp.contracts.model import Contract
from csp.contracts.reading import ContractFaultError
from csp.contracts.registry import ContractRegistry, load_contract

__all__ = ["Contract", "ContractFaultError", "ContractRegistry", "load_contract"]
