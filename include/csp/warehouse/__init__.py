"""Engines, dbt runs, refresh and publication."""
