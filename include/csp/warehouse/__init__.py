"""Engines, dbt runs, refresh and publication."""

from csp.warehouse.engine import Warehouse, open_warehouse

__all__ = ["Warehouse", "open_warehouse"]
