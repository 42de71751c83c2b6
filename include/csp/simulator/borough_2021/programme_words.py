"""Lines of the funding register, milestones and feedback.

Source: the partnership's presentation of 2021, by the slide and subject in `source_quote_ref`.
Amounts without such a reference, days known only by month, and all counts of communications are
invented. Where two slides disagree both lines stand.
"""

from __future__ import annotations

from typing import Any

FUNDING_COLUMNS = (
    "line_id,record_version,recorded_on,programme,kind,title,funder,recipient,financial_year,"
    "amount_gbp,amount_basis,amount_qualifier,term_months,status,stage,wards_covered,"
    "units_planned,units_delivered,unit,channel,language,item_count,source_quote_ref"
).split(",")
MILESTONE_COLUMNS = (
    "milestone_id,record_version,recorded_on,programme,kind,title,due_on,done_on,done_precision,"
    "status,next_review_on,owner,figure,source_quote_ref"
).split(",")
FEEDBACK_COLUMNS = (
    "feedback_id,received_on,source,service,theme,sentiment,channel,linked_arrests,source_quote_ref"
).split(",")
POPULATION_COLUMNS = ("area_code,area_kind,vintage,mid_year,population,workday_population").split(
    ","
)
INDICATOR_COLUMNS = (
    "indicator_code,area_code,area_kind,span_start,span_end,value,lower,upper,unit,numerator,"
    "denominator,publisher"
).split(",")


def money(
    recorded: str, programme: str, kind: str, title: str, pounds: int, **more: Any
) -> dict[str, Any]:
    """A line of money, by the council for the council unless it is said."""
    usual = {
        "funder": "COUNCIL",
        "recipient": "COUNCIL",
        "financial_year": "2021/22",
        "amount_basis": "total",
        "amount_qualifier": "=",
        "status": "ACTIVE",
    }
    said = {"programme": programme, "kind": kind, "title": title, "amount_gbp": pounds}
    return {"recorded_on": recorded, **usual, **said, **more}


#: A first line each; later versions of a line name it by `of`, its position here.
FUNDING: tuple[dict[str, Any], ...] = (
    money(
        "2020-06-18",
        "CCTV_UPGRADE",
        "budget",
        "CCTV capital upgrade",
        3_000_000,
        financial_year="2020/21",
        term_months=36,
        stage="DESIGN",
        units_planned=350,
        units_delivered=0,
        unit="cameras",
        source_quote_ref="DECK-2021-S03-CCTV",
    ),
    money("2021-04-09", "CCTV_UPGRADE", "spend", "CCTV, last quarter of 2020/21", 140_000),
    money("2021-07-09", "CCTV_UPGRADE", "spend", "CCTV, first quarter of 2021/22", 260_000),
    money("2021-10-08", "CCTV_UPGRADE", "spend", "CCTV, second quarter of 2021/22", 310_000),
    money(
        "2020-04-21",
        "TREATMENT",
        "budget",
        "Specialist and mainstream dependency treatment",
        8_000_000,
        financial_year="2020/21",
        recipient="TREATMENT_PROVIDERS",
        source_quote_ref="DECK-2021-S08-TREATMENT",
    ),
    money(
        "2021-05-12",
        "ADDER",
        "award",
        "ADDER for the council, a year for two years",
        1_000_000,
        amount_basis="per_annum",
        term_months=24,
        funder="HO",
        source_quote_ref="DECK-2021-S08-ADDER",
    ),
    money(
        "2021-05-12",
        "ADDER",
        "award",
        "ADDER for the council, one-year programme",
        1_000_000,
        amount_qualifier="~",
        term_months=12,
        funder="HO",
        source_quote_ref="DECK-2021-S09-ADDER",
    ),
    money(
        "2021-05-12",
        "ADDER",
        "award",
        "Enforcement on the middle level of the drug market",
        1_000_000,
        funder="HO",
        recipient="CE_BCU",
        source_quote_ref="DECK-2021-S08-BCU",
    ),
    money(
        "2021-03-25",
        "MY_ENDS",
        "award",
        "Place-based work against violence on the Isle of Dogs",
        750_000,
        funder="LONDON_VRU",
        recipient="ISLAND_NETWORK",
        source_quote_ref="DECK-2021-S11-MYENDS",
    ),
    money(
        "2021-02-11",
        "PROTECTIVE_SECURITY",
        "bid",
        "Capital growth for protective security",
        630_000,
        status="SUCCESSFUL",
        source_quote_ref="DECK-2021-S07-CAPITAL",
    ),
    money(
        "2021-03-18",
        "PROTECTIVE_SECURITY",
        "project",
        "Vehicle mitigation at East London Mosque",
        350_000,
        stage="ASSESSMENT",
        source_quote_ref="DECK-2021-S07-MOSQUE",
    ),
    money(
        "2021-03-18",
        "PROTECTIVE_SECURITY",
        "project",
        "Vehicle mitigation at Columbia Road Market",
        280_000,
        stage="ASSESSMENT",
        source_quote_ref="DECK-2021-S07-MARKET",
    ),
    *(
        {
            "recorded_on": "2021-04-20",
            "programme": "PREVENT",
            "kind": "project",
            "title": title,
            "funder": "HO",
            "recipient": recipient,
            "financial_year": "2021/22",
            "status": "ACTIVE",
            "source_quote_ref": "DECK-2021-S06-PROJECTS",
        }
        for title, recipient in (
            ("Protection from exploitation by gangs", "OTHER"),
            ("Protection from exploitation by extremists", "OTHER"),
            ("Critical thinking about social media", "SCHOOLS"),
            ("Recognising fake news", "SCHOOLS"),
            ("Resilience in primary schools", "SCHOOLS"),
            ("Resilience in secondary schools", "SCHOOLS"),
            ("Mothers in the community", "OTHER"),
            ("Mentoring of young people", "OTHER"),
            ("Faith leaders", "LMC"),
        )
    ),
    *(
        {
            "recorded_on": "2021-10-14",
            "programme": "PREVENT",
            "kind": "bid",
            "title": title,
            "funder": "HO",
            "recipient": "COUNCIL",
            "financial_year": "2022/23",
            "status": "PLANNED",
            "source_quote_ref": "DECK-2021-S06-BIDS",
        }
        for title in ("Project bid for schools", "Project bid for communities")
    ),
    *(
        {
            "recorded_on": "2021-02-26",
            "programme": "COVID_RESPONSE",
            "kind": "communication",
            "title": "Covid-19 messages",
            "funder": "COUNCIL",
            "recipient": "COUNCIL",
            "financial_year": "2020/21",
            "status": "COMPLETE",
            "channel": channel,
            "language": language,
            "item_count": items,
            "source_quote_ref": "DECK-2021-S16-COMMS",
        }
        for channel, language, items in (
            ("SIGN", "en", 420),
            ("POSTER", "en", 310),
            ("SOCIAL_MEDIA", "en", 260),
            ("LEAFLET", "en", 6),
            ("LEAFLET", "bn", 6),
            ("LEAFLET", "so", 4),
            ("NEWSLETTER", "en", 14),
            ("WEBINAR", "en", 9),
            ("MEETING", "bn", 5),
        )
    ),
)
#: When service went live in how many wards.
WARDS_LIVE = (("2019-10-15", 4), ("2020-03-10", 9), ("2020-10-13", 14), ("2021-06-15", 20))
#: Later versions of the first line: day, cameras replaced, stage.
CAMERAS = (
    ("2021-01-14", 0, "PROCUREMENT"),
    ("2021-07-15", 40, "DELIVERY"),
    ("2021-10-14", 85, "DELIVERY"),
)

#: Recorded, programme, kind, title, due, done, how exactly, status, next review, figure, reference.
MILESTONES: tuple[tuple[str | int | None, ...], ...] = (
    (
        "2020-06-18",
        "NET",
        "LAUNCHED",
        "Suppression unit launched",
        None,
        "2020-06-01",
        "month",
        "DONE",
        None,
        None,
        "DECK-2021-S03-NET",
    ),
    (
        "2020-10-27",
        "PSPO",
        "RENEWED",
        "Responsible drinking order renewed",
        "2020-10-20",
        "2020-10-20",
        "day",
        "DONE",
        "2023-10-19",
        None,
        "DECK-2021-S16-PSPO",
    ),
    (
        "2020-10-27",
        "PSPO",
        "RENEWED",
        "Order at Ropemakers Fields renewed",
        None,
        "2020-10-20",
        "month",
        "DONE",
        "2023-10-19",
        None,
        "DECK-2021-S03-PSPO",
    ),
    (
        "2020-11-25",
        "VVE_STRATEGY",
        "APPROVED",
        "Strategy approved",
        "2020-11-30",
        "2020-11-25",
        "month",
        "DONE",
        None,
        None,
        "DECK-2021-S11-VVE",
    ),
    (
        "2021-01-19",
        "VAWG_SUPPORT",
        "CONTRACTED",
        "New contract for victims of domestic abuse",
        "2021-01-31",
        "2021-01-04",
        "month",
        "DONE",
        "2024-01-03",
        None,
        "DECK-2021-S11-SOLACE",
    ),
    (
        "2021-03-16",
        "PSPO",
        "CONSULTED",
        "Consultation on nitrous oxide",
        "2021-03-31",
        "2021-03-08",
        "month",
        "DONE",
        None,
        None,
        "DECK-2021-S04-PSPO",
    ),
    (
        "2021-04-08",
        "IOM",
        "ROLLED_OUT",
        "Refreshed framework in use",
        "2021-04-01",
        "2021-04-01",
        "month",
        "DONE",
        "2022-04-01",
        None,
        "DECK-2021-S08-IOM",
    ),
    (
        "2021-04-30",
        "PSPO",
        "IN_FORCE",
        "Nitrous oxide order in force",
        "2021-04-30",
        "2021-04-30",
        "day",
        "DONE",
        "2024-04-29",
        None,
        "DECK-2021-S04-PSPO",
    ),
    (
        "2021-05-26",
        "VVE_STRATEGY",
        "LAUNCHED",
        "Strategy launched",
        "2021-05-31",
        "2021-05-20",
        "month",
        "DONE",
        "2022-05-20",
        None,
        "DECK-2021-S11-VVE",
    ),
    (
        "2021-06-15",
        "NEIGHBOURHOOD_MANAGEMENT",
        "ROLLED_OUT",
        "Service in every ward",
        "2021-06-30",
        "2021-06-15",
        "month",
        "DONE",
        None,
        20,
        "DECK-2021-S03-NM",
    ),
    (
        "2021-06-22",
        "SOC",
        "PUBLISHED",
        "Local profile, first of its kind in London",
        "2021-06-30",
        "2021-06-22",
        "year",
        "DONE",
        "2022-06-22",
        None,
        "DECK-2021-S08-SOC",
    ),
    (
        "2021-07-07",
        "ASB_AWARENESS_WEEK",
        "EVENT",
        "Awareness week held",
        "2021-07-25",
        None,
        None,
        "PLANNED",
        None,
        None,
        "DECK-2021-S03-WEEK",
    ),
    (
        "2021-07-20",
        "CSP_PLAN",
        "PUBLISHED",
        "Statutory plan published",
        "2021-07-31",
        "2021-07-20",
        "year",
        "DONE",
        "2024-03-31",
        None,
        "DECK-2021-S11-PLAN",
    ),
    (
        "2021-09-14",
        "WOMENS_SAFETY",
        "SIGNED",
        "Women's Night Safety Charter signed",
        None,
        "2021-09-14",
        "year",
        "DONE",
        "2022-09-14",
        2,
        "DECK-2021-S13-CHARTER",
    ),
    (
        "2021-09-21",
        "WOMENS_CJ_PATHWAY",
        "ACTION",
        "Pathway designed",
        "2022-03-31",
        None,
        None,
        "IN_PROGRESS",
        None,
        None,
        "DECK-2021-S11-PATHWAY",
    ),
    (
        "2021-10-12",
        "HATE_CRIME_AWARENESS",
        "EVENT",
        "Awareness week begun",
        "2021-10-09",
        "2021-10-09",
        "day",
        "DONE",
        None,
        None,
        "DECK-2021-S06-WEEK",
    ),
    (
        "2021-10-19",
        "PROTECTIVE_SECURITY",
        "ASSESSED",
        "Technical assessments of both sites",
        "2021-11-30",
        None,
        None,
        "IN_PROGRESS",
        None,
        2,
        "DECK-2021-S07-SITES",
    ),
    (
        "2021-04-27",
        "VV_ACTION_PLAN",
        "PUBLISHED",
        "Action plan in use",
        "2021-04-30",
        "2021-04-27",
        "year",
        "DONE",
        "2022-04-27",
        None,
        "DECK-2021-S11-VVPLAN",
    ),
)
#: Actions of the violence and vulnerability plan: due, done or not.
ACTIONS = (
    ("2021-06-30", "2021-06-10"),
    ("2021-06-30", "2021-06-29"),
    ("2021-06-30", "2021-06-24"),
    ("2021-09-30", "2021-09-02"),
    ("2021-09-30", "2021-09-28"),
    ("2021-09-30", None),
    ("2021-12-31", None),
    ("2021-12-31", None),
)

#: The items that the presentation quotes, by theme only: day, who, service, theme, arrests.
QUOTED = (
    ("2021-02-17", "RESIDENT", "NEIGHBOURHOOD_MANAGEMENT", "LICENSING_RESOLVED", 0, "NM"),
    ("2021-05-11", "PARTNER", "CCTV", "ARRESTS_SUPPORTED", 2, "CCTV"),
    ("2021-07-06", "RESIDENT", "ASB_DISPERSAL", "PERSISTENT_ASB_DISPERSED", 0, "DISPERSAL"),
    ("2021-08-24", "RESIDENT", "ASB_CASEWORK", "DRUG_ASB_RESOLVED", 0, "CASE"),
    ("2021-09-15", "RESIDENT", "ASB_OFFICER", "OFFICER_SUPPORT", 0, "OFFICER"),
)
#: Other items, before and after the last twelve months.
OTHER_ITEMS = (18, 2)
OTHER_KINDS = (
    ("RESIDENT", "ASB_CASEWORK", "RESPONSE_TIME", "NEGATIVE"),
    ("RESIDENT", "ENFORCEMENT", "FEELING_SAFE", "POSITIVE"),
    ("BUSINESS", "ENFORCEMENT", "COMMUNICATION", "NEUTRAL"),
    ("RESIDENT", "NEIGHBOURHOOD_MANAGEMENT", "NO_OUTCOME", "NEGATIVE"),
    ("PARTNER", "CCTV", "COMMUNICATION", "POSITIVE"),
    ("MEMBER", "ASB_OFFICER", "OFFICER_SUPPORT", "POSITIVE"),
)

#: Mid-year → share of the residents of mid-2020.
GROWTH = {2018: 0.966, 2019: 0.983, 2020: 1.0}
#: People there on a working day for each resident, where it is not 0.8.
WORKDAY_FACTOR = {"E05009323": 7.5, "E05009333": 2.6, "E05009336": 2.1, "E05009330": 1.7}

#: Indicator, unit, publisher, years of its span, value, half width of its interval.
INDICATORS = (
    ("DRUG_DEATHS_3Y", "per_100000", "ONS", 3, (4.4, 4.2, 4.1), 1.2),
    ("OCU_RATE", "per_1000", "PHE", 1, (12.1, 11.8, 11.6), 1.9),
    ("PROVEN_REOFFENDING_BINARY", "percent", "MOJ", 1, (26.5, 25.9, 25.2), 1.5),
    ("PROVEN_REOFFENDING_FREQUENCY", "ratio", "MOJ", 1, (3.9, 3.8, 3.8), 0.3),
    ("FEELS_SAFE", "percent", "MAYOR_OF_LONDON", 1, (71.0, 73.0, 72.0), 4.0),
)
