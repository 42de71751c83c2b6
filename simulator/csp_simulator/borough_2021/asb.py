"""The council's own enforcement in the scenario: feeds A1 to A8.

Everything is synthetic; references of persons and premises are invented numbers.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from csp_simulator.borough_2021.asb_cases import (
    case_figures,
    case_rows,
    draw_reports,
)
from csp_simulator.borough_2021.asb_enforcement import draw_actions
from csp_simulator.borough_2021.asb_faults import write_faults
from csp_simulator.borough_2021.asb_files import write_days
from csp_simulator.borough_2021.asb_notices import action_figures, action_rows, draw_stages
from csp_simulator.borough_2021.asb_orders import write_register
from csp_simulator.borough_2021.asb_panel import draw_panel, draw_reviews
from csp_simulator.borough_2021.asb_public_realm import (
    draw_music_events,
    draw_patrols,
    draw_premises_visits,
)
from csp_simulator.borough_2021.truth import DomainTruth
from csp_simulator.draws import stream
from csp_simulator.places import Borough
from csp_simulator.truth import Fault

DOMAIN = "asb"
#: Days of cases, actions and patrols whose first file lacked rows.
RESENT = (date(2019, 11, 12), date(2020, 7, 3), date(2021, 6, 15))


def write(folder: Path, borough: Borough, *, seed: int, scale: float) -> DomainTruth:
    """Writes the files of A1 to A8 below `<folder>/asb` and says what is true of them.

    Args:
        folder: Deliveries of the scenario.
        borough: Places to put records at.
        seed: Same seed and scale, same bytes.
        scale: Factor on every volume; the presentation's figures hold at 1.

    Returns:
        What was written, and the figures of the presentation that rest on it.
    """
    target = folder / DOMAIN

    def rng(*of: str) -> np.random.Generator:
        return stream(seed, DOMAIN, *of)

    reports = draw_reports(rng("case"), borough, scale)
    actions = draw_actions(rng("enforcement_action"), borough, scale)
    stages = draw_stages(rng("enforcement_action", "stages"), actions)
    panel, panel_figures = draw_panel(rng("panel_case"), reports, scale)
    reviews, review_figures = draw_reviews(rng("case_review"), scale)
    patrols, patrol_figures = draw_patrols(rng("patrol"), scale)
    events, event_figures = draw_music_events(rng("music_event"), scale)
    visits, visit_figures = draw_premises_visits(rng("premises_visit"), scale)
    register, register_figures = write_register(target)
    cases = case_rows(rng("case", "rows"), reports, borough)
    penalties = action_rows(rng("enforcement_action", "rows"), actions, stages, borough)
    feeds = {
        "asb_case": write_days(target, "asb_case", cases, resent=RESENT),
        "asb_enforcement_action": write_days(
            target, "enforcement_action", penalties, resent=RESENT
        ),
        "asb_pspo": register,
        "asb_patrol": write_days(target, "patrol", patrols, resent=RESENT),
        "asb_music_event": write_days(target, "music_event", events),
        "asb_case_review": write_days(target, "asb_case_review", reviews),
        "asb_panel_case": write_days(target, "safeguarding_panel_case", panel),
        "asb_premises_visit": write_days(target, "premises_visit", visits),
    }
    figures = (
        case_figures(reports, borough)
        | action_figures(actions, stages)
        | panel_figures
        | review_figures
        | patrol_figures
        | event_figures
        | visit_figures
        | register_figures
    )
    return DomainTruth(feeds=feeds, figures=figures)


def faults(folder: Path, borough: Borough, *, seed: int) -> list[Fault]:
    """Writes the labelled bad inputs of these feeds, each in a folder of its own.

    Args:
        folder: Folder of the scenario's bad inputs.
        borough: Places to put records at.
        seed: Same seed, same bytes.

    Returns:
        The files, each with what should come of it.
    """
    return write_faults(folder, borough, seed=seed)
