"""Codes and shares of the CCTV control room's files: words/cctv.yml."""

from __future__ import annotations

from csp_simulator.data_files import Words

say = Words("cctv")


INCIDENT_COLUMNS = say("incident_columns", tuple[str, ...])
HIT_COLUMNS = say("hit_columns", tuple[str, ...])
REQUEST_COLUMNS = say("request_columns", tuple[str, ...])
CAMERA_COLUMNS = say("camera_columns", tuple[str, ...])
STATUS_COLUMNS = say("status_columns", tuple[str, ...])
CRIMINAL_TYPES = say("criminal_types", dict[str, float])
OTHER_TYPES = say("other_types", dict[str, float])
DETECTION_MODES = say("detection_modes", dict[str, float])
CRIMINAL_OUTCOMES = say("criminal_outcomes", dict[str, float])
OTHER_OUTCOMES = say("other_outcomes", dict[str, float])
CRIMINAL_NARRATIVES = say("criminal_narratives", tuple[str, ...])
OTHER_NARRATIVES = say("other_narratives", tuple[str, ...])
SERIOUS_REASONS = say("serious_reasons", dict[str, float])
OTHER_REASONS = say("other_reasons", dict[str, float])
HOTLISTS = say("hotlists", dict[str, float])
SERIOUS_RESULTS = say("serious_results", dict[str, float])
OTHER_RESULTS = say("other_results", dict[str, float])
REQUESTERS = say("requesters", dict[str, float])
REQUEST_TERMS = say("request_terms", dict[str, tuple[str, int]])
ASSET_TYPES = say("asset_types", dict[str, float])
OWNERS = say("owners", dict[str, float])
FAULT_STATES = say("fault_states", dict[str, float])
HOURS = say("hours", tuple[int, ...])
WEEKDAYS = say("weekdays", tuple[float, ...])
SEASON = say("season", tuple[float, ...])
LOCKDOWN = say("lockdown", dict[str, float])
