"""A feed's contract as an object, and what is compiled from it."""

from csp.contracts.model import Contract
from csp.contracts.registry import ContractFaultError, ContractRegistry, load_contract

__all__ = ["Contract", "ContractFaultError", "ContractRegistry", "load_contract"]
