"""Words and shares of the London Fire Brigade incident file.

Sources: the brigade's incident records on the London Datastore (columns, groups, stop codes,
property and station names); shares measured in the published records of early 2017.
"""

from __future__ import annotations

FIRE_COLUMNS = (
    "IncidentNumber",
    "DateOfCall",
    "CalYear",
    "TimeOfCall",
    "HourOfCall",
    "IncidentGroup",
    "StopCodeDescription",
    "SpecialServiceType",
    "PropertyCategory",
    "PropertyType",
    "AddressQualifier",
    "Postcode_full",
    "Postcode_district",
    "UPRN",
    "USRN",
    "IncGeo_BoroughCode",
    "IncGeo_BoroughName",
    "ProperCase",
    "IncGeo_WardCode",
    "IncGeo_WardName",
    "IncGeo_WardNameNew",
    "Easting_m",
    "Northing_m",
    "Easting_rounded",
    "Northing_rounded",
    "Latitude",
    "Longitude",
    "FRS",
    "IncidentStationGround",
    "FirstPumpArriving_AttendanceTime",
    "FirstPumpArriving_DeployedFromStation",
    "SecondPumpArriving_AttendanceTime",
    "SecondPumpArriving_DeployedFromStation",
    "NumStationsWithPumpsAttending",
    "NumPumpsAttending",
    "PumpCount",
    "PumpMinutesRounded",
    "Notional Cost (£)",
    "NumCalls",
)

#: Calls a day over London at scale 1, and their relative number by hour from midnight.
CALLS_A_DAY = 280
HOURS = (
    50,
    42,
    33,
    27,
    24,
    26,
    32,
    46,
    58,
    69,
    74,
    78,
    82,
    86,
    86,
    90,
    93,
    95,
    101,
    90,
    80,
    70,
    65,
    57,
)
IN_BOROUGH, NOT_GEOCODED = 0.044, 0.005

GROUPS = ("Fire", "False Alarm", "Special Service")
GROUP_SHARES = (0.16, 0.51, 0.33)
STOP_CODES: dict[str, dict[str, float]] = {
    "Fire": {"Primary Fire": 66.5, "Secondary Fire": 33, "Chimney Fire": 0.5},
    "False Alarm": {"AFA": 76, "False alarm - Good intent": 21.5, "False alarm - Malicious": 2.5},
    "Special Service": {"Special Service": 100},
}
SPECIAL_SERVICES: dict[str, float] = {
    "Flooding": 69,
    "Effecting entry/exit": 62,
    "Lift Release": 51,
    "RTC": 43,
    "No action (not false alarm)": 22,
    "Making Safe (not RTC)": 19,
    "Medical Incident - Co-responder": 13,
    "Spills and Leaks (not RTC)": 8,
    "Assist other agencies": 6,
    "Advice Only": 6,
    "Hazardous Materials incident": 5,
    "Animal assistance incidents": 4,
    "Medical Incident": 4,
    "Other rescue/release of persons": 3,
    "Suicide/attempts": 2,
}
#: Property category → weight by group (fire, false alarm, special service).
PROPERTY_CATEGORIES: dict[str, tuple[float, float, float]] = {
    "Dwelling": (907, 3606, 3272),
    "Non Residential": (306, 3164, 481),
    "Other Residential": (51, 747, 107),
    "Outdoor": (311, 207, 324),
    "Outdoor Structure": (555, 98, 85),
    "Road Vehicle": (354, 151, 793),
}
#: Property types with the trailing spaces that the published file has on most of them.
PROPERTY_TYPES: dict[str, tuple[str, ...]] = {
    "Dwelling": (
        "House - single occupancy ",
        "Purpose Built Flats/Maisonettes - 4 to 9 storeys ",
        "Purpose Built Flats/Maisonettes - Up to 3 storeys ",
        "Purpose Built Flats/Maisonettes - 10 or more storeys ",
        "Converted Flat/Maisonettes - 3 or more storeys ",
        "Self contained Sheltered Housing ",
    ),
    "Non Residential": (
        "Purpose built office ",
        "Single shop ",
        "Restaurant/cafe",
        "Hospital ",
        "Infant/Primary school ",
        "Secondary school ",
    ),
    "Other Residential": (
        "Retirement/Old Persons Home ",
        "Hotel/motel ",
        "Student Hall of Residence ",
    ),
    "Outdoor": ("Road surface/pavement ", "Loose refuse ", "Park ", "Tree scrub ", "Wasteland "),
    "Outdoor Structure": (
        "Small refuse/rubbish container",
        "Wheelie bin (domestic size)",
        "Common external bin storage area ",
    ),
    "Road Vehicle": (
        "Car ",
        "Motorcycle ",
        "Van ",
        "Bus/coach ",
        "Lorry/HGV ",
        "Multiple Vehicles ",
    ),
}
ADDRESS_QUALIFIERS: dict[str, float] = {
    "Correct incident location": 63,
    "Within same building": 18.5,
    "In street outside gazetteer location": 7,
    "On land associated with building": 5,
    "In street close to gazetteer location": 3.5,
    "Open land/water - nearest gazetteer location": 2,
    "On motorway / elevated road": 0.6,
    "Railway land or rolling stock": 0.4,
}

#: Ward of the borough → station on whose ground it mostly lies, postcode district.
WARD_GROUND: dict[str, tuple[str, str]] = {
    "E05009317": ("Bethnal Green", "E2"),
    "E05009318": ("Millwall", "E14"),
    "E05009319": ("Bethnal Green", "E3"),
    "E05009320": ("Bethnal Green", "E3"),
    "E05009321": ("Poplar", "E3"),
    "E05009322": ("Poplar", "E3"),
    "E05009323": ("Millwall", "E14"),
    "E05009324": ("Millwall", "E14"),
    "E05009325": ("Poplar", "E14"),
    "E05009326": ("Shadwell", "E14"),
    "E05009327": ("Poplar", "E3"),
    "E05009328": ("Poplar", "E14"),
    "E05009329": ("Shadwell", "E1"),
    "E05009330": ("Shadwell", "E1W"),
    "E05009331": ("Bethnal Green", "E2"),
    "E05009332": ("Shadwell", "E1"),
    "E05009333": ("Whitechapel", "E1"),
    "E05009334": ("Bethnal Green", "E1"),
    "E05009335": ("Bethnal Green", "E2"),
    "E05009336": ("Whitechapel", "E1"),
}
UNKNOWN_GROUND = ("Poplar", "E14")

#: The other boroughs: code, name as the file spells it, weight, longitude, latitude, postcode
#: district, station.
OTHER_BOROUGHS: tuple[tuple[str, str, int, float, float, str, str], ...] = (
    ("E09000001", "City Of london", 19, -0.0920, 51.5150, "EC2V", "Dowgate"),
    ("E09000002", "Barking And dagenham", 28, 0.1300, 51.5450, "RM10", "Dagenham"),
    ("E09000003", "Barnet", 53, -0.2100, 51.6150, "N3", "Finchley"),
    ("E09000004", "Bexley", 31, 0.1400, 51.4600, "DA6", "Bexley"),
    ("E09000005", "Brent", 47, -0.2700, 51.5600, "NW10", "Willesden"),
    ("E09000006", "Bromley", 40, 0.0500, 51.3700, "BR1", "Bromley"),
    ("E09000007", "Camden", 75, -0.1600, 51.5450, "NW1", "Euston"),
    ("E09000008", "Croydon", 52, -0.0800, 51.3650, "CR0", "Croydon"),
    ("E09000009", "Ealing", 50, -0.3200, 51.5200, "W5", "Ealing"),
    ("E09000010", "Enfield", 45, -0.0800, 51.6500, "EN2", "Enfield"),
    ("E09000011", "Greenwich", 46, 0.0500, 51.4800, "SE10", "Greenwich"),
    ("E09000012", "Hackney", 57, -0.0640, 51.5480, "E8", "Homerton"),
    ("E09000013", "Hammersmith And fulham", 46, -0.2200, 51.4950, "W6", "Hammersmith"),
    ("E09000014", "Haringey", 42, -0.1100, 51.5900, "N17", "Tottenham"),
    ("E09000015", "Harrow", 27, -0.3400, 51.5900, "HA1", "Harrow"),
    ("E09000016", "Havering", 34, 0.2200, 51.5700, "RM1", "Romford"),
    ("E09000017", "Hillingdon", 48, -0.4500, 51.5350, "UB10", "Hillingdon"),
    ("E09000018", "Hounslow", 37, -0.3700, 51.4700, "TW3", "Heston"),
    ("E09000019", "Islington", 52, -0.1090, 51.5450, "N7", "Holloway"),
    ("E09000020", "Kensington And chelsea", 54, -0.1900, 51.4990, "W8", "Kensington"),
    ("E09000021", "Kingston Upon thames", 23, -0.2900, 51.3900, "KT1", "Kingston"),
    ("E09000022", "Lambeth", 71, -0.1170, 51.4600, "SW2", "Brixton"),
    ("E09000023", "Lewisham", 51, -0.0200, 51.4450, "SE13", "Lewisham"),
    ("E09000024", "Merton", 30, -0.1900, 51.4100, "SW19", "Wimbledon"),
    ("E09000025", "Newham", 50, 0.0300, 51.5250, "E15", "Stratford"),
    ("E09000026", "Redbridge", 34, 0.0750, 51.5850, "IG1", "Ilford"),
    ("E09000027", "Richmond Upon thames", 27, -0.3100, 51.4400, "TW9", "Richmond"),
    ("E09000028", "Southwark", 71, -0.0800, 51.4750, "SE5", "Peckham"),
    ("E09000029", "Sutton", 25, -0.1900, 51.3600, "SM1", "Sutton"),
    ("E09000031", "Waltham Forest", 40, -0.0150, 51.5900, "E17", "Walthamstow"),
    ("E09000032", "Wandsworth", 51, -0.1850, 51.4500, "SW11", "Battersea"),
    ("E09000033", "Westminster", 121, -0.1550, 51.5130, "W1F", "Soho"),
)
#: Invented ward names for the other boroughs; their codes are invented too.
OTHER_WARDS = (
    "Abbey",
    "Bridge",
    "Castle",
    "Central",
    "College",
    "Forest",
    "Grove",
    "Park",
    "Town",
    "Village",
)

#: Seconds of a first pump: log-normal, and the share of incidents with no first or second pump.
FIRST_PUMP_MEDIAN, FIRST_PUMP_SIGMA = 300.0, 0.42
NO_FIRST_PUMP, NO_SECOND_PUMP = 0.06, 0.62
LONGEST_SECONDS = 1199
#: Shares: two-pump incidents with a third, incidents over an hour a pump, and those outside
#: dwellings without a property reference, and any without a street reference.
THIRD_PUMP, LONG_JOB, NO_UPRN, NO_USRN = 0.12, 0.15, 0.4, 0.1
FINANCIAL_YEAR_STARTS = "04"
#: Pounds an hour of one pump, the brigade's notional cost from April 2020 and April 2021.
COST_BY_FINANCIAL_YEAR = {2020: 346, 2021: 352}
