"""The scorecard: a page, a board pack and a table of what a publication says."""

from csp.kpi.scorecard.writing import Scorecard, rewrite_scorecard, write_scorecard

__all__ = ["Scorecard", "rewrite_scorecard", "write_scorecard"]
