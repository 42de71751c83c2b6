"""Words and shares of the offender-management feeds: words/iom.yml."""

from __future__ import annotations

from csp_simulator.data_files import Words

say = Words("iom")


NOMINAL_COLUMNS = say("nominal_columns", tuple[str, ...])
EVENT_COLUMNS = say("event_columns", tuple[str, ...])
COHORTS = say("cohorts", tuple[str, ...])
COHORT_SHARE = say("cohort_share", tuple[float, ...])
CRIMES = say("crimes", tuple[str, ...])
CRIME_SHARE = say("crime_share", tuple[float, ...])
REASONS = say("reasons", tuple[str, ...])
REASON_SHARE = say("reason_share", tuple[float, ...])
COLOURS = say("colours", tuple[str, ...])
COLOUR_SHARE = say("colour_share", tuple[float, ...])
BANDS = say("bands", tuple[str, ...])
BAND_SHARE = say("band_share", tuple[float, ...])
BASES = say("bases", tuple[str, ...])
BASIS_SHARE = say("basis_share", tuple[float, ...])
AGENCIES = say("agencies", tuple[str, ...])
AGENCY_SHARE = say("agency_share", tuple[float, ...])
CLASSES = say("classes", tuple[str, ...])
CLASS_SHARE = say("class_share", tuple[float, ...])
