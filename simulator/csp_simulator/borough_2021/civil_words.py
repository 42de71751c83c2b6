"""Words and shares of the civil-protection feeds: words/civil.yml and registers."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from csp_simulator.data_files import Words, register

say = Words("civil")


class Course(NamedTuple):
    """A course, whether it is for a role that statute asks for, and its length in hours."""

    code: str
    title: str
    is_statutory: str
    hours: str


class Exercise(NamedTuple):
    """An exercise: when it was held, how wide, who took part, and what came of it."""

    held_on: str
    kind: str
    name: str
    scope: str
    staff: int
    partners: str
    objectives_met: str
    days_to_debrief: int
    open_actions: int


INCIDENT_COLUMNS = say("incident_columns", tuple[str, ...])
INCIDENT_TYPES = say("incident_types", dict[str, tuple[float, str, str, int]])
LFB_TYPES = say("lfb_types", tuple[str, ...])
LEVELS = say("levels", tuple[str, ...])
LEVEL_SHARES = say("level_shares", tuple[float, ...])
MONTH_FACTOR = say("month_factor", tuple[float, ...])
LOCATIONS = say("locations", tuple[str, ...])
DETAILS = say("details", tuple[str, ...])
HAZARDS = say("hazards", tuple[str, ...])
ACCESS = say("access", tuple[str, ...])
DISTRICTS = say("districts", tuple[str, ...])
INCIDENTS = say("incidents", dict[str, tuple[date, date, int, int, int]])
WHARF = say("wharf", tuple[str, float, float, str])
OVER_MIDNIGHT = say("over_midnight", str)
TRAINING_COLUMNS = say("training_columns", tuple[str, ...])
COURSES = register("civil_courses", Course)
MODES = say("modes", tuple[str, ...])
MODE_SHARES = say("mode_shares", tuple[float, ...])
DEPARTMENTS = say("departments", tuple[str, ...])
TRAINING = say("training", dict[str, tuple[int, int]])
EXERCISE_COLUMNS = say("exercise_columns", tuple[str, ...])
EXERCISES = register("civil_exercises", Exercise)
PLAN_COLUMNS = say("plan_columns", tuple[str, ...])
SERVICES = say("services", tuple[str, ...])
OWNERS = say("owners", tuple[str, ...])
RTO_HOURS = say("rto_hours", tuple[int, ...])
MTPD_HOURS = say("mtpd_hours", tuple[int, ...])
ACTIVE_PLANS = say("active_plans", int)
FIRST_ACTIVE_PLANS = say("first_active_plans", int)
OTHER_PLANS = say("other_plans", tuple[str, ...])
PLANS_OF_EACH_OTHER = say("plans_of_each_other", int)
LATE_PLANS = say("late_plans", float)
SHIFT_COLUMNS = say("shift_columns", tuple[str, ...])
ROLES = say("roles", tuple[str, ...])
FILLED_FROM = say("filled_from", tuple[tuple[str, float], ...])
MOBILISATION_COLUMNS = say("mobilisation_columns", tuple[str, ...])
STATIONS = say("stations", tuple[tuple[str, str, float], ...])
INCIDENTS_A_DAY = say("incidents_a_day", int)
HOURS_OF_DAY = say("hours_of_day", tuple[int, ...])
