"""Words, shares and volumes of the ASB feeds: words/asb.yml and registers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from csp_simulator.borough_2021.periods import Period
from csp_simulator.data_files import Words, register

say = Words("asb")


@dataclass(frozen=True)
class Kind:
    """A kind of enforcement action.

    Attributes:
        action: Type of action.
        power: Law.
        offence: What it is for.
        a_month: Actions in a usual month; 0 when they are drawn in exact numbers.
        amount: Pounds of the penalty, 0 for none.
        order: `drinking`, `ropemakers` or `nox` for a penalty under an order.
        seized: What is seized.
        lasts: Whether the action lasts until it is closed or breached.
    """

    action: str
    power: str
    offence: str
    a_month: float = 0
    amount: int = 0
    order: str = ""
    seized: str = ""
    lasts: bool = False


class ProtectionOrder(NamedTuple):
    """A public spaces protection order; `renews` names the order that it follows."""

    pspo_id: str
    title: str
    restriction: str
    area: str
    made_on: date
    in_force_on: date
    expires_on: date
    renews: str | None
    consultation: str


TYPES = say("types", dict[str, tuple[str, float, float, float]])
CASES_A_MONTH = say("cases_a_month", int)
ASB_SEASON = say("asb_season", tuple[float, ...])
LOCKDOWN_YEAR = say("lockdown_year", Period)
YEAR_BEFORE = say("year_before", Period)
SUMMER_2021 = say("summer_2021", Period)
HOTSPOT_WARD = say("hotspot_ward", str)
HOTSPOT_TIME = say("hotspot_time", Period)
HOTSPOT_SHARE = say("hotspot_share", float)
GREAT_BURST_CALLS = say("great_burst_calls", int)
GREAT_BURST = say("great_burst", date)
SOURCES = say("sources", dict[str, float])
CLOSURES = say("closures", dict[str, float])
VULNERABILITIES = say("vulnerabilities", tuple[str, ...])
SUPPORT = say("support", tuple[str, ...])
AGE_BANDS = say("age_bands", tuple[str, ...])
AGES = say("ages", tuple[float, ...])
NITROUS_OXIDE_AGES = say("nitrous_oxide_ages", tuple[float, ...])
KINDS = say("kinds", tuple[Kind, ...])
ASB_WARNING = say("asb_warning", Kind)
NITROUS_OXIDE = say("nitrous_oxide", Kind)
NITROUS_OXIDE_BOX = say("nitrous_oxide_box", Kind)
COVID = say("covid", Kind)
ORDERS = register("protection_orders", ProtectionOrder)
PARKS = say("parks", int)
STREETS = say("streets", int)
ESTATES = say("estates", int)
SITES_A_WEEK = say("sites_a_week", int)
PATROLS_A_WEEK = say("patrols_a_week", int)
TEAMS = say("teams", dict[str, float])
MUSIC_PLACES = say("music_places", tuple[str, ...])
PREMISES = say("premises", dict[str, float])
COVID_RULES = say("covid_rules", dict[str, float])
LIVES = say("lives", tuple[tuple[float, tuple[tuple[str, int, int], ...]], ...])
CASE_COLUMNS = say("case_columns", tuple[str, ...])
ACTION_COLUMNS = say("action_columns", tuple[str, ...])
ORDER_COLUMNS = say("order_columns", tuple[str, ...])
PANEL_COLUMNS = say("panel_columns", tuple[str, ...])
