"""Writes enforcement actions (A2) as issued and after each change, and counts their figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021.asb_cases import between
from csp_simulator.borough_2021.asb_enforcement import ALL_KINDS, Actions, of_kinds
from csp_simulator.borough_2021.asb_files import (
    Drawn,
    day,
    flags,
    happens,
    numbers,
    reference,
    sent_late,
    some,
)
from csp_simulator.borough_2021.asb_words import ACTION_COLUMNS, AGE_BANDS, LIVES, ORDERS
from csp_simulator.borough_2021.london_times import local_day, written, written_days
from csp_simulator.borough_2021.periods import (
    DECK,
    NITROUS_OXIDE_ORDER,
    Q1,
    SINCE_OCTOBER_2020,
    WHOLE,
    YEAR_TO_DATE,
)
from csp_simulator.draws import choose, joined, text, words
from csp_simulator.places import Borough

LAST = day(WHOLE.last)
DISCOUNT_DAYS, DAYS_TO_PAY, LATE_DAYS = 10, 28, 90
OVER_24 = [AGE_BANDS.index(band) for band in ("25_34", "35_49", "50_PLUS")]
LATER_STATES = max(len(states) for _, states in LIVES)
REASONS = ("APPEAL_UPHELD", "ISSUED_IN_ERROR", "NOT_IN_PUBLIC_INTEREST", "VULNERABLE")


@dataclass(frozen=True)
class Stage:
    """The state that each action reaches with one of its versions ('' for none), and when."""

    state: np.ndarray
    at: np.ndarray

    @property
    def is_written(self) -> np.ndarray:
        """Which actions have this version within the scenario."""
        return (self.state != "") & (local_day(self.at) <= LAST)


def _order_of(kind: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Number of the order in ORDERS that was in force, -1 without one."""
    order = np.full(len(kind), -1)
    for name, numbers_of in (("drinking", (0, 2)), ("ropemakers", (1, 4)), ("nox", (3,))):
        for number in numbers_of:
            first, last = ORDERS[number][5], ORDERS[number][6]
            in_force = (days >= day(first)) & (days <= day(last))
            order[of_kinds("order", name)[kind] & in_force] = number
    return order


def action_rows(
    rng: np.random.Generator, actions: Actions, stages: list[Stage], borough: Borough
) -> Drawn:
    """Writes each action as issued and as it was after each change, up to the last day."""
    shared = _shared(rng, actions, borough)
    tables, days = [], []
    n = len(actions.kind)
    for number, stage in enumerate(stages, start=1):
        columns = shared | _state(rng, actions, stage)
        columns["record_version"] = pa.repeat(str(number), n)
        kept = stage.is_written
        tables.append(pa.table(columns).select(ACTION_COLUMNS).filter(pa.array(kept)))
        of_stage = local_day(stage.at)[kept]
        days.append(sent_late(rng, of_stage, 0.02) if number == 1 else of_stage)
    return Drawn(pa.concat_tables(tables), np.concatenate(days), n)


def _shared(rng: np.random.Generator, actions: Actions, borough: Borough) -> dict[str, pa.Array]:
    """What does not change while an action goes on."""
    kind, n = actions.kind, len(actions.kind)
    days = local_day(actions.issued)
    is_penalty = actions.life >= 0
    order = _order_of(kind, days)
    amounts = np.array([k.amount for k in ALL_KINDS])[kind]
    seized = np.array([bool(k.seized) for k in ALL_KINDS])[kind]
    is_box = of_kinds("seized", "NOX_BOX")[kind]
    table = borough.points["2021"].table
    place = pa.array(actions.place)
    has_subject = happens(rng, n, 0.93)
    return {
        "action_ref": joined("ENF-", text(np.arange(n) + 1, width=7)),
        "action_type": words([k.action for k in ALL_KINDS], kind),
        "issued_at": written(actions.issued),
        "officer_token": joined("f", text(rng.integers(1, 55, n), width=3)),
        "power_code": words([k.power for k in ALL_KINDS], kind),
        "offence_code": words([k.offence for k in ALL_KINDS], kind),
        "pspo_id": some(words([o[0] for o in ORDERS], np.maximum(order, 0)), order >= 0),
        "subject_token": reference("a", rng.integers(1, 1 + n, n), has_subject),
        "subject_age_band": words(list(AGE_BANDS), actions.age),
        "amount_gbp": numbers(amounts, is_penalty),
        "discount_gbp": numbers(amounts * 2 // 5, is_penalty),
        "discount_until": written_days(days + DISCOUNT_DAYS, is_penalty),
        "due_on": written_days(days + DAYS_TO_PAY, is_penalty),
        "lsoa21_code": some(
            table["LSOA code"].combine_chunks().take(place), ~happens(rng, n, 0.02)
        ),
        "ward_code": table["ward_code"].combine_chunks().take(place),
        "seizure_item": some(words([k.seized for k in ALL_KINDS], kind), seized),
        "seizure_qty": numbers(np.where(is_box, 1, rng.integers(1, 7, n)), seized),
        "support_offered": flags(actions.is_offered),
        "support_accepted": flags(actions.is_accepted, actions.is_offered),
    }


def draw_stages(rng: np.random.Generator, actions: Actions) -> list[Stage]:
    """Draws when each action reaches which state: as issued, and each change after it."""
    n = len(actions.kind)
    lasts = np.array([kind.lasts for kind in ALL_KINDS])[actions.kind]
    life, is_penalty = np.maximum(actions.life, 0), actions.life >= 0
    issued_on = local_day(actions.issued)
    stages = [Stage(np.where(lasts, "ACTIVE", "ISSUED").astype(object), actions.issued)]
    for number in range(LATER_STATES):
        steps = [life[number] if number < len(life) else ("", 1, 1) for _, life in LIVES]
        names, low, high = (np.array(part) for part in zip(*steps, strict=True))
        state = np.where(is_penalty, names[life], "").astype(object)
        after = rng.integers(low[life], high[life] + 1)
        if number == 0:
            ends = choose(rng, [0.3, 0.55, 0.15], n)
            of_others = np.array(["", "CLOSED", "BREACHED"], dtype=object)[ends]
            state = np.where(lasts, of_others, state)
            after = np.where(lasts, rng.integers(40, 180, n), after)
        # At ten in the morning UTC of a later day, so always after the state before it.
        at = (issued_on + after).astype("datetime64[s]") + np.timedelta64(36_000, "s")
        stages.append(Stage(state, at))
    return stages


def _state(rng: np.random.Generator, actions: Actions, stage: Stage) -> dict[str, pa.Array]:
    """What a state says of payment, court and cancelling."""
    n, days, state = len(stage.state), local_day(stage.at), stage.state
    amounts = np.array([kind.amount for kind in ALL_KINDS])[actions.kind]
    early, in_full = state == "PAID_DISCOUNT", state == "PAID_FULL"
    in_court, cancelled = state == "PROSECUTED", state == "CANCELLED"
    paid = np.where(early, amounts - amounts * 2 // 5, amounts)
    reason = words(list(REASONS), rng.integers(len(REASONS), size=n))
    return {
        "status": pa.array(state, pa.string()),
        "status_at": written(stage.at),
        "paid_gbp": numbers(paid, early | in_full),
        "paid_on": written_days(days, early | in_full),
        "prosecuted_on": written_days(days, in_court),
        "court_result": some(pa.repeat("CONVICTED", n), in_court),
        "court_fine_gbp": numbers(actions.fine, in_court),
        "cancelled_reason": some(reason, cancelled),
    }


def action_figures(actions: Actions, stages: list[Stage]) -> dict[str, object]:
    """Figures of actions and penalties; a cancelled penalty is in none of them."""
    days, kind = local_day(actions.issued), actions.kind
    is_off = _reached(stages, "CANCELLED")
    notice = of_kinds("action", "FPN")[kind] & ~is_off
    nox = notice & of_kinds("order", "nox")[kind] & between(days, NITROUS_OXIDE_ORDER)
    covid = notice & of_kinds("offence", "COVID_BREACH")[kind]
    boxes = of_kinds("seized", "NOX_BOX")[kind] & between(days, YEAR_TO_DATE)
    to_treatment = of_kinds("action", "REFERRAL_TX")[kind] & between(days, YEAR_TO_DATE)
    warned = of_kinds("action", "ASB_WARNING")[kind]
    in_court = nox & _reached(stages, "PROSECUTED", by=day(DECK))
    amounts = np.array([k.amount for k in ALL_KINDS])[kind]
    return {
        "K003": int((warned & between(days, YEAR_TO_DATE)).sum()),
        "K005": int(to_treatment.sum()),
        "K013": int(nox.sum()),
        "K014": {
            "amount": int(amounts[nox].max(initial=0)),
            "court_fine": int(actions.fine[in_court].max(initial=0)),
        },
        **_paid_figures(notice & between(days, Q1), days, stages),
        "K017": int(boxes.sum()),
        "K018": {
            "notices": int(nox.sum()),
            "over_24": int((nox & np.isin(actions.age, OVER_24)).sum()),
            "support_offered": int((nox & actions.is_offered).sum()),
            "support_accepted": int((nox & actions.is_accepted).sum()),
        },
        "K106": int((covid & between(days, SINCE_OCTOBER_2020)).sum()),
    }


def _reached(stages: list[Stage], state: str, by: np.datetime64 = LAST) -> np.ndarray:
    """Which actions reached a state by a day."""
    reached = [(stage.state == state) & (local_day(stage.at) <= by) for stage in stages]
    return np.logical_or.reduce(reached)


def _paid_figures(
    of_quarter: np.ndarray, issued_on: np.ndarray, stages: list[Stage]
) -> dict[str, object]:
    """What became of the penalties of the first quarter."""
    took = np.full(len(issued_on), 10_000)
    for stage in stages[1:]:
        paid = np.isin(stage.state, ["PAID_DISCOUNT", "PAID_FULL"]) & stage.is_written
        took = np.where(paid, (local_day(stage.at) - issued_on).astype(np.int64), took)
    overdue = of_quarter & (took > DAYS_TO_PAY)
    return {
        "K015": {
            "issued": int(of_quarter.sum()),
            "paid_in_28_days": int((of_quarter & (took <= DAYS_TO_PAY)).sum()),
            "paid_in_90_days": int((of_quarter & (took <= LATE_DAYS)).sum()),
        },
        "K016": {
            "prosecuted": int((overdue & _reached(stages, "PROSECUTED")).sum()),
            "unpaid_past_due": int(overdue.sum()),
        },
    }
