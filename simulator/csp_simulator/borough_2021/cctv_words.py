"""Codes and shares of the CCTV control room's files: what is drawn, and how often.

The shares follow what councils publish of their control rooms: about fourteen log entries to a
criminal incident, six criminal incidents to an arrest, and six and a half to an evidence package.
"""

from __future__ import annotations

INCIDENT_COLUMNS = (
    "incident_ref",
    "record_version",
    "updated_at",
    "camera_id",
    "operator_id",
    "shift_code",
    "detected_at",
    "police_notified_at",
    "police_on_scene_at",
    "closed_at",
    "incident_type_code",
    "is_criminal",
    "detection_mode",
    "police_cad_ref",
    "police_crime_ref",
    "latitude",
    "longitude",
    "ward_code",
    "lsoa21_code",
    "outcome_code",
    "arrest_count",
    "vehicle_hit_ref",
    "evidence_request_ref",
    "footage_hold_until",
    "narrative_redacted",
)
HIT_COLUMNS = (
    "hit_ref",
    "hit_at",
    "camera_id",
    "vrm_token",
    "hotlist_source",
    "hotlist_reason_code",
    "linked_serious_crime",
    "police_notified_at",
    "police_cad_ref",
    "stopped",
    "arrest_count",
    "result_code",
    "record_version",
)
REQUEST_COLUMNS = (
    "request_ref",
    "requested_at",
    "requester_org",
    "purpose_code",
    "incident_at_from",
    "incident_at_to",
    "camera_ids",
    "within_retention",
    "footage_found",
    "exported_at",
    "exhibit_ref",
    "due_at",
    "closed_at",
)
CAMERA_COLUMNS = (
    "camera_id",
    "asset_type",
    "commissioned_on",
    "decommissioned_on",
    "lat",
    "lon",
    "ward_code",
    "owner",
    "dpia_ref",
    "sccop_listed",
    "fault_sla_hours",
)
STATUS_COLUMNS = ("camera_id", "interval_start", "interval_minutes", "state", "fault_ref")

CRIMINAL_TYPES = {
    "ASSAULT": 18,
    "ROBBERY": 8,
    "THEFT": 12,
    "THEFT_PERSON": 7,
    "BURGLARY": 4,
    "VEHICLE_CRIME": 7,
    "DRUGS_SUPPLY": 10,
    "DRUGS_USE": 12,
    "WEAPON": 5,
    "CRIM_DAMAGE": 6,
    "PUBLIC_ORDER": 8,
    "SEXUAL": 1,
    "HATE": 1,
    "WANTED_PERSON": 1,
}
OTHER_TYPES = {
    "ASB_DRINK": 14,
    "ASB_NOX": 9,
    "ASB_GROUP": 16,
    "BEGGING": 8,
    "FLY_TIP": 7,
    "MISSING_PERSON": 5,
    "VULNERABLE": 6,
    "TRAFFIC_RTC": 6,
    "FIRE": 1,
    "CROWD": 3,
    "DEMO": 1,
    "MEDICAL": 4,
    "SUSPICIOUS": 15,
    "CITY_ASSET": 5,
}
DETECTION_MODES = {
    "OPERATOR": 36,
    "POLICE_REQ": 31,
    "AIRWAVE": 12,
    "ANALYTIC": 1,
    "SHOPWATCH": 5,
    "PUBWATCH": 3,
    "THEO": 6,
    "PUBLIC": 3,
    "RETRO": 3,
}
CRIMINAL_OUTCOMES = {
    "FPN": 3,
    "WARNING": 8,
    "DISPERSED": 12,
    "AREA_SEARCH_NEG": 30,
    "NO_POLICE": 9,
    "MONITOR_ONLY": 8,
    "EVIDENCE_ONLY": 20,
    "NO_FURTHER": 10,
}
OTHER_OUTCOMES = {
    "FPN": 2,
    "WARNING": 6,
    "DISPERSED": 18,
    "AREA_SEARCH_NEG": 8,
    "WELFARE": 8,
    "AMBULANCE": 4,
    "NO_POLICE": 14,
    "MONITOR_ONLY": 30,
    "NO_FURTHER": 10,
}
CRIMINAL_NARRATIVES = (
    "Two males seen taking a phone from a pedestrian and running towards the station",
    "Exchange of small packages beside the estate entrance, direction given to officers",
    "Fight between four persons outside licensed premises, followed on camera",
    "Male trying car door handles along the street, description passed",
    "Group throwing objects at a shop front, units directed",
)
OTHER_NARRATIVES = (
    "Group gathered with canisters, moved on by enforcement officers",
    "Person lying on the pavement, ambulance called and stood by",
    "Waste left beside the bins, reported to street cleansing",
    "Crowd leaving an event, monitored until clear",
    "Person looking lost, welfare check asked for",
)

SERIOUS_REASONS = {
    "HOMICIDE": 2,
    "FIREARMS": 5,
    "ROBBERY": 22,
    "SERIOUS_ASSAULT": 10,
    "DRUGS_SUPPLY": 30,
    "AGG_BURGLARY": 12,
    "KIDNAP": 1,
    "WANTED_PERSON": 18,
}
OTHER_REASONS = {
    "STOLEN_VEHICLE": 18,
    "FALSE_PLATES": 10,
    "NO_INSURANCE": 50,
    "DISQUALIFIED": 8,
    "INTELLIGENCE": 14,
}
HOTLISTS = {"PNC": 55, "NADC": 30, "LOCAL": 15}
SERIOUS_RESULTS = {
    "STOP_SEIZED": 10,
    "STOP_REPORTED": 10,
    "STOP_NO_ACTION": 12,
    "NOT_FOUND": 48,
    "NO_UNIT": 20,
}
OTHER_RESULTS = {
    "STOP_SEIZED": 12,
    "STOP_REPORTED": 8,
    "STOP_NO_ACTION": 5,
    "NOT_FOUND": 15,
    "NO_UNIT": 20,
    "OBSERVED": 40,
}

REQUESTERS = {
    "MPS": 66,
    "BTP": 5,
    "COLP": 2,
    "COUNCIL": 10,
    "INSURER": 9,
    "DATA_SUBJECT": 8,
}
#: Who asks → what for, and the days within which the answer is due. Police come first; four weeks
#: stay within the month that the law gives for subject access.
REQUEST_TERMS = {
    "MPS": ("CRIME_INVESTIGATION", 7),
    "BTP": ("CRIME_INVESTIGATION", 7),
    "COLP": ("CRIME_INVESTIGATION", 7),
    "COUNCIL": ("ASB_ENFORCEMENT", 14),
    "INSURER": ("CIVIL_CLAIM", 28),
    "DATA_SUBJECT": ("SUBJECT_ACCESS", 28),
}

ASSET_TYPES = {"FIXED_PTZ": 62, "STATIC": 20, "DEPLOYABLE": 9, "ANPR": 8, "BODY_WORN_HUB": 1}
OWNERS = {"COUNCIL": 78, "THH": 16, "TFL": 6}
FAULT_STATES = {"DOWN": 60, "DEGRADED": 25, "PLANNED": 15}

#: Share of a day's incidents in each hour; the night-time economy shows.
HOURS = (7, 5, 4, 3, 2, 1, 1, 2, 3, 3, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7, 8, 9, 9, 8)
#: Monday to Sunday.
WEEKDAYS = (0.9, 0.9, 0.92, 0.98, 1.2, 1.25, 0.95)
#: January to December.
SEASON = (0.92, 0.9, 0.97, 0.99, 1.03, 1.06, 1.08, 1.06, 1.02, 1.03, 0.98, 0.94)
#: Months in which streets were empty.
LOCKDOWN = {
    (2020, 3): 0.9,
    (2020, 4): 0.68,
    (2020, 5): 0.78,
    (2020, 6): 0.9,
    (2020, 11): 0.9,
    (2021, 1): 0.82,
    (2021, 2): 0.84,
    (2021, 3): 0.92,
}
