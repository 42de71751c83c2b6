"""Scenario `borough-2021`: every feed from 2019-04 to 2021-12, as partners would send it.

Each module writes the feeds of one part of the partnership by a function `write`.
"""
