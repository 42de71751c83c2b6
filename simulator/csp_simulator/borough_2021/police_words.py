"""Words and shares of the police files beside street crime: words/police.yml and registers."""

from __future__ import annotations

from typing import NamedTuple

from csp_simulator.data_files import Words, register

say = Words("police")


class MpsCategory(NamedTuple):
    """A category of the files until 2024, its name as long as it is, and how often it is met."""

    major: str
    minor: str
    weight: float


class ReturnRow(NamedTuple):
    """A category of the return, and its usual rows in a quarter at scale 1."""

    authority: str
    category: str
    subcategory: str
    usual: int


OUTCOME_COLUMNS = say("outcome_columns", tuple[str, ...])
OUTCOME_LAG = say("outcome_lag", tuple[float, ...])
CHARGED = say("charged", str)
CAUTIONED = say("cautioned", str)
AFTER_A_CHARGE = say("after_a_charge", tuple[str, ...])
OPEN_CASE = say("open_case", str)
OUTCOME_GROUPS = say("outcome_groups", dict[str, tuple[str, ...]])
LATE = say("late", tuple[float, ...])
TWICE = say("twice", float)
ORPHANED = say("orphaned", float)
SEARCH_COLUMNS = say("search_columns", tuple[str, ...])
SEARCHES = say("searches", dict[str, tuple[float, float]])
SEARCH_TYPES = say("search_types", dict[str, float])
GENDERS = say("genders", dict[str | None, float])
AGES = say("ages", dict[str | None, float])
ETHNICITIES = say("ethnicities", dict[str, tuple[str, float]])
OBJECTS = say("objects", dict[str, tuple[str, float]])
SEARCH_OUTCOMES = say("search_outcomes", dict[str, float])
SEARCH_HOURS = say("search_hours", tuple[int, ...])
TRI_STATE = say("tri_state", tuple[str | None, ...])
MPS_CATEGORIES = register("mps_categories", MpsCategory)
CATEGORY_LENGTH = say("category_length", int)
WITHOUT_WARD = say("without_ward", float)
HACKNEY_FIRST_WARD = say("hackney_first_ward", int)
HACKNEY_WARDS = say("hackney_wards", tuple[str, ...])
DASHBOARD_COLUMNS = say("dashboard_columns", tuple[str, ...])
DASHBOARD_OTHER = say("dashboard_other", dict[str, dict[str, float]])
DASHBOARD_KNIFE = say("dashboard_knife", dict[str, float])
RETURN_COLUMNS = say("return_columns", tuple[str, ...])
RETURN_ROWS = register("section17a_rows", ReturnRow)
TIME_BANDS = say("time_bands", dict[str, float])
OUTWARD = say("outward", dict[str, str])
