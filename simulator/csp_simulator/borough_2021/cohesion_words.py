"""What the cohesion team's records say, how often, and the events that the presentation names.

Volumes: domain specification, Appendix B and section 6.1 B. Shares are the authors' own.
"""

from __future__ import annotations

from datetime import date

HATE_COLUMNS = (
    "hate_ref",
    "record_version",
    "updated_at",
    "occurred_on",
    "reported_on",
    "channel",
    "strands",
    "is_crime",
    "crime_type",
    "lsoa21_code",
    "victim_token",
    "support_referral",
    "nfa_reason",
)
#: Hate incidents a month, April to March, and the bounds that no month leaves at scale 1.
HATE_SEASON = (84, 92, 96, 98, 92, 90, 99, 86, 82, 80, 79, 86)
HATE_LEAST, HATE_MOST = 70, 110
CHANNELS = {"POLICE": 0.72, "TPR": 0.10, "COUNCIL": 0.08, "RSL": 0.06, "SCHOOL": 0.04}
STRANDS = {
    "RACE": 0.46,
    "RACE|RELIGION": 0.05,
    "RACE|RELIGION|ISLAMOPHOBIC": 0.03,
    "RELIGION": 0.04,
    "RELIGION|ISLAMOPHOBIC": 0.10,
    "RELIGION|ANTISEMITIC": 0.025,
    "RACE|RELIGION|ANTISEMITIC": 0.015,
    "SEXUAL_ORIENTATION": 0.15,
    "SEXUAL_ORIENTATION|TRANSGENDER": 0.01,
    "TRANSGENDER": 0.03,
    "DISABILITY": 0.045,
    "RACE|SEXUAL_ORIENTATION": 0.01,
    "MISOGYNY": 0.03,
    "RACE|MISOGYNY": 0.005,
}
#: The month of the reported rise in antisemitism, and how much likelier it was then.
ANTISEMITISM_MONTH, ANTISEMITISM_RISE = date(2021, 5, 1), 4.0
CRIME_TYPES = {
    "PUBLIC_ORDER": 0.42,
    "HARASSMENT": 0.25,
    "VIOLENCE": 0.22,
    "CRIMINAL_DAMAGE": 0.07,
    "THEFT": 0.02,
    "OTHER": 0.02,
}
NFA_REASONS = {
    "NO_SUSPECT": 0.45,
    "VICTIM_DECLINED": 0.25,
    "EVIDENCE": 0.2,
    "OTHER_AGENCY": 0.06,
    "NOT_HATE": 0.04,
}

TENSION_COLUMNS = (
    "issue_id",
    "record_version",
    "updated_at",
    "raised_on",
    "category",
    "severity",
    "source_count",
    "ward_code",
    "action_count",
    "closed_on",
)
ISSUES_A_MONTH = 4
TENSION_CATEGORIES = {
    "ISLAMOPHOBIA": 0.12,
    "FAR_RIGHT": 0.14,
    "PROTEST": 0.16,
    "WORLD_EVENT": 0.12,
    "ELECTION": 0.06,
    "COVID": 0.12,
    "NEIGHBOURHOOD": 0.2,
    "OTHER": 0.08,
}
#: The three issues that the presentation names: day raised, severity.
NAMED_ISSUES = {
    "ANTISEMITISM": (date(2021, 5, 14), 4),
    "YOUTH_VIOLENCE": (date(2021, 7, 8), 3),
    "HATE_MURDER": (date(2021, 8, 17), 5),
}

SESSION_COLUMNS = (
    "session_id",
    "record_version",
    "updated_at",
    "date",
    "audience",
    "product",
    "attendees",
    "school_urn",
    "confidence_pre",
    "confidence_post",
)
PREVENT_TRAINED, SCHOOL_SUPPORTED = 1742, 614
#: Sessions a month from April 2019: few in the first lockdown, more schools from autumn 2021.
FRONTLINE_SESSIONS = (*[8] * 11, 3, 1, 2, 4, 6, *[9] * 8, *[11, 12, 13, 11, 7, 13, 14], 14, 9)
SCHOOL_SESSIONS = (
    *(4, 5, 5, 4, 1, 5, 6, 6, 4, 5, 6, 2),
    *(1, 1, 2, 3, 1, 5, 6, 6, 4, 1, 2, 5),
    *(3, 5, 5, 4, 1, 6, 11, 12, 9),
)
OTHER_SESSIONS = (2,) * 33
SCHOOLS = 40
PRODUCTS = {
    "FRONTLINE": ("WRAP", "ACT_EARLY"),
    "SCHOOL_STAFF": ("WRAP", "ACT_EARLY"),
    "PUPIL": ("CRITICAL_THINKING", "CRITICAL_THINKING"),
    "PARENT": ("CRITICAL_THINKING", "ACT_EARLY"),
    "COMMUNITY": ("ACT_EARLY", "WRAP"),
}

REFERRAL_COLUMNS = (
    "quarter",
    "sector",
    "concern_type",
    "referrals",
    "channel_discussed",
    "channel_adopted",
)
#: Mean referrals a quarter by sector, and how they fall into kinds of concern.
SECTORS = {
    "EDUCATION": 26,
    "POLICE": 16,
    "LOCAL_AUTHORITY": 11,
    "HEALTH": 8,
    "COMMUNITY": 5,
    "OTHER": 4,
}
CONCERNS = {
    "MIXED_UNCLEAR": 0.46,
    "ISLAMIST": 0.24,
    "EXTREME_RIGHT": 0.14,
    "NONE_IDENTIFIED": 0.1,
    "OTHER": 0.05,
    "SCHOOL_MASSACRE": 0.01,
}
LEAST_SHOWN = 5

SECURITY_COLUMNS = (
    "referral_id",
    "record_version",
    "updated_at",
    "received_on",
    "site_type",
    "service",
    "risk_tier",
    "visit_on",
    "report_on",
    "recommendations",
    "accepted",
    "closed_on",
    "grant_scheme",
)
#: Protective-security referrals a month from April 2019; the twelve months to the deck make 53.
SECURITY_A_MONTH = (*[3] * 19, *[4, 3, 4, 4, 5, 4, 5, 4, 5, 5, 4, 6], 5, 4)
SITE_TYPES = {
    "PLANNING": 0.4,
    "VENUE": 0.2,
    "WORSHIP": 0.14,
    "PUBLIC_REALM": 0.12,
    "SCHOOL": 0.08,
    "MARKET": 0.06,
}
#: Every how many referrals one is of a place of worship that applies for the grant.
WORSHIP_EVERY = 7
#: Sites of the capital programme: type and the day of the referral.
VEHICLE_MITIGATION = {"WORSHIP": date(2020, 2, 12), "MARKET": date(2020, 3, 4)}

EVENT_COLUMNS = (
    "event_id",
    "record_version",
    "updated_at",
    "date",
    "programme",
    "title",
    "attendees",
    "ward_code",
    "partner",
    "project_id",
    "budget_gbp",
)
EVENTS_A_MONTH = 6
USUAL_EVENTS = {
    "Crime prevention stall": ("OUTREACH", 0.3),
    "Residents' forum": ("OUTREACH", 0.2),
    "No Place for Hate pledge session": ("NO_PLACE_FOR_HATE", 0.2),
    "Third-party reporting site visit": ("NO_PLACE_FOR_HATE", 0.15),
    "Exploitation awareness for staff": ("EXPLOITATION_TRAINING", 0.15),
}
PARTNERS = ("Youth service", "Housing association", "Faith forum", "Voluntary sector council", None)
AMBASSADORS = "London Muslim Centre Ambassadors: women and Islamophobia"
STRONGER, RISE, IDAHOBIT = NAMED_TITLES = (
    "Building Stronger Communities",
    "Young Peoples Rise & Shine Conference",
    "IDAHOBIT",
)
#: Programme, title, day, attendees, whether it was online; attendees of the ambassadors make 20.
NAMED_EVENTS = (
    ("LMC_AMBASSADORS", AMBASSADORS, date(2021, 3, 11), 12, True),
    ("LMC_AMBASSADORS", AMBASSADORS, date(2021, 9, 16), 8, False),
    ("OUTREACH", STRONGER, date(2021, 3, 25), 64, True),
    ("OUTREACH", RISE, date(2021, 7, 14), 118, False),
    ("OUTREACH", IDAHOBIT, date(2019, 5, 17), 42, False),
    ("OUTREACH", IDAHOBIT, date(2020, 5, 15), 31, True),
    ("OUTREACH", IDAHOBIT, date(2021, 5, 17), 57, False),
)
#: Hate Crime Awareness Week: its Saturday, and how many events.
HATE_CRIME_WEEKS = {date(2019, 10, 12): 6, date(2020, 10, 10): 5, date(2021, 10, 9): 8}
#: Anti-social Behaviour Awareness Week: its Monday, and how many wards had an event.
ASB_WEEK, ASB_WEEK_WARDS = date(2021, 7, 19), 12
#: Funded Prevent projects: financial year → how many.
PREVENT_PROJECTS = {2019: 7, 2020: 8, 2021: 9}
