"""What VAWG services say in their files, and how often: words/vawg.yml and registers."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from csp_simulator.data_files import Words, register

say = Words("vawg")


class Session(NamedTuple):
    """A session of training."""

    programme: str
    day: date
    venue_type: str
    attendees: int


REFERRAL_COLUMNS = say("referral_columns", tuple[str, ...])
REFERRALS_AT_FIRST = say("referrals_at_first", int)
GROWTH_A_MONTH = say("growth_a_month", float)
LOCKDOWNS = say("lockdowns", dict[date, float])
SOLACE_FROM = say("solace_from", date)
SERVICES_BEFORE = say("services_before", dict[str, float])
SERVICES_SINCE = say("services_since", dict[str, float])
SOURCES = say("sources", dict[str, float])
NEEDS = say("needs", dict[str, float])
MARAC_COLUMNS = say("marac_columns", tuple[str, ...])
FIRST_MEETING = say("first_meeting", date)
MEETING_EVERY = say("meeting_every", int)
CASES_A_MEETING = say("cases_a_meeting", float)
REPEAT_SHARE = say("repeat_share", float)
MEETINGS_A_YEAR = say("meetings_a_year", int)
AGENCIES = say("agencies", dict[str, float])
DIVERSITY = say("diversity", dict[str, float])
SANCTUARY_COLUMNS = say("sanctuary_columns", tuple[str, ...])
HOMES_A_MONTH = say("homes_a_month", tuple[int, ...])
UPGRADED = say("upgraded", float)
MEASURES = say("measures", dict[str, float])
TENURES = say("tenures", dict[str, float])
RISKS = say("risks", dict[str, float])
TRAINING_COLUMNS = say("training_columns", tuple[str, ...])
CHAMPION_SESSIONS = say("champion_sessions", dict[date, int])
ANGELA_ATTENDEES = say("angela_attendees", int)
ANGELA_VENUES = say("angela_venues", int)
ANGELA_TWICE = say("angela_twice", int)
ANGELA_FIRST = say("angela_first", date)
ANGELA_LAST = say("angela_last", date)
VENUE_TYPES = say("venue_types", dict[str, float])
OTHER_SESSIONS = register("vawg_sessions", Session)
