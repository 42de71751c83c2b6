"""Programmes: funding register, milestones and feedback, with reference figures beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from csp_simulator.borough_2021.civil_faults import save_fault
from csp_simulator.borough_2021.london_times import written_days
from csp_simulator.borough_2021.periods import DECK, LAST_12_MONTHS, WHOLE
from csp_simulator.borough_2021.programme_words import (
    ACTIONS,
    CAMERAS,
    FEEDBACK_COLUMNS,
    FUNDING,
    FUNDING_COLUMNS,
    GROWTH,
    MILESTONE_COLUMNS,
    MILESTONES,
    OTHER_ITEMS,
    OTHER_KINDS,
    POPULATION_COLUMNS,
    QUOTED,
    WARDS_LIVE,
)
from csp_simulator.borough_2021.reference_figures import (
    areas,
    population,
    write_indicators,
    write_population,
)
from csp_simulator.borough_2021.truth import DomainTruth, FeedTruth
from csp_simulator.draws import joined, seasonal_days, stream, text, words
from csp_simulator.partner_files import csv_bytes, text_table
from csp_simulator.places import Borough
from csp_simulator.truth import Fault

Row = dict[str, Any]


def write(folder: Path, borough: Borough, *, seed: int, scale: float) -> DomainTruth:
    """Writes the registers of the programme office and the published reference figures.

    Feedback grows with the scale. Registers and populations do not: there is one CCTV upgrade,
    and an area has one population.

    Args:
        folder: Root of the scenario; files go into `programme` and `reference` below it.
        borough: Wards of the borough.
        seed: Same seed, same files.
        scale: Factor on volume.
    """
    feeds: dict[str, FeedTruth] = {}
    figures: dict[str, object] = {}
    funding = funding_rows(borough)
    feeds["programme_funding_line"] = _by_month(
        folder / "programme", "funding_line", text_table(funding, FUNDING_COLUMNS), "line_id"
    )
    figures |= funding_figures(funding)
    milestones = milestone_rows()
    feeds["programme_milestone"] = _by_month(
        folder / "programme",
        "strategy_milestone",
        text_table(milestones, MILESTONE_COLUMNS),
        "milestone_id",
    )
    figures |= milestone_figures(milestones)
    items, quoted = feedback(seed=seed, scale=scale)
    feeds["programme_feedback"] = _by_month(
        folder / "programme", "service_feedback", items, "feedback_id", "received_on"
    )
    figures |= quoted
    feeds["reference_population"], people = write_population(folder / "reference")
    feeds["reference_indicator"], published = write_indicators(folder / "reference")
    return DomainTruth(feeds, figures | people | published)


def _by_month(
    folder: Path, stem: str, rows: pa.Table, key: str, day: str = "recorded_on"
) -> FeedTruth:
    """Writes the rows of each month into its file."""
    folder.mkdir(parents=True, exist_ok=True)
    months = np.asarray(rows[day].to_numpy(zero_copy_only=False), "datetime64[M]")
    order = np.argsort(months, kind="stable")
    # No field holds a line end, so the lines of all files are written at once and dealt out.
    content = csv_bytes(rows.take(pa.array(order)), rows.column_names)
    header, *lines = content.splitlines(keepends=True)
    found, first = np.unique(months[order], return_index=True)
    ends = np.append(first[1:], len(order))
    for month, begin, end in zip(found, first, ends, strict=True):
        name = f"{stem}_{str(month).replace('-', '')}.csv"
        (folder / name).write_bytes(b"".join([header, *lines[begin:end]]))
    return FeedTruth(len(found), rows.num_rows, len(rows[key].unique()))


def funding_rows(borough: Borough) -> list[Row]:
    """Every version of every line of the funding register, in order of line."""
    rows = [{"record_version": 1, **line._asdict()} for line in FUNDING]
    for number, row in enumerate(rows):
        row["line_id"] = f"FL-{number + 1:04d}"
    later = [
        rows[0]
        | {"record_version": n, "recorded_on": on, "units_delivered": replaced, "stage": stage}
        for n, (on, replaced, stage) in enumerate(CAMERAS, 2)
    ]
    wards = sorted(borough.ward_names)
    live = [
        {
            "line_id": f"FL-{len(FUNDING) + 1:04d}",
            "record_version": n,
            "recorded_on": on,
            "programme": "NEIGHBOURHOOD_MANAGEMENT",
            "kind": "wards_live",
            "title": "Wards with live service",
            "recipient": "COUNCIL",
            "status": "COMPLETE" if count == len(wards) else "ACTIVE",
            "wards_covered": "|".join(wards[:count]),
            "source_quote_ref": "DECK-2021-S03-NM",
        }
        for n, (on, count) in enumerate(WARDS_LIVE, 1)
    ]
    return [*rows, *later, *live]


def newest(rows: Iterable[Row], key: str, on: date = DECK) -> list[Row]:
    """The newest version of each record that was written by a day."""
    found: dict[str, Row] = {}
    for row in rows:
        known = found.get(row[key])
        is_newer = known is None or row["record_version"] > known["record_version"]
        if row["recorded_on"] <= on.isoformat() and is_newer:
            found[row[key]] = row
    return list(found.values())


def funding_figures(rows: Sequence[Row]) -> dict[str, object]:
    """What the register says on the day of the presentation."""
    lines = newest(rows, "line_id")

    def of(programme: str, *kinds: str) -> list[Row]:
        return [x for x in lines if x["programme"] == programme and x["kind"] in kinds]

    def pounds(chosen: Iterable[Row]) -> int:
        return sum(line["amount_gbp"] for line in chosen)

    adder = of("ADDER", "award")
    upgrade = of("CCTV_UPGRADE", "budget")[0]
    live = of("NEIGHBOURHOOD_MANAGEMENT", "wards_live")[0]["wards_covered"].split("|")
    channels = Counter[str]()
    for line in of("COVID_RESPONSE", "communication"):
        channels[line["channel"]] += line["item_count"]
    return {
        "K001": 100 * len(live) / 20,
        "K001.wards": len(live),
        "K027.budget": pounds([upgrade]),
        "K027.spend": pounds(of("CCTV_UPGRADE", "spend")),
        "K027.cameras": [upgrade["units_delivered"], upgrade["units_planned"]],
        "K036": len(of("PREVENT", "project")),
        "K037": len(of("PREVENT", "bid")),
        "K042": len(of("PROTECTIVE_SECURITY", "project")),
        "K045": sum(x["status"] == "SUCCESSFUL" for x in of("PROTECTIVE_SECURITY", "bid")),
        "K048": pounds(of("TREATMENT", "budget")),
        "K050": [
            [x["amount_qualifier"], x["amount_gbp"], x["amount_basis"], x["term_months"]]
            for x in adder
            if x["recipient"] == "COUNCIL"
        ],
        "K051": pounds(x for x in adder if x["recipient"] == "CE_BCU"),
        "K075": pounds(of("MY_ENDS", "award")),
        "K109.by_channel": dict(channels),
    }


def milestone_rows() -> list[Row]:
    """Every version of every milestone, and the actions of the violence plan."""
    rows: list[Row] = [said._asdict() for said in MILESTONES]
    rows += [
        {
            "recorded_on": "2021-04-27",
            "programme": "VV_ACTION_PLAN",
            "kind": "ACTION",
            "title": f"Action {number} of the plan",
            "due_on": due,
            "status": "PLANNED",
        }
        for number, (due, _) in enumerate(ACTIONS, 1)
    ]
    for number, row in enumerate(rows, 1):
        row |= {"milestone_id": f"MS-{number:04d}", "record_version": 1, "owner": "COUNCIL"}
    week = next(row for row in rows if row["programme"] == "ASB_AWARENESS_WEEK")
    done = {"status": "DONE", "done_precision": "day"}
    later = [
        week | done | {"record_version": 2, "recorded_on": "2021-07-28", "done_on": "2021-07-19"}
    ]
    for row, (due, on) in zip(rows[len(MILESTONES) :], ACTIONS, strict=True):
        if on:
            later.append(row | done | {"record_version": 2, "recorded_on": on, "done_on": on})
        elif due <= DECK.isoformat():
            slipped = {"status": "SLIPPED", "recorded_on": "2021-10-05"}
            later.append(row | slipped | {"record_version": 2})
    return [*rows, *later]


def milestone_figures(rows: Sequence[Row]) -> dict[str, object]:
    """What the milestones say on the day of the presentation."""
    known = newest(rows, "milestone_id")

    def done(programme: str, kind: str) -> str | None:
        days = [x["done_on"] for x in known if x["programme"] == programme and x["kind"] == kind]
        return days[0] if days else None

    today = DECK.isoformat()
    actions = [x for x in known if x["programme"] == "VV_ACTION_PLAN" and x["kind"] == "ACTION"]
    due = [x for x in actions if x["due_on"] <= today]
    charter = next(x for x in known if x["programme"] == "WOMENS_SAFETY")
    return {
        "K067": done("SOC", "PUBLISHED"),
        "K068": done("CSP_PLAN", "PUBLISHED"),
        "K069": 100 * sum(x["status"] == "DONE" for x in due) / len(due),
        "K070": [done("VVE_STRATEGY", "APPROVED"), done("VVE_STRATEGY", "LAUNCHED")],
        "K083": [charter["done_on"], charter["figure"]],
        "K087": next(x["status"] for x in known if x["programme"] == "WOMENS_CJ_PATHWAY"),
    }


def feedback(*, seed: int, scale: float) -> tuple[pa.Table, dict[str, object]]:
    """Draws items of feedback, themes only: in the last twelve months just the quoted ones."""
    rng = stream(seed, "programme", "feedback")
    copies = max(round(scale), 1)
    quoted = np.tile(np.arange(len(QUOTED)), copies)
    before, after = (round(n * scale) for n in OTHER_ITEMS)
    day, season = np.timedelta64(1, "D"), (1.0,) * 12
    start, end = np.datetime64(LAST_12_MONTHS.first), np.datetime64(LAST_12_MONTHS.last)
    others = np.concatenate(
        [
            seasonal_days(rng, WHOLE.first, start - day, season, before),
            seasonal_days(rng, end + day, WHOLE.last, season, after),
        ]
    )
    days = np.concatenate([np.array([item[0] for item in QUOTED], "datetime64[D]")[quoted], others])
    n, kind = len(days), rng.integers(len(OTHER_KINDS), size=len(others))
    listed = [(*item[1:4], "POSITIVE") for item in QUOTED] + list(OTHER_KINDS)
    which = np.concatenate([quoted, len(QUOTED) + kind])
    columns = {
        name: words(values, which)
        for name, values in zip(
            ("source", "service", "theme", "sentiment"), zip(*listed, strict=True), strict=True
        )
    }
    arrests = np.array([item[4] for item in QUOTED] + [0] * len(OTHER_KINDS))[which]
    references = [f"DECK-2021-S18-{item[5]}" for item in QUOTED] + [None] * len(OTHER_KINDS)
    columns |= {
        "feedback_id": joined("FB-", text(np.arange(1, n + 1), width=5)),
        "received_on": written_days(days),
        "channel": words(("EMAIL", "LETTER", "WEB", "PHONE"), rng.integers(4, size=n)),
        "linked_arrests": text(arrests),
        "source_quote_ref": words(references, which),
    }
    inside = (days >= start) & (days <= end)
    services = [listed[place][1] for place in which[inside]]
    figures: dict[str, object] = {
        "K111": len(services),
        "K111.positive_share": 100.0,
        "K111.by_service": dict(Counter(services)),
        "K112": services.count("CCTV"),
        "K112.linked_arrests": int(arrests[inside].sum()),
    }
    return pa.table(columns).select(FEEDBACK_COLUMNS), figures


def faults(folder: Path, borough: Borough, *, seed: int) -> list[Fault]:
    """Writes the labelled bad inputs of the registers, each in a folder of its own."""
    funding = text_table(funding_rows(borough)[:6], FUNDING_COLUMNS).to_pylist()
    funding[0]["financial_year"] = "2021/23"
    items, _ = feedback(seed=seed, scale=1)
    item = items.slice(0, 1).to_pylist()[0]
    in_words = [item | {"feedback_text": "The officer came at once and we are grateful"}]
    reachable = [item | {"feedback_text": "Ring me on 020 7946 0000"}]
    people = text_table(population(areas(), max(GROWTH), 1), POPULATION_COLUMNS).to_pylist()
    without = [row for row in people if row["area_code"] != "E05009317"]
    # The sum of the wards stays that of the borough, so that only the missing ward is at fault.
    lost = int(people[1]["population"])
    without[0]["population"] = str(int(without[0]["population"]) - lost)
    people_2020, people_2021 = (f"population_estimates_{year}.csv" for year in (2020, 2021))
    labelled = (
        (Fault("B79", "funding_line_202111.csv", "quarantined", 1, "year 2021 23"), funding),
        (Fault("B81", "service_feedback_202111.csv", "fixed", 1, "words of feedback"), in_words),
        (Fault("B81", "service_feedback_202112.csv", "warned", 1, "telephone number"), reachable),
        (Fault("B80", people_2020, "warned", None, "ward missing"), without),
        (Fault("B75", people_2021, "rejected", None, "estimates of last year"), people),
    )
    return [save_fault(folder, label, rows) for label, rows in labelled]
