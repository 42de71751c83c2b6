"""Lines of the funding register, milestones and feedback: words/programme.yml and registers."""

from __future__ import annotations

from typing import NamedTuple

from csp_simulator.data_files import Words, register

say = Words("programme")


class FundingLine(NamedTuple):
    """The first version of a line of the funding register."""

    recorded_on: str
    programme: str
    kind: str
    title: str
    funder: str
    recipient: str
    financial_year: str
    amount_gbp: int | None
    amount_basis: str | None
    amount_qualifier: str | None
    term_months: int | None
    status: str
    stage: str | None
    units_planned: int | None
    units_delivered: int | None
    unit: str | None
    channel: str | None
    language: str | None
    item_count: int | None
    source_quote_ref: str | None


class Milestone(NamedTuple):
    """The first version of a milestone."""

    recorded_on: str
    programme: str
    kind: str
    title: str
    due_on: str | None
    done_on: str | None
    done_precision: str | None
    status: str
    next_review_on: str | None
    figure: int | None
    source_quote_ref: str


FUNDING_COLUMNS = say("funding_columns", tuple[str, ...])
MILESTONE_COLUMNS = say("milestone_columns", tuple[str, ...])
FEEDBACK_COLUMNS = say("feedback_columns", tuple[str, ...])
POPULATION_COLUMNS = say("population_columns", tuple[str, ...])
INDICATOR_COLUMNS = say("indicator_columns", tuple[str, ...])
FUNDING = register("funding_lines", FundingLine)
WARDS_LIVE = say("wards_live", tuple[tuple[str, int], ...])
CAMERAS = say("cameras", tuple[tuple[str, int, str], ...])
MILESTONES = register("milestones", Milestone)
ACTIONS = say("actions", tuple[tuple[str, str | None], ...])
QUOTED = say("quoted", tuple[tuple[str, str, str, str, int, str], ...])
OTHER_ITEMS = say("other_items", tuple[int, int])
OTHER_KINDS = say("other_kinds", tuple[tuple[str, str, str, str], ...])
GROWTH = say("growth", dict[int, float])
WORKDAY_FACTOR = say("workday_factor", dict[str, float])
INDICATORS = say("indicators", tuple[tuple[str, str, str, int, tuple[float, ...], float], ...])
