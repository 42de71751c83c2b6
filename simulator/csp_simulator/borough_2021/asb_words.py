"""Words, shares and volumes of the ASB feeds.

Sources: the domain specification, 5.1 (codes, benchmarks of patrols and warnings) and Appendix B
(volumes). Shares are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from csp_simulator.borough_2021.periods import Period

#: Kind → (category, weight, factor in the lockdown year, factor in summer 2021).
TYPES: dict[str, tuple[str, float, float, float]] = {
    "NOISE": ("NUISANCE", 17, 1.3, 1.1),
    "NOX": ("NUISANCE", 5, 2.2, 2.6),
    "STREET_DRINK": ("NUISANCE", 7, 0.9, 1.0),
    "DRUG_USE": ("NUISANCE", 13, 1.3, 1.1),
    "DRUG_DEAL": ("NUISANCE", 8, 1.2, 1.1),
    "GROUPS": ("NUISANCE", 12, 1.8, 1.3),
    "VEHICLE_NUISANCE": ("NUISANCE", 6, 1.2, 1.1),
    "ENCAMPMENT": ("NUISANCE", 1, 1.0, 1.0),
    "BEGGING": ("NUISANCE", 3, 0.6, 0.9),
    "LITTER_FLYTIP": ("ENVIRONMENTAL", 7, 1.2, 1.1),
    "GRAFFITI": ("ENVIRONMENTAL", 3, 0.8, 1.0),
    "ANIMAL": ("NUISANCE", 2, 1.1, 1.1),
    "FIREWORKS": ("NUISANCE", 1.5, 1.2, 0.8),
    "NEIGHBOUR": ("PERSONAL", 9, 1.2, 1.0),
    "INTIMIDATION": ("PERSONAL", 4, 1.1, 1.0),
    "UME": ("NUISANCE", 1, 2.0, 1.2),
    "CUCKOOING": ("PERSONAL", 0.5, 1.0, 1.0),
}
#: New cases in a usual month, and the factor of each calendar month.
CASES_A_MONTH = 430
ASB_SEASON = (0.86, 0.87, 0.94, 1.02, 1.08, 1.13, 1.15, 1.12, 1.04, 0.98, 0.92, 0.88)
LOCKDOWN_YEAR = Period(date(2020, 4, 1), date(2021, 3, 31))
YEAR_BEFORE = Period(date(2019, 4, 1), date(2020, 3, 31))
SUMMER_2021 = Period(date(2021, 4, 1), date(2021, 9, 30))
#: Where nitrous oxide is misused night after night: ward, when, and its share of such cases.
HOTSPOT_WARD = "E05009330"
HOTSPOT_TIME = Period(date(2021, 4, 15), date(2021, 8, 31))
HOTSPOT_SHARE = 0.4
#: One person's calls of one night.
GREAT_BURST_CALLS, GREAT_BURST = 40, date(2021, 6, 19)
SOURCES = {
    "RESIDENT": 0.62,
    "MEMBER": 0.06,
    "POLICE": 0.08,
    "THEO": 0.10,
    "RSL": 0.09,
    "CCTV": 0.05,
}
CLOSURES = {
    "RESOLVED": 0.42,
    "WARNING": 0.16,
    "REFERRED": 0.14,
    "NO_EVIDENCE": 0.2,
    "WITHDRAWN": 0.05,
    "LEGAL_ACTION": 0.03,
}
VULNERABILITIES = (
    "MENTAL_HEALTH",
    "MENTAL_HEALTH|REPEAT_VICTIM",
    "DISABILITY|ISOLATION",
    "AGE|ISOLATION",
    "LEARNING",
    "PHYSICAL_HEALTH",
    "HATE|REPEAT_VICTIM",
    "SUBSTANCE_USE",
)
SUPPORT = ("ADVOCACY", "HOUSING", "MENTAL_HEALTH", "SAFETY_PLAN", "TARGET_HARDENING")

AGE_BANDS = ("18_24", "25_34", "35_49", "50_PLUS", "UNKNOWN")
AGES = (0.26, 0.34, 0.22, 0.13, 0.05)
NITROUS_OXIDE_AGES = (0.26, 0.52, 0.18, 0.04, 0.0)


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


KINDS = (
    Kind("VERBAL_WARN", "COUNCIL", "ASB_GENERAL", 46),
    Kind("CPW", "ASBCPA_S43", "PERSISTENT_ASB", 14, lasts=True),
    Kind("CPN", "ASBCPA_S43", "PERSISTENT_ASB", 5, lasts=True),
    Kind("FPN", "EPA_S88", "LITTER", 22, amount=80),
    Kind("FPN", "ASBCPA_S63", "ALCOHOL_REFUSAL", 9, amount=100, order="drinking"),
    Kind("FPN", "ASBCPA_S68", "DRINKING_ASB", 2, amount=100, order="ropemakers"),
    Kind("ABC", "COUNCIL", "ASB_GENERAL", 4, lasts=True),
    Kind("INJUNCTION", "ASBCPA_S01", "HARASSMENT", 1, lasts=True),
    Kind("CBO", "ASBCPA_S22", "PERSISTENT_ASB", 0.7, lasts=True),
    Kind("CLOSURE", "ASBCPA_S76", "DRUG_DEALING", 0.8, lasts=True),
    Kind("DISPERSAL", "ASBCPA_S35", "GROUPS", 2),
    Kind("SEIZURE", "ASBCPA_S63", "ALCOHOL", 3, seized="ALCOHOL"),
    Kind("SEIZURE", "LA2003", "LOUD_MUSIC", 1, seized="SOUND_EQUIPMENT"),
    Kind("REFERRAL_TX", "COUNCIL", "DRUG_USE", 9),
    Kind("PROSECUTION", "ASBCPA_S67", "ORDER_BREACH", 1.5, lasts=True),
)
ASB_WARNING = Kind("ASB_WARNING", "COUNCIL", "ASB_GENERAL", 8)
NITROUS_OXIDE = Kind("FPN", "ASBCPA_S68", "NOX_USE", amount=100, order="nox")
NITROUS_OXIDE_BOX = Kind("SEIZURE", "ASBCPA_S68", "NOX_POSSESSION", seized="NOX_BOX")
COVID = Kind("FPN", "COVID_CLOSURE", "COVID_BREACH", amount=1000)

#: Register of protection orders: id, title, restriction, area, made, in force, expires, renews,
#: consultation.
ORDERS = (
    (
        "PSPO-2017-DRINK",
        "Responsible drinking",
        "DRINKING",
        "Borough-wide",
        date(2017, 10, 18),
        date(2017, 11, 1),
        date(2020, 10, 31),
        None,
        "CON-2017-006",
    ),
    (
        "PSPO-2018-ROPE",
        "Irresponsible drinking and anti-social behaviour",
        "DRINKING_ASB",
        "Limehouse (Ropemakers Fields)",
        date(2018, 6, 20),
        date(2018, 7, 2),
        date(2021, 7, 1),
        None,
        "CON-2018-003",
    ),
    (
        "PSPO-2020-DRINK",
        "Responsible drinking",
        "DRINKING",
        "Borough-wide",
        date(2020, 10, 21),
        date(2020, 11, 1),
        date(2023, 10, 31),
        "PSPO-2017-DRINK",
        "CON-2020-005",
    ),
    (
        "PSPO-2021-NOX",
        "Nitrous oxide",
        "NOX",
        "Borough-wide",
        date(2021, 4, 28),
        date(2021, 4, 30),
        date(2024, 4, 29),
        None,
        "CON-2021-001",
    ),
    (
        "PSPO-2021-ROPE",
        "Irresponsible drinking and anti-social behaviour",
        "DRINKING_ASB",
        "Limehouse (Ropemakers Fields)",
        date(2021, 6, 23),
        date(2021, 7, 2),
        date(2024, 7, 1),
        "PSPO-2018-ROPE",
        "CON-2021-004",
    ),
)

#: Sites of the patrol list.
PARKS, STREETS, ESTATES = 125, 70, 40
#: Distinct sites that are visited in a week, in turn, and patrols of a week in all.
SITES_A_WEEK, PATROLS_A_WEEK = 110, 139
#: Team → share of patrols from April 2021, when the Neighbourhood Enforcement Team began.
TEAMS = {"NET": 0.27, "PTF": 0.18, "THEO": 0.35, "DOG": 0.08, "PARKS": 0.12}

MUSIC_PLACES = (
    "Canal towpath",
    "Park by the river",
    "Car park roof",
    "Empty warehouse",
    "Under the railway arches",
    "Estate courtyard",
    "Marsh by the cut",
    "Closed depot",
)
PREMISES = {
    "RESTAURANT": 0.24,
    "TAKEAWAY": 0.14,
    "PUB_BAR": 0.2,
    "NIGHTCLUB": 0.02,
    "SHISHA": 0.06,
    "SHOP": 0.18,
    "MARKET": 0.04,
    "GYM": 0.03,
    "SALON": 0.05,
    "HOTEL": 0.02,
    "WORSHIP": 0.01,
    "OTHER": 0.01,
}
COVID_RULES = {
    "COVID_CLOSURE": 0.45,
    "COVID_GATHERING": 0.2,
    "COVID_FACE": 0.15,
    "COVID_CONTACT": 0.2,
}

#: How a penalty goes on: weight, then each later state with its first and last day.
LIVES: tuple[tuple[float, tuple[tuple[str, int, int], ...]], ...] = (
    (44, (("PAID_DISCOUNT", 1, 10),)),
    (18, (("PAID_FULL", 11, 28),)),
    (12, (("REMINDER", 29, 35), ("PAID_FULL", 40, 88))),
    (
        6,
        (("REMINDER", 29, 35), ("PROSECUTION_PENDING", 60, 75), ("PROSECUTED", 100, 135)),
    ),
    (6, (("REMINDER", 29, 35), ("PROSECUTION_PENDING", 60, 75))),
    (5, (("REMINDER", 29, 35), ("WRITTEN_OFF", 150, 170))),
    (6, (("REMINDER", 29, 35),)),
    (4, (("CANCELLED", 5, 25),)),
)
