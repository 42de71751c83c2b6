"""The KPI catalogue as objects, and what is compiled from it."""

from csp.catalogue.model import Figure, Kpi, Measure
from csp.catalogue.registry import KpiCatalogue

__all__ = ["Figure", "Kpi", "KpiCatalogue", "Measure"]
