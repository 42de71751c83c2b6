"""What VAWG services say in their files, and how often; the totals that the presentation gives.

Volumes: domain specification, Appendix B and section 6.1 D; MARAC about 40 cases a year per 10,000
adult women, 28 to 40 % of them repeats. Shares are the authors' own.
"""

from __future__ import annotations

from datetime import date

REFERRAL_COLUMNS = (
    "referral_id",
    "record_version",
    "updated_at",
    "received_on",
    "service",
    "source",
    "risk",
    "victim_token",
    "engaged_on",
    "closed_on",
    "repeat_12m",
    "needs",
)
#: Referrals a month: the demand of April 2019, how it grows, and the rise under lockdown.
REFERRALS_AT_FIRST, GROWTH_A_MONTH = 88, 0.9
LOCKDOWNS = {date(2020, 5, 1): 1.12, date(2020, 6, 1): 1.15, date(2021, 2, 1): 1.08}
SOLACE_FROM = date(2021, 1, 1)
SERVICES_BEFORE = {"REFUGE": 0.2, "DV_ONE_STOP": 0.5, "SVA": 0.3}
SERVICES_SINCE = {
    "SOLACE_IDVA": 0.36,
    "SOLACE_ADVOCACY": 0.26,
    "REFUGE": 0.1,
    "DV_ONE_STOP": 0.14,
    "SVA": 0.14,
}
SOURCES = {
    "POLICE": 0.38,
    "SELF": 0.18,
    "SOCIAL_CARE": 0.15,
    "HEALTH": 0.1,
    "HOUSING": 0.08,
    "VOLUNTARY": 0.06,
    "MARAC": 0.03,
    "EDUCATION": 0.02,
}
NEEDS = {
    "HOUSING": 0.2,
    "HOUSING|CHILDREN": 0.15,
    "LEGAL": 0.12,
    "IMMIGRATION|INTERPRETER": 0.08,
    "MENTAL_HEALTH": 0.14,
    "MENTAL_HEALTH|SUBSTANCE": 0.06,
    "MONEY|HOUSING": 0.1,
    "CHILDREN": 0.15,
}

MARAC_COLUMNS = (
    "meeting_date",
    "case_token",
    "repeat_flag",
    "children_count",
    "diversity_codes",
    "actions",
    "referring_agency",
)
FIRST_MEETING, MEETING_EVERY = date(2019, 4, 11), 14
#: 40 cases a year per 10,000 of about 120,000 adult women, over 26 meetings.
CASES_A_MEETING = 18.5
REPEAT_SHARE, MEETINGS_A_YEAR = 0.34, 26
AGENCIES = {
    "POLICE": 0.52,
    "IDVA": 0.16,
    "SOCIAL_CARE": 0.1,
    "HEALTH": 0.09,
    "HOUSING": 0.06,
    "VOLUNTARY": 0.04,
    "PROBATION": 0.02,
    "SUBSTANCE_MISUSE": 0.01,
}
DIVERSITY = {
    "": 0.22,
    "BME": 0.55,
    "BME|DISABILITY": 0.06,
    "DISABILITY": 0.06,
    "LGBT": 0.02,
    "MALE": 0.04,
    "BME|AGE_16_17": 0.02,
    "BME|LGBT": 0.03,
}

SANCTUARY_COLUMNS = (
    "install_id",
    "record_version",
    "updated_at",
    "referral_on",
    "survey_on",
    "install_on",
    "measure_codes",
    "tenure",
    "risk",
    "home_token",
    "household_children",
    "still_at_home_6m",
    "repeat_incident_6m",
)
#: Homes a month from April 2019; the twelve months to the deck make 82.
HOMES_A_MONTH = (*[5, 6] * 9, 5, *[5, 6, 5, 6, 7, 7, 7, 7, 8, 8, 8, 8], 7, 6)
#: Share of the homes that get more works in the months after.
UPGRADED = 0.12
MEASURES = {
    "LOCK": 0.25,
    "LOCK|DOOR": 0.25,
    "LOCK|ALARM": 0.15,
    "LOCK|DOOR|FIRE": 0.12,
    "DOOR|SAFE_ROOM|ALARM": 0.08,
    "ALARM": 0.1,
    "LOCK|FIRE": 0.05,
}
TENURES = {"COUNCIL": 0.42, "HOUSING_ASSOCIATION": 0.36, "PRIVATE_RENT": 0.17, "OWNER": 0.05}
RISKS = {"HIGH": 0.55, "MEDIUM": 0.33, "STANDARD": 0.12}

TRAINING_COLUMNS = (
    "session_id",
    "record_version",
    "updated_at",
    "date",
    "programme",
    "venue_token",
    "venue_type",
    "attendees",
)
#: Day and new champions of each session; those of the twelve months to the deck make 24.
CHAMPION_SESSIONS = {
    date(2019, 6, 20): 9,
    date(2019, 11, 14): 11,
    date(2020, 9, 24): 7,
    date(2020, 12, 3): 6,
    date(2021, 3, 18): 8,
    date(2021, 9, 30): 10,
    date(2021, 12, 9): 8,
}
ANGELA_ATTENDEES, ANGELA_VENUES, ANGELA_TWICE = 356, 150, 8
ANGELA_FIRST, ANGELA_LAST = date(2021, 6, 1), date(2021, 10, 29)
VENUE_TYPES = {"BAR": 0.58, "CLUB": 0.12, "RESTAURANT": 0.22, "HOTEL": 0.08}
#: Programme, day, kind of venue, attendees.
OTHER_SESSIONS = (
    ("SEXUAL_RESPECT", date(2021, 9, 22), "UNIVERSITY", 121),
    ("SEXUAL_RESPECT", date(2021, 9, 29), "UNIVERSITY", 109),
    ("PARENT", date(2021, 6, 24), "SCHOOL", 26),
    ("PARENT", date(2021, 9, 23), "SCHOOL", 31),
    ("MISOGYNY", date(2021, 10, 14), "COUNCIL", 14),
    ("MISOGYNY", date(2021, 11, 25), "COMMUNITY", 22),
)
