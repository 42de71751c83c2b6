"""Scenario borough-2021, whole, on both engines."""
