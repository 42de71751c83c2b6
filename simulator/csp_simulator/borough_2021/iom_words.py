"""Words and shares of the offender-management feeds; codes of the domain specification, 5.4."""

from __future__ import annotations

NOMINAL_COLUMNS = (
    "nominal_token",
    "attributor",
    "cohort_type",
    "crime_type",
    "adopted_on",
    "deselected_on",
    "reason",
    "rag",
    "in_custody",
    "ogrs3_band",
    "class_a_flag",
    "class_a_test_basis",
    "accommodation_flag",
    "eta_flag",
    "lead_agency",
)
EVENT_COLUMNS = (
    "event_token",
    "nominal_token",
    "offence_on",
    "proven_on",
    "disposal",
    "ho_offence_class",
    "is_proven",
)
COHORTS, COHORT_SHARE = ("FIXED", "FLEX", "FREE"), (45, 35, 20)
CRIMES, CRIME_SHARE = ("VIOLENCE", "NEIGHBOURHOOD", "OTHER"), (55, 33, 12)
REASONS, REASON_SHARE = ("DESISTED", "CUSTODY", "MOVED", "OTHER"), (50, 25, 15, 10)
COLOURS, COLOUR_SHARE = ("RED", "AMBER", "GREEN"), (28, 42, 30)
BANDS, BAND_SHARE = ("MEDIUM", "HIGH", "VERY_HIGH"), (15, 45, 40)
BASES, BASIS_SHARE = ("TEST", "SELF", "CONVICTION"), (60, 25, 15)
AGENCIES, AGENCY_SHARE = ("POLICE", "PROBATION", "COUNCIL"), (40, 55, 5)
CLASSES, CLASS_SHARE = ("8N", "28E", "34", "30C", "92D", "149"), (26, 18, 14, 20, 12, 10)
