"""Words and shares of the police files beside street crime.

Sources: data.police.uk and the London Datastore (headers, labels); the domain specification, 1.2,
1.3, 1.6 and Appendix B. Shares of ethnic and age groups are invented and say nothing about anybody.
"""

from __future__ import annotations

OUTCOME_COLUMNS = (
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Outcome type",
)
#: Share of outcomes by months since the crime, the crime's own month first.
OUTCOME_LAG = (0.46, 0.2, 0.1, 0.07, 0.05, 0.035, 0.025, 0.02, 0.015, 0.01, 0.008, 0.007)
CHARGED = "Suspect charged"
CAUTIONED = "Offender given a caution"
#: Last outcomes before which a charge is reported.
AFTER_A_CHARGE = ("Awaiting court outcome", "Court result unavailable")
OPEN_CASE = "Under investigation"
#: Shares of outcome rows: first seen one and two releases late, twice word for word, and of a crime
#: that no street file of the scenario holds.
LATE, TWICE, ORPHANED = (0.004, 0.002), 0.003, 0.02

SEARCH_COLUMNS = (
    "Type",
    "Date",
    "Part of a policing operation",
    "Policing operation",
    "Latitude",
    "Longitude",
    "Gender",
    "Age range",
    "Self-defined ethnicity",
    "Officer-defined ethnicity",
    "Legislation",
    "Object of search",
    "Outcome",
    "Outcome linked to object of search",
    "Removal of more than just outer clothing",
)
#: Searches in a month at scale 1, and the share of those with a position that lies in the borough.
SEARCHES = {"metropolitan": (980, 0.82), "btp": (45, 0.5), "city-of-london": (140, 0.05)}
SEARCH_TYPES = {"Person search": 74, "Person and Vehicle search": 25, "Vehicle search": 1}
GENDERS = {"Male": 91, "Female": 8, "Other": 0.2, None: 0.8}
AGES = {"10-17": 14, "18-24": 34, "25-34": 23, "over 34": 18, "under 10": 0.1, None: 10.9}
#: Self-defined ethnicity → officer-defined ethnicity, weight.
ETHNICITIES: dict[str, tuple[str, float]] = {
    "Asian/Asian British - Bangladeshi": ("Asian", 34),
    "Asian/Asian British - Any other Asian background": ("Asian", 6),
    "Asian/Asian British - Pakistani": ("Asian", 3),
    "White - English/Welsh/Scottish/Northern Irish/British": ("White", 14),
    "White - Any other White background": ("White", 9),
    "Black/African/Caribbean/Black British - African": ("Black", 8),
    "Black/African/Caribbean/Black British - Caribbean": ("Black", 4),
    "Black/African/Caribbean/Black British - Any other Black/African/Caribbean background": (
        "Black",
        5,
    ),
    "Mixed/Multiple ethnic groups - White and Black Caribbean": ("Black", 2),
    "Other ethnic group - Any other ethnic group": ("Other", 3),
    "Other ethnic group - Not stated": ("Asian", 12),
}
#: Object of search → legislation, weight.
OBJECTS: dict[str, tuple[str, float]] = {
    "Controlled drugs": ("Misuse of Drugs Act 1971 (section 23)", 66),
    "Offensive weapons": ("Police and Criminal Evidence Act 1984 (section 1)", 14),
    "Stolen goods": ("Police and Criminal Evidence Act 1984 (section 1)", 11),
    "Article for use in theft": ("Police and Criminal Evidence Act 1984 (section 1)", 4),
    "Anything to threaten or harm anyone": (
        "Criminal Justice and Public Order Act 1994 (section 60)",
        3,
    ),
    "Firearms": ("Firearms Act 1968 (section 47)", 1),
    "Fireworks": ("Police and Criminal Evidence Act 1984 (section 1)", 1),
}
SEARCH_OUTCOMES = {
    "A no further action disposal": 76,
    "Arrest": 12,
    "Community resolution": 6,
    "Penalty Notice for Disorder": 3,
    "Summons / charged by post": 2,
    "Caution (simple or conditional)": 1,
}
#: Weight of each hour of the day, midnight first.
SEARCH_HOURS = (6, 5, 3, 2, 1, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 8, 9, 9, 8, 9, 8, 8, 8, 7)
TRI_STATE = ("False", "True", None)

#: Major category, minor category and weight in the files until 2024; names as long as they are.
MPS_CATEGORIES: tuple[tuple[str, str, float], ...] = (
    ("Arson and Criminal Damage", "Arson", 6),
    ("Arson and Criminal Damage", "Criminal Damage", 170),
    ("Burglary", "Burglary - Business and Community", 60),
    ("Burglary", "Burglary - Residential", 150),
    ("Drug Offences", "Drug Trafficking", 25),
    ("Drug Offences", "Possession of Drugs", 210),
    ("Miscellaneous Crimes Against Society", "Going Equipped for Stealing", 3),
    ("Miscellaneous Crimes Against Society", "Handling Stolen Goods", 5),
    (
        "Miscellaneous Crimes Against Society",
        "Making, Supplying or Possessing Articles for use in Fraud",
        2,
    ),
    ("Miscellaneous Crimes Against Society", "Other Notifiable Offences", 8),
    ("Miscellaneous Crimes Against Society", "Possession of False Documents", 3),
    ("Possession of Weapons", "Possession of Article with Blade or Point", 14),
    ("Possession of Weapons", "Possession of Other Weapon", 5),
    ("Public Order Offences", "Other Offences Against the State, or Public Order", 35),
    ("Public Order Offences", "Public Fear Alarm or Distress", 130),
    (
        "Public Order Offences",
        "Racially or Religiously Aggravated Public Fear, Alarm or Distress",
        50,
    ),
    ("Public Order Offences", "Violent Disorder", 1),
    ("Robbery", "Robbery of Business Property", 6),
    ("Robbery", "Robbery of Personal Property", 110),
    ("Sexual Offences", "Other Sexual Offences", 40),
    ("Sexual Offences", "Rape", 18),
    ("Theft", "Bicycle Theft", 100),
    ("Theft", "Other Theft", 300),
    ("Theft", "Shoplifting", 120),
    ("Theft", "Theft from Person", 160),
    ("Vehicle Offences", "Aggravated Vehicle Taking", 2),
    ("Vehicle Offences", "Interfering with a Motor Vehicle", 25),
    ("Vehicle Offences", "Theft from a Motor Vehicle", 200),
    ("Vehicle Offences", "Theft or Taking of a Motor Vehicle", 80),
    ("Violence Against the Person", "Homicide", 0.5),
    ("Violence Against the Person", "Violence with Injury", 230),
    ("Violence Against the Person", "Violence without Injury", 600),
)
#: The files cut a category off after so many characters.
CATEGORY_LENGTH = 50
#: Offences for which no ward is known, as a share of all.
WITHOUT_WARD = 0.03
#: Wards of the other borough of the command unit, by code from E05009367 in this order.
HACKNEY_FIRST_WARD = 9367
HACKNEY_WARDS = (
    "Brownswood",
    "Cazenove",
    "Clissold",
    "Dalston",
    "De Beauvoir",
    "Hackney Central",
    "Hackney Downs",
    "Hackney Wick",
    "Haggerston",
    "Homerton",
    "Hoxton East & Shoreditch",
    "Hoxton West",
    "King's Park",
    "Lea Bridge",
    "London Fields",
    "Shacklewell",
    "Springfield",
    "Stamford Hill West",
    "Stoke Newington",
    "Victoria",
    "Woodberry Down",
)
DASHBOARD_COLUMNS = (
    "Month_Year",
    "Area Type",
    "Borough_SNT",
    "Area name",
    "Area code",
    "Offence Group",
    "Offence Subgroup",
    "Measure",
    "Financial Year",
    "FY_FYIndex",
    "Count",
    "Refresh Date",
)
#: Offence group → subgroup → monthly mean in the borough.
DASHBOARD_OTHER: dict[str, dict[str, float]] = {
    "HATE CRIME": {
        "RACIST HATE CRIME": 62,
        "FAITH HATE CRIME": 9,
        "ISLAMOPHOBIC HATE CRIME": 7,
        "ANTI-SEMITIC HATE CRIME": 2,
        "HOMOPHOBIC HATE CRIME": 12,
        "TRANSGENDER HATE CRIME": 1.5,
        "DISABILITY HATE CRIME": 2,
    },
    "DOMESTIC ABUSE": {"DOMESTIC ABUSE OFFENCES": 260, "DOMESTIC ABUSE VIOLENCE WITH INJURY": 65},
    "OTHER ACCEPTED CRIME": {"OTHER ACCEPTED CRIME": 40},
}
DASHBOARD_KNIFE: dict[str, float] = {
    "Knife Crime": 48,
    "Knife Crime with Injury": 12,
    "Knife Injury Victims (1-24)": 4,
    "Knife Injury Victims (non DA 1-24)": 3.5,
}

RETURN_COLUMNS = (
    "quarter",
    "source_authority",
    "category",
    "subcategory",
    "occurred_on",
    "time_band",
    "outward_code",
    "ward_code",
)
#: Source authority, category, subcategory and rows in a quarter at scale 1.
RETURN_ROWS: tuple[tuple[str, str, str, int], ...] = (
    ("Metropolitan Police Service", "crime", "burglary", 240),
    ("Metropolitan Police Service", "crime", "criminal damage", 190),
    ("Metropolitan Police Service", "crime", "drugs", 230),
    ("Metropolitan Police Service", "crime", "robbery", 130),
    ("Metropolitan Police Service", "crime", "sexual offences", 60),
    ("Metropolitan Police Service", "crime", "theft and handling", 900),
    ("Metropolitan Police Service", "crime", "violence", 1050),
    ("Metropolitan Police Service", "crime", "other crime", 90),
    ("Metropolitan Police Service", "anti-social behaviour", "nuisance", 620),
    ("Metropolitan Police Service", "anti-social behaviour", "personal", 150),
    ("Metropolitan Police Service", "anti-social behaviour", "environmental", 60),
    ("London Fire Brigade", "fire", "deliberate secondary fire", 30),
    ("London Fire Brigade", "fire", "deliberate primary fire, not vehicle", 6),
    ("London Fire Brigade", "fire", "dwelling fire without smoke alarm", 8),
    ("London Fire Brigade", "fire", "malicious false alarm", 12),
    ("London Ambulance Service", "ambulance", "call for assault", 160),
    ("London Ambulance Service", "ambulance", "call for overdose", 90),
    ("North East London Integrated Care System", "health", "admission for assault", 25),
    ("North East London Integrated Care System", "health", "admission related to drugs", 60),
    ("North East London Integrated Care System", "health", "admission related to alcohol", 150),
    ("London Borough of Tower Hamlets", "local authority", "noise complaint", 420),
    ("London Borough of Tower Hamlets", "local authority", "environmental offence", 260),
    ("London Borough of Tower Hamlets", "local authority", "racial incident", 8),
)
#: Six-hour band → weight.
TIME_BANDS = {
    "00:00-05:59": 20,
    "06:00-11:59": 15,
    "12:00-17:59": 30,
    "18:00-23:59": 33,
    "unknown": 2,
}
#: Ward → usual outward code; the other wards are E1.
OUTWARD = {
    "E05009317": "E2",
    "E05009318": "E14",
    "E05009319": "E3",
    "E05009320": "E3",
    "E05009321": "E3",
    "E05009322": "E3",
    "E05009323": "E14",
    "E05009324": "E14",
    "E05009325": "E14",
    "E05009326": "E14",
    "E05009327": "E3",
    "E05009328": "E14",
    "E05009330": "E1W",
    "E05009331": "E2",
    "E05009335": "E2",
}
