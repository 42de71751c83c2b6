"""Words and shares of the street-crime files: words/street.yml."""

from __future__ import annotations

from dataclasses import dataclass

from csp_simulator.data_files import Words
from csp_simulator.truth import ASB

say = Words("street")


@dataclass(frozen=True)
class Force:
    """A force and its part of the rows.

    `share` is its part of all rows; `borough` the part of its placed rows that lies in the
    borough; `asb` the part of its rows that is ASB; `types` the weights of the 13 crime types.
    """

    slug: str
    name: str
    share: float
    borough: float
    asb: float
    types: tuple[int, ...]


STREET_COLUMNS = say("street_columns", tuple[str, ...])
CRIME_TYPES = say("crime_types", tuple[str, ...])
ASB_TYPE, DRUGS_TYPE = CRIME_TYPES.index(ASB), CRIME_TYPES.index("Drugs")
ROWS_A_MONTH = say("rows_a_month", int)
NO_LOCATION = say("no_location", float)
REPEATED = say("repeated", float)
FORCES = say("forces", tuple[Force, ...])
CRIME_SEASON = say("crime_season", tuple[float, ...])
ASB_SEASON = say("asb_season", tuple[float, ...])
LOCKDOWN = say("lockdown", dict[str, tuple[float, float]])
OUTCOMES = say("outcomes", dict[str, tuple[float, float]])
COMMA_LOCATION = say("comma_location", str)
COMMA_WARD = say("comma_ward", str)
PLACE_TYPES = say("place_types", tuple[str, ...])
STATIONS = say("stations", tuple[str, ...])
STREETS = say("streets", tuple[str, ...])
