"""Where things lie, and the ledger of every step tried."""

from csp.lake.home import Home
from csp.lake.ledger import Ledger

__all__ = ["Home", "Ledger"]
