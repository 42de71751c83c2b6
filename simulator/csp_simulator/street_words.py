"""Words and shares of the street-crime files.

Sources: data.police.uk (columns, crime types, outcomes, force names); the domain specification,
1.1 for the mix of types and Appendix B for volume and outcomes. Street names are public names,
put at random on points near an LSOA's centre.
"""

from __future__ import annotations

from dataclasses import dataclass

from csp_simulator.truth import ASB

STREET_COLUMNS = (
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
    "Last outcome category",
    "Context",
)

#: The 14 published types; ASB, which is not crime, is the last.
CRIME_TYPES = (
    "Violence and sexual offences",
    "Shoplifting",
    "Other theft",
    "Theft from the person",
    "Public order",
    "Burglary",
    "Vehicle crime",
    "Drugs",
    "Bicycle theft",
    "Robbery",
    "Other crime",
    "Criminal damage and arson",
    "Possession of weapons",
    ASB,
)
ASB_TYPE = CRIME_TYPES.index(ASB)
DRUGS_TYPE = CRIME_TYPES.index("Drugs")

#: Rows of all forces together in a month at scale 1, in and around the borough.
ROWS_A_MONTH = 6240
#: Share of rows without a location.
NO_LOCATION = 0.03
#: Share of crimes that stand twice in their file, word for word.
REPEATED = 0.003


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


FORCES = (
    Force(
        "metropolitan",
        "Metropolitan Police Service",
        share=0.84,
        borough=0.792,
        asb=0.2286,
        types=(1032, 409, 378, 339, 245, 180, 179, 176, 136, 135, 39, 23, 22),
    ),
    Force(
        "btp",
        "British Transport Police",
        share=0.04,
        borough=0.52,
        asb=0.05,
        types=(260, 40, 210, 150, 150, 6, 10, 40, 70, 22, 12, 24, 10),
    ),
    Force(
        "city-of-london",
        "City of London Police",
        share=0.12,
        borough=0.042,
        asb=0.12,
        types=(150, 115, 210, 100, 56, 33, 22, 70, 48, 16, 24, 33, 8),
    ),
)

#: Factor on crimes and on ASB by calendar month, January first.
CRIME_SEASON = (0.965, 0.965, 0.985, 0.99, 1.01, 1.03, 1.045, 1.03, 1.015, 1.02, 0.99, 0.97)
ASB_SEASON = (0.86, 0.87, 0.94, 1.02, 1.08, 1.13, 1.15, 1.12, 1.04, 0.98, 0.92, 0.88)

#: Factor on crimes and on ASB in the first lockdown: streets were empty, and breaches of the
#: Covid rules were reported as ASB.
LOCKDOWN = {"2020-04": (0.66, 1.12), "2020-05": (0.75, 1.08)}

#: Last outcome → weight for crimes in general and for drugs crimes.
OUTCOMES: dict[str, tuple[float, float]] = {
    "Investigation complete; no suspect identified": (43.5, 8),
    "Unable to prosecute suspect": (36.5, 22),
    "Under investigation": (8, 20),
    "Awaiting court outcome": (4, 9),
    "Court result unavailable": (1.5, 5),
    "Suspect charged": (0.8, 2),
    "Local resolution": (2.2, 16),
    "Offender given a caution": (1.1, 5),
    "Offender given a drugs possession warning": (0, 11),
    "Offender given penalty notice": (0.3, 2),
    "Formal action is not in the public interest": (0.8, 0),
    "Further investigation is not in the public interest": (0.5, 0),
    "Action to be taken by another organisation": (0.5, 0),
    "Status update unavailable": (0.3, 0),
}

#: A name with a comma, which the file must quote; a street of the ward below.
COMMA_LOCATION = "On or near St Katharine's Way, E1"
COMMA_WARD = "E05009330"

PLACE_TYPES = (
    "Supermarket",
    "Parking Area",
    "Shopping Area",
    "Nightclub",
    "Park/Open Space",
    "Petrol Station",
    "Pedestrian Subway",
    "Sports/Recreation Area",
    "Further/Higher Educational Building",
    "Hospital",
    "Police Station",
    "Bus/Coach Station",
    "Theatre/Concert Hall",
    "Conference/Exhibition Centre",
)
STATIONS = (
    "Whitechapel (station)",
    "Bethnal Green (station)",
    "Mile End (station)",
    "Canary Wharf (station)",
    "Shadwell (station)",
    "Limehouse (station)",
    "Aldgate East (station)",
    "Poplar (station)",
    "Bow Road (station)",
    "Wapping (station)",
)
STREETS = (
    "Commercial Road",
    "Whitechapel Road",
    "Mile End Road",
    "Bow Road",
    "Roman Road",
    "Bethnal Green Road",
    "Brick Lane",
    "Cable Street",
    "East India Dock Road",
    "Burdett Road",
    "Cambridge Heath Road",
    "Hackney Road",
    "Commercial Street",
    "Westferry Road",
    "Manchester Road",
    "Poplar High Street",
    "Wapping Lane",
    "Sidney Street",
    "New Road",
    "Vallance Road",
    "Old Ford Road",
    "Grove Road",
    "Devons Road",
    "St Paul's Way",
    "Chrisp Street",
    "Narrow Street",
    "Salmon Lane",
    "Ben Jonson Road",
    "Stepney Way",
    "Jubilee Street",
    "Globe Road",
    "Columbia Road",
    "Fairfield Road",
    "Tredegar Road",
    "Violet Road",
    "Marsh Wall",
    "Preston's Road",
    "Leman Street",
    "Mansell Street",
    "The Highway",
)
