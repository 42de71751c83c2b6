"""The data roots that are disturbed are those of the warehouse's tests."""

from tests.warehouse.conftest import published_year, taken_year, year

__all__ = ["published_year", "taken_year", "year"]
