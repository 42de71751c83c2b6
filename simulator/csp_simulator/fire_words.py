"""Words and shares of the London Fire Brigade incident file: words/fire.yml and a register."""

from __future__ import annotations

from typing import NamedTuple

from csp_simulator.data_files import Words, register

say = Words("fire")


class OtherBorough(NamedTuple):
    """Another borough, its name as the file spells it; longitude and latitude of its middle."""

    code: str
    name: str
    weight: int
    longitude: float
    latitude: float
    district: str
    station: str


FIRE_COLUMNS = say("fire_columns", tuple[str, ...])
CALLS_A_DAY = say("calls_a_day", int)
HOURS = say("hours", tuple[int, ...])
IN_BOROUGH = say("in_borough", float)
NOT_GEOCODED = say("not_geocoded", float)
GROUPS = say("groups", tuple[str, ...])
GROUP_SHARES = say("group_shares", tuple[float, ...])
STOP_CODES = say("stop_codes", dict[str, dict[str, float]])
SPECIAL_SERVICES = say("special_services", dict[str, float])
PROPERTY_CATEGORIES = say("property_categories", dict[str, tuple[float, float, float]])
PROPERTY_TYPES = say("property_types", dict[str, tuple[str, ...]])
ADDRESS_QUALIFIERS = say("address_qualifiers", dict[str, float])
WARD_GROUND = say("ward_ground", dict[str, tuple[str, str]])
UNKNOWN_GROUND = say("unknown_ground", tuple[str, ...])
OTHER_BOROUGHS = register("other_boroughs", OtherBorough)
OTHER_WARDS = say("other_wards", tuple[str, ...])
FIRST_PUMP_MEDIAN = say("first_pump_median", float)
FIRST_PUMP_SIGMA = say("first_pump_sigma", float)
NO_FIRST_PUMP = say("no_first_pump", float)
NO_SECOND_PUMP = say("no_second_pump", float)
LONGEST_SECONDS = say("longest_seconds", int)
THIRD_PUMP = say("third_pump", float)
LONG_JOB = say("long_job", float)
NO_UPRN = say("no_uprn", float)
NO_USRN = say("no_usrn", float)
FINANCIAL_YEAR_STARTS = say("financial_year_starts", str)
COST_BY_FINANCIAL_YEAR = say("cost_by_financial_year", dict[int, int])
