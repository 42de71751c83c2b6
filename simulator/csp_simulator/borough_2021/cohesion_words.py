"""What the cohesion team's records say, and how often: words/cohesion.yml and registers."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from csp_simulator.data_files import Words, register

say = Words("cohesion")


class NamedEvent(NamedTuple):
    """An event that the presentation names; the attendees of the ambassadors make 20."""

    programme: str
    title: str
    day: date
    attendees: int
    is_online: bool


HATE_COLUMNS = say("hate_columns", tuple[str, ...])
HATE_SEASON = say("hate_season", tuple[int, ...])
HATE_LEAST = say("hate_least", int)
HATE_MOST = say("hate_most", int)
CHANNELS = say("channels", dict[str, float])
STRANDS = say("strands", dict[str, float])
ANTISEMITISM_MONTH = say("antisemitism_month", date)
ANTISEMITISM_RISE = say("antisemitism_rise", float)
CRIME_TYPES = say("crime_types", dict[str, float])
NFA_REASONS = say("nfa_reasons", dict[str, float])
TENSION_COLUMNS = say("tension_columns", tuple[str, ...])
ISSUES_A_MONTH = say("issues_a_month", int)
TENSION_CATEGORIES = say("tension_categories", dict[str, float])
NAMED_ISSUES = say("named_issues", dict[str, tuple[date, int]])
SESSION_COLUMNS = say("session_columns", tuple[str, ...])
PREVENT_TRAINED = say("prevent_trained", int)
SCHOOL_SUPPORTED = say("school_supported", int)
FRONTLINE_SESSIONS = say("frontline_sessions", tuple[int, ...])
SCHOOL_SESSIONS = say("school_sessions", tuple[int, ...])
OTHER_SESSIONS = say("other_sessions", tuple[int, ...])
SCHOOLS = say("schools", int)
PRODUCTS = say("products", dict[str, tuple[str, ...]])
REFERRAL_COLUMNS = say("referral_columns", tuple[str, ...])
SECTORS = say("sectors", dict[str, float])
CONCERNS = say("concerns", dict[str, float])
LEAST_SHOWN = say("least_shown", int)
SECURITY_COLUMNS = say("security_columns", tuple[str, ...])
SECURITY_A_MONTH = say("security_a_month", tuple[int, ...])
SITE_TYPES = say("site_types", dict[str, float])
WORSHIP_EVERY = say("worship_every", int)
VEHICLE_MITIGATION = say("vehicle_mitigation", dict[str, date])
EVENT_COLUMNS = say("event_columns", tuple[str, ...])
EVENTS_A_MONTH = say("events_a_month", int)
USUAL_EVENTS = say("usual_events", dict[str, tuple[str, float]])
PARTNERS = say("partners", tuple[str | None, ...])
NAMED_TITLES = say("named_titles", tuple[str, ...])
NAMED_EVENTS = register("named_events", NamedEvent)
HATE_CRIME_WEEKS = say("hate_crime_weeks", dict[date, int])
ASB_WEEK = say("asb_week", date)
ASB_WEEK_WARDS = say("asb_week_wards", int)
PREVENT_PROJECTS = say("prevent_projects", dict[int, int])
