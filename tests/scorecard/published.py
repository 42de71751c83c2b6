"""A small synthetic publication, made by hand: each status, each kind of signal, all twenty wards.

Nothing in it is a figure of any partner. It has the shape of the published tables, so that the
scorecard can be tested without building a warehouse.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow

from csp.contracts import ContractRegistry
from csp.ledger.tables import Publication, Refresh
from csp.project import BOROUGH_SEEDS
from csp.storage.home import Home
from csp.warehouse.platform import Platform

BOROUGH = "E09000030"
LAST = date(2021, 10, 31)
MONTHS = 34
BREAK = date(2020, 4, 1)
PUBLISHED_AT = datetime(2021, 11, 5, 9, 30)
TABLES = {
    "dim_kpi": """kpi_id text, breakdown text, theme text, name text, definition text,
        numerator text, denominator text, unit text, method text, aggregation text,
        main_period text, periods text, since date, change_of text, areas text, direction text,
        priority text, owner text, feeds text, fact_table text, maturity_rule text,
        matures_after_months integer, comparability_breaks text, disclosure_class text,
        definition_version text, status text, status_reason text, note text""",
    "kpi_observation": """kpi_id text, breakdown text, period_kind text, period_start date,
        period_end date, area_code text, area_kind text, numerator double, denominator double,
        value double, lower double, upper double, unit text, maturity text, status text,
        is_suppressed boolean, as_of date, definition_version text, publication_id integer""",
    "kpi_control_chart": """kpi_id text, breakdown text, area_code text, period_start date,
        period_end date, value double, segment_start date, segment_reason text,
        points_in_segment integer, is_baseline boolean, centre double, lower_limit double,
        upper_limit double, moving_range double, range_limit double, signal text,
        spc_status text""",
    "kpi_milestone": """kpi_id text, item text, stated_text text, stated_on date, status text,
        as_of date""",
    "dim_area": "area_code text, area_kind text, area_name text",
}
SPC = {
    "none": "no signal, within ordinary variation",
    "outside": "above the upper limit",
    "shift": "eight in a row above the centre",
    "trend": "six in a row rising",
    "near_limit": "three of four near the upper limit",
    "too_few_points": "fewer than 12 points, no limits yet",
    "no_value": "no value",
}
VERDICTS = {"higher": ": better", "lower": ": worse"}


@dataclass(frozen=True)
class Kpi:
    """One row of the synthetic catalogue, and how its figures go.

    Attributes:
        status: Status of the newest cells; the months before are reported.
        months: How many months have a figure; 0 for none at all.
        signal: What process control says of the newest month.
    """

    kpi_id: str
    theme: str
    name: str
    unit: str = "incidents"
    level: float = 40
    direction: str = "lower"
    breakdown: str = "all"
    status: str = "reported"
    months: int = MONTHS
    signal: str = "none"
    disclosure: str = "operational"
    kinds: tuple[str, ...] = ("month", "rolling_12_months")
    method: str = "count"
    maturity: str = "settled"
    note: str | None = None
    reason: str | None = None


KPIS = [
    Kpi("K003", "neighbourhood", "ASB warnings served", level=18, direction="context"),
    Kpi("K007", "neighbourhood", "Unlicensed music events closed", level=0, kinds=("month",)),
    Kpi("K013", "neighbourhood", "Penalty notices for nitrous oxide", "notices", 6, "context"),
    Kpi("K015", "neighbourhood", "Penalty notices paid within 28 days", "%", 61.3, "higher",
        method="share", status="not_mature"),
    Kpi("K021", "neighbourhood", "CCTV criminal incidents detected", level=84,
        direction="context", signal="outside", kinds=("month", "quarter"),
        note="Never added up with police figures: one event can stand in both."),
    Kpi("K022", "neighbourhood", "CCTV-led arrests", "arrests", 14, "higher", signal="trend"),
    Kpi("S01", "neighbourhood", "Recorded crime rate", "per 1,000 residents", 9.4,
        method="rate", signal="shift", maturity="provisional", disclosure="open"),
    Kpi("S02", "neighbourhood", "Anti-social behaviour rate", "per 1,000 residents", 4.2,
        method="rate", disclosure="open"),
    Kpi("S03", "neighbourhood", "Burglary rate", "per 1,000 residents", 0.61, method="rate",
        breakdown="burglary", disclosure="open"),
    Kpi("S03", "neighbourhood", "Robbery rate", "per 1,000 residents", 0.34, method="rate",
        breakdown="robbery", disclosure="open", signal="outside"),
    Kpi("K039", "cohesion", "Days from a tension issue to action", "days", 3.5, method="median",
        status="missing"),
    Kpi("K040", "cohesion", "Protective security referrals", "referrals", 4.4, "context"),
    Kpi("K037", "cohesion", "Prevent bids in progress", "bids", months=0,
        reason="No feed carries bids before they are decided."),
    Kpi("K049", "drivers", "People in drug or alcohol treatment", "people", 905, "higher",
        disclosure="person", kinds=("rolling_12_months",), method="count"),
    Kpi("K050", "drivers", "ADDER council funding", "£", 1_000_000, "context",
        kinds=("financial_year",), method="amount", months=1,
        note="The presentation says £1m a year for two years and also nearly £1m for one year."),
    Kpi("K059", "drivers", "Naloxone kits issued", "kits", 30, "higher", status="partial"),
    Kpi("S19", "drivers", "Recorded crime, change on the year before", "%", 4, method="change",
        kinds=("rolling_12_months",)),
    Kpi("K070", "violence", "Violence strategy", "milestones", months=0, direction="milestone",
        method="milestone", kinds=()),
    Kpi("K077", "violence", "Sanctuary homes secured", "homes", 7, "higher",
        disclosure="person", status="suppressed", kinds=("month", "quarter")),
    Kpi("S33", "violence", "Prevent referrals", "referrals", months=0, disclosure="person",
        status="not_reported"),
    Kpi("K094", "civil_protection", "Response mobilisation time", "minutes", 41.5,
        method="median", months=8, signal="too_few_points"),
    Kpi("S28", "civil_protection", "Deliberate fires", "fires", 9, signal="near_limit",
        disclosure="open"),
    Kpi("K105", "public_realm", "Premises observed", "visits", 333, "context",
        kinds=("month", "since_start")),
    Kpi("K104", "public_realm", "Sites patrolled weekly", "sites", months=0,
        status="not_reported"),
]  # fmt: skip


def catalogue_size() -> list[Kpi]:
    """As many KPIs as the whole catalogue has, each with a full chart: the page at its largest."""
    charted = [k for k in KPIS if k.months > 12 and k.breakdown == "all"]
    return KPIS + [
        replace(charted[n % len(charted)], kpi_id=f"X{n:03}", months=40) for n in range(125)
    ]


def add_months(day: date, months: int) -> date:
    """The first day of the month so many months later."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def month_end(first: date) -> date:
    """The last day of a month."""
    return date.fromordinal(add_months(first, 1).toordinal() - 1)


def _wave(kpi: Kpi, place: int) -> float:
    """A figure that goes up and down, by the KPI's own rhythm; no chance in it."""
    turn = math.sin(place * 1.7 + len(kpi.name)) + math.sin(place * 0.53 + kpi.level)
    value = kpi.level * (1 + 0.13 * turn)
    return round(value, 2) if kpi.method in ("rate", "share", "median") else float(round(value))


def _monthly(kpi: Kpi) -> list[tuple[date, float | None]]:
    first = add_months(LAST.replace(day=1), -kpi.months + 1)
    rows: list[tuple[date, float | None]] = []
    for place in range(kpi.months):
        value: float | None = _wave(kpi, place)
        is_last = place == kpi.months - 1
        if is_last and kpi.signal in ("outside", "shift", "trend", "near_limit"):
            value = round(kpi.level * 1.5, 2)
        if is_last and kpi.status in ("missing", "not_reported", "not_mature", "suppressed"):
            value = None
        if place == kpi.months // 2 and kpi.disclosure == "person":
            value = None
        rows.append((add_months(first, place), value))
    return rows


def _periods(kpi: Kpi) -> Iterator[tuple[str, date, date, float | None, str]]:
    """Kind, start, end, value and status of the borough's cells."""
    months = _monthly(kpi)
    gone = {"suppressed": "suppressed", "not_mature": "not_mature"}.get(kpi.status, "missing")
    for kind in kpi.kinds:
        if not months:
            start = add_months(LAST.replace(day=1), -11)
            yield kind, start, LAST, None, kpi.status
        elif kind == "financial_year":
            yield kind, date(2020, 4, 1), date(2021, 3, 31), kpi.level, kpi.status
        elif kind == "month":
            for start, value in months:
                status = "reported" if value is not None else gone
                is_last = start == months[-1][0]
                yield kind, start, month_end(start), value, kpi.status if is_last else status
        else:
            span = {"quarter": 3, "rolling_12_months": 12}.get(kind, 13)
            for ago in (1, 0) if len(months) > span else (0,):
                chosen = months[-span - ago : len(months) - ago]
                known = [v for _, v in chosen if v is not None]
                total = sum(known) if kpi.method in ("count", "amount", "rate") else known[-1]
                value = None if ago == 0 and kpi.status in (gone, "not_reported") else total
                yield (
                    kind,
                    chosen[0][0],
                    month_end(chosen[-1][0]),
                    value,
                    "reported" if ago else kpi.status,
                )


def _observations(kpi: Kpi, publication_id: int) -> Iterator[tuple[Any, ...]]:
    for kind, start, end, value, status in _periods(kpi):
        yield (
            kpi.kpi_id, kpi.breakdown, kind, start, end, BOROUGH, "borough",
            value, 331969.0 if kpi.method == "rate" and value is not None else None, value,
            *((None, None) if value is None else (value * 0.9, value * 1.1)),
            kpi.unit, kpi.maturity if status != "not_mature" else "not mature", status,
            status == "suppressed", LAST, "1.0", publication_id,
        )  # fmt: skip


def _ward_observations(kpi: Kpi, wards: list[str], publication_id: int) -> Iterator[tuple]:
    for place, code in enumerate(wards):
        hidden = place == 3
        value = None if hidden else round(kpi.level * (7 + (place * 7 % 20) * 0.6), 2)
        status = "missing" if hidden else "reported"
        yield (
            kpi.kpi_id, "all", "rolling_12_months", date(2020, 11, 1), LAST, code, "ward",
            value, None if hidden else 16000.0, value,
            *((None, None) if hidden else (value * 0.95, value * 1.05)),
            kpi.unit, "provisional", status, False, LAST, "1.0", publication_id,
        )  # fmt: skip


def _control_chart(kpi: Kpi) -> Iterator[tuple[Any, ...]]:
    months = _monthly(kpi)
    for start, value in months if "month" in kpi.kinds else []:
        first = months[0][0]
        segment = BREAK if start >= BREAK and first < BREAK else first
        reason = "lockdown" if segment == BREAK else None
        in_segment = [v for m, v in months if v is not None and (m >= BREAK) == (start >= BREAK)]
        centre = sum(in_segment) / len(in_segment)
        is_judged = kpi.signal != "too_few_points"
        signal = kpi.signal if start == months[-1][0] or not is_judged else "none"
        if value is None:
            signal = "no_value"
        limits = (centre, max(0.0, centre * 0.7), centre * 1.32) if is_judged else (None,) * 3
        words = SPC[signal]
        if signal not in ("none", "no_value", "too_few_points"):
            words += VERDICTS.get(kpi.direction, "")
        yield (
            kpi.kpi_id, kpi.breakdown, BOROUGH, start, month_end(start), value, segment, reason,
            len(in_segment), True, *limits, None, None, signal, words,
        )  # fmt: skip


def _catalogue(kpi: Kpi) -> tuple[Any, ...]:
    return (
        kpi.kpi_id, kpi.breakdown, kpi.theme, kpi.name, f"Synthetic definition of {kpi.name}.",
        "What is counted", "Residents" if kpi.method == "rate" else None, kpi.unit, kpi.method,
        "sum", kpi.kinds[-1] if kpi.kinds else None, ",".join(kpi.kinds), None, None, "borough",
        kpi.direction, kpi.theme, "Community Safety Analysis", "a_feed", "fct_a_fact",
        "Final at once.", 0, "2020-04 lockdown", kpi.disclosure, "1.0",
        "not_computable" if kpi.reason else "computed", kpi.reason, kpi.note,
    )  # fmt: skip


def publish(home: Home, kpis: list[Kpi] | None = None, number: int = 1) -> Platform:
    """Write a publication of synthetic figures, as the embedded engine would have left it."""
    platform = Platform(home, ContractRegistry())
    kpis = KPIS if kpis is None else kpis
    folder = home.publication(number)
    folder.mkdir(parents=True)
    wards = duckdb.sql(
        f"select ward_code, ward_name from read_csv('{BOROUGH_SEEDS / 'ward.csv'}') order by 1"
    ).fetchall()
    codes = [code for code, _ in wards]
    mapped = [k for k in kpis if k.kpi_id in ("S01", "S02")]
    rows: dict[str, list[tuple[Any, ...]]] = {
        "dim_kpi": [_catalogue(k) for k in kpis],
        "kpi_observation": [row for k in kpis if not k.reason for row in _observations(k, number)]
        + [row for k in mapped for row in _ward_observations(k, codes, number)],
        "kpi_control_chart": [row for k in kpis for row in _control_chart(k)],
        "kpi_milestone": [
            ("K070", "Approved", "approved in November 2020", date(2020, 11, 1), "done", LAST),
            ("K070", "Launched", "launched in May 2021", date(2021, 5, 1), "done", LAST),
        ],
        "dim_area": [(BOROUGH, "borough", "Tower Hamlets")]
        + [(code, "ward", name) for code, name in wards],
    }
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("create schema published")
        for table, columns in TABLES.items():
            connection.execute(f"create table published.{table} ({columns})")
            columns_of = zip(*rows[table], strict=True)
            frame = pyarrow.table({f"c{n}": list(column) for n, column in enumerate(columns_of)})
            connection.register("written", frame)
            connection.execute(f"insert into published.{table} select * from written")
            connection.execute(f"create view {table} as from published.{table}")
        connection.execute(
            "create table published.publication as select ?::integer as publication_id, "
            "?::timestamp as published_at, 'synthetic' as code_version",
            [number, PUBLISHED_AT],
        )
        connection.execute("create view publication as from published.publication")
    link = home.published / "current"
    link.unlink(missing_ok=True)
    link.symlink_to(folder.name)
    (home.published / "state.json").write_text(json.dumps({"publication_id": number}))
    _write_ledger(platform, str(folder), number)
    return platform


def _write_ledger(platform: Platform, location: str, number: int) -> None:
    with platform.ledger.session() as session:
        refresh = Refresh(
            started_at=PUBLISHED_AT, outcome="published", reasons=[], publication_id=number
        )
        session.add(refresh)
        session.flush()
        session.add(
            Publication(
                publication_id=number,
                refresh_id=refresh.refresh_id,
                published_at=PUBLISHED_AT,
                engine="duckdb",
                location=location,
                code_version="synthetic",
                table_checksums={},
                inputs_digest="",
            )
        )
