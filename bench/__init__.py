"""Budgets of the platform, measured as ratios."""
