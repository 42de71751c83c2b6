"""Words and shares of the civil-protection feeds.

Sources: the domain specification, sections 4 and Appendix B. Details of incidents are invented,
that of New Providence Wharf included, but for its day, its place and its cladding.
"""

from __future__ import annotations

from csp_simulator.borough_2021.periods import LAST_12_MONTHS, WHOLE

INCIDENT_COLUMNS = [
    "incident_id",
    "record_version",
    "incident_type",
    "declared_level",
    "reported_at",
    "council_notified_by",
    "declared_at",
    "response_start_at",
    "stand_down_at",
    "recovery_handover_at",
    "m_major_incident",
    "e_exact_location",
    "t_type_detail",
    "h_hazards",
    "a_access",
    "n_casualties_fatal",
    "n_casualties_serious",
    "n_casualties_minor",
    "e_agencies_present",
    "e_agencies_required",
    "uprn",
    "postcode_district",
    "latitude",
    "longitude",
    "ward_code",
    "people_evacuated",
    "households_displaced",
    "rest_centre_opened_at",
    "rest_centre_closed_at",
    "rest_centre_code",
    "rest_centre_peak",
    "lalo_deployed_at",
    "gold_cell_opened_at",
    "acm_cladding_flag",
    "govt_info_requests",
    "lfb_incident_number",
    "police_cad_ref",
    "cost_gbp",
    "debrief_completed_on",
    "lessons_count",
]

#: Incident type → share, who tells the council, agencies on scene, typical evacuees.
INCIDENT_TYPES = {
    "FIRE_RESIDENTIAL": (0.30, "LFB", "LFB|MPS|COUNCIL", 40),
    "FIRE_COMMERCIAL": (0.08, "LFB", "LFB|MPS|COUNCIL", 15),
    "FLOOD_SURFACE": (0.08, "RESIDENT", "COUNCIL|UTIL_THAMES", 6),
    "UTILITY_WATER": (0.12, "UTIL_THAMES", "COUNCIL|UTIL_THAMES", 4),
    "UTILITY_POWER": (0.10, "UTIL_UKPN", "COUNCIL|UTIL_UKPN", 0),
    "UTILITY_GAS": (0.07, "UTIL_CADENT", "LFB|COUNCIL|UTIL_CADENT", 30),
    "STRUCTURE_COLLAPSE": (0.06, "LFB", "LFB|MPS|COUNCIL", 12),
    "CORDON_POLICE": (0.06, "MPS", "MPS|COUNCIL", 20),
    "UXO": (0.02, "MPS", "MPS|COUNCIL|MIL_EOD", 60),
    "SEVERE_WEATHER": (0.06, "OTHER", "COUNCIL", 0),
    "TRANSPORT": (0.03, "MPS", "MPS|LAS|COUNCIL", 0),
    "CYBER_IT": (0.02, "COUNCIL", "COUNCIL", 0),
}
LFB_TYPES = ("FIRE_RESIDENTIAL", "FIRE_COMMERCIAL", "UTILITY_GAS", "STRUCTURE_COLLAPSE")
LEVELS, LEVEL_SHARES = ("MINOR", "SIGNIFICANT", "MAJOR"), (0.58, 0.40, 0.02)
MONTH_FACTOR = (1.1, 1.0, 0.9, 0.9, 1.0, 1.1, 1.2, 1.1, 0.9, 1.0, 1.0, 1.1)
LOCATIONS = ("Residential block with its car park", "Street and both pavements", "Estate courtyard")
DETAILS = ("See the duty officer's log", "Confirmed by the first officer on scene")
HAZARDS = ("Smoke in common parts", "Standing water", "Debris", "None seen")
ACCESS = ("North approach kept clear", "Through the service road", "Road closed at both ends")
DISTRICTS = ("E1", "E1W", "E2", "E3", "E14")

#: Incidents with a council response, records for information only, and second declarations of an
#: incident, by period: before the last twelve months, in them, and after them.
INCIDENTS = {
    "before": (WHOLE.first, LAST_12_MONTHS.first, 42, 5, 3),
    "in": (LAST_12_MONTHS.first, LAST_12_MONTHS.last, 30, 4, 2),
    "after": (LAST_12_MONTHS.last, WHOLE.last, 5, 1, 0),
}
#: New Providence Wharf: when it was reported, where, its ward.
WHARF = ("2021-05-07T08:55:00", 51.50680, -0.00105, "E05009318")
#: A burst main over the end of a month and of a quarter.
OVER_MIDNIGHT = "2021-06-30T23:40:00"

TRAINING_COLUMNS = [
    "event_id",
    "event_date",
    "course_code",
    "title",
    "delivery_mode",
    "duration_hours",
    "attendee_count",
    "attendee_unique_count",
    "department",
    "is_statutory_role",
]
COURSES = (
    ("GOLD-01", "Strategic lead in an emergency", "true", "3.5"),
    ("SILVER-01", "Tactical lead in an emergency", "true", "3.5"),
    ("LALO-01", "Local Authority Liaison Officer", "true", "7"),
    ("RCM-01", "Rest centre management", "true", "6"),
    ("BECC-01", "Borough emergency control centre", "true", "3"),
    ("LOG-01", "Loggist", "true", "3.5"),
    ("BC-01", "Writing a continuity plan", "false", "2"),
    ("ACT-01", "Action counters terrorism awareness", "false", "1.5"),
)
MODES, MODE_SHARES = ("ONLINE", "CLASSROOM", "BLENDED", "ON_SITE"), (0.7, 0.15, 0.1, 0.05)
DEPARTMENTS = ("Place", "Health, Adults and Community", "Children and Culture", "Resources")
#: Events and attendances by period.
TRAINING = {"before": (46, 640), "in": (39, 503), "after": (5, 61)}

EXERCISE_COLUMNS = [
    "exercise_id",
    "date",
    "type",
    "name",
    "scope",
    "staff_attending",
    "partners",
    "objectives_met",
    "debrief_on",
    "actions_open",
]
#: Day, type, name, scope, staff, partners, objectives met, days to the debrief, open actions.
EXERCISES = (
    ("2019-05-16", "TABLETOP", "Surface flood table-top", "BOROUGH", 9, "LFB|EA", "4/5", 14, 3),
    ("2019-09-26", "CPX", "Control centre command post", "BOROUGH", 12, "MPS|LFB", "5/6", 20, 4),
    ("2019-11-20", "LIVE", "Rest centre live play", "BOROUGH", 15, "BRC", "6/7", 21, 5),
    ("2020-02-12", "CASCADE", "Call-out cascade", "BOROUGH", 6, "", "3/3", 7, 0),
    ("2020-07-14", "TABLETOP", "Second wave table-top", "SUBREGION", 8, "NHS|UKHSA", "5/5", 10, 2),
    ("2020-10-08", "CASCADE", "Call-out cascade", "BOROUGH", 6, "", "3/3", 7, 0),
    ("2020-11-19", "TABLETOP", "Tall building table-top", "BOROUGH", 9, "LFB|MPS", "4/5", 15, 4),
    ("2021-01-28", "CASCADE", "Call-out cascade", "BOROUGH", 6, "", "3/3", 7, 0),
    ("2021-03-18", "LIVE", "Safer City exercise", "PAN_LONDON", 12, "MPS|LFB|LAS", "6/8", 30, 6),
    ("2021-04-22", "CPX", "Control centre command post", "BOROUGH", 8, "MPS|LFB", "5/6", 20, 2),
    ("2021-06-10", "CYBER", "Cyber attack exercise", "BOROUGH", 11, "MPS", "4/5", 14, 5),
    ("2021-07-15", "CASCADE", "Call-out cascade", "BOROUGH", 7, "", "3/3", 7, 0),
    ("2021-09-23", "TABLETOP", "Rest centre table-top", "SUBREGION", 7, "BRC|NHS", "5/5", 14, 3),
    ("2021-11-25", "TABLETOP", "Winter power loss", "BOROUGH", 9, "UTIL_UKPN", "4/5", 14, 2),
)

PLAN_COLUMNS = [
    "plan_id",
    "service",
    "directorate",
    "owner_role",
    "version",
    "approved_on",
    "review_due_on",
    "last_reviewed_on",
    "last_exercised_on",
    "rto_hours",
    "mtpd_hours",
    "criticality",
    "status",
]
SERVICES = (
    "Housing options",
    "Adult social care",
    "Children's social care",
    "Waste services",
    "Registrars",
    "Revenues and benefits",
    "Highways",
    "CCTV control room",
    "Parking",
    "Libraries",
    "Public health",
    "Payroll",
)
OWNERS = ("Head of service", "Divisional director", "Service manager")
RTO_HOURS, MTPD_HOURS = (4, 24, 72, 168), (12, 72, 168, 720)
#: Active plans at the first register and from the twelfth last on; and the others in it.
ACTIVE_PLANS, FIRST_ACTIVE_PLANS, OTHER_PLANS = 102, 94, ("DRAFT", "SUPERSEDED", "RETIRED")
PLANS_OF_EACH_OTHER, LATE_PLANS = 4, 0.3

SHIFT_COLUMNS = ("shift_start", "shift_end", "role", "filled", "backup_filled")
ROLES = ("GOLD", "SILVER", "LALO", "RCM", "BECC", "LOGGIST")
#: First month of a chance of a filled shift; the cadre is full from the last.
FILLED_FROM = (("2019-04", 0.91), ("2020-04", 0.95), ("2021-01", 0.98), ("2021-06", 1.0))

MOBILISATION_COLUMNS = [
    "IncidentNumber",
    "CalYear",
    "HourOfCall",
    "ResourceMobilisationId",
    "Resource_Code",
    "PerformanceReporting",
    "DateAndTimeMobilised",
    "DateAndTimeMobile",
    "DateAndTimeArrived",
    "TurnoutTimeSeconds",
    "TravelTimeSeconds",
    "AttendanceTimeSeconds",
    "DateAndTimeLeft",
    "DateAndTimeReturned",
    "DeployedFromStation_Code",
    "DeployedFromStation_Name",
    "DeployedFromLocation",
    "PumpOrder",
    "PlusCode_Code",
    "PlusCode_Description",
    "DelayCodeId",
    "DelayCode_Description",
]
#: Code and name of stations in and near the borough, and their share of turn-outs.
STATIONS = (
    ("F20", "Whitechapel", 0.2),
    ("F21", "Bethnal Green", 0.2),
    ("F22", "Poplar", 0.2),
    ("F23", "Millwall", 0.15),
    ("F24", "Shoreditch", 0.1),
    ("F25", "Shadwell", 0.1),
    ("F26", "Stratford", 0.05),
)
INCIDENTS_A_DAY, HOURS_OF_DAY = (
    18,
    (5, 4, 3, 2, 2, 2, 3, 4, 6, 6, 6, 7, 7, 7, 7, 8, 8, 9, 9, 9, 8, 8, 7, 6),
)
