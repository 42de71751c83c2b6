"""Read the scorecard's facts: figures from the published tables, states from the ledger."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from csp.contracts.borough import borough
from csp.kpi.scorecard.board import Board, FeedState, Quality, WardMap, WardValue
from csp.kpi.scorecard.facts import PERIOD_KINDS, Figure, Milestone, Point, Series
from csp.kpi.scorecard.themes import Indicator, Theme
from csp.warehouse.engine import Warehouse
from csp.warehouse.platform import Platform
from csp.warehouse.status import platform_status

MAPPED = ("S01", "S02")
SIGNED_METHODS = ("change",)
CELL = """
    o.kpi_id, o.breakdown, o.period_kind, o.period_start, o.period_end, o.numerator,
    o.denominator, o.value, o.lower, o.upper, o.unit, o.maturity, o.status, o.as_of
"""
KEPT = tuple(f.name for f in fields(Series) if f.name not in ("figures", "points"))


def read_board(platform: Platform) -> Board:
    """Everything the scorecard of the current publication says.

    Raises:
        CspError: Nothing is published.
    """
    warehouse = platform.warehouse
    (publication,) = warehouse.query("select * from publication").as_records()
    state = platform_status(platform)
    series = _series(warehouse)
    milestones = _milestones(warehouse)
    (area,) = warehouse.query(
        "select area_name from dim_area where area_kind = 'borough'"
    ).as_records()
    as_ofs = [f.as_of for one in series for f in one.figures if f.as_of]
    return Board(
        borough=area["area_name"],
        publication_id=publication["publication_id"],
        published_at=publication["published_at"],
        as_of=max(as_ofs, default=None),
        is_stale=state["publication"]["is_stale"],
        reasons=state["publication"]["reasons"],
        themes=[
            Theme(
                theme,
                titles.title,
                titles.short_title,
                _indicators([s for s in series if s.theme == theme], milestones),
            )
            for theme, titles in borough().settings.themes.items()
        ],
        maps=_maps(warehouse, series),
        quality=_quality(state),
    )


def _grouped(rows: list[dict[str, Any]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault((row.pop("kpi_id"), row.pop("breakdown")), []).append(row)
    return found


def _figure(row: dict[str, Any], *, signed: bool) -> Figure:
    return Figure(**row, signed=signed)


def _series(warehouse: Warehouse) -> list[Series]:
    """Every row of the catalogue with the borough's figures and months."""
    kinds = ", ".join(f"'{kind}'" for kind in PERIOD_KINDS)
    cells = _grouped(
        warehouse.query(f"""
        with placed as (
            select {CELL},
                row_number() over (
                    partition by o.kpi_id, o.breakdown, o.period_kind
                    order by o.period_end desc, o.period_start desc
                ) as place,
                row_number() over (
                    partition by o.kpi_id, o.breakdown, o.period_kind, (o.value is null)
                    order by o.period_end desc, o.period_start desc
                ) as place_of_its_sort
            from kpi_observation as o
            where o.area_kind = 'borough' and o.period_kind in ({kinds})
        )
        select {CELL} from placed as o
        where o.place = 1 or (o.value is not null and o.place_of_its_sort = 1)
        order by o.kpi_id, o.breakdown, o.period_end""").as_records()
    )
    points = _grouped(
        warehouse.query("""
        select c.kpi_id, c.breakdown, c.period_start, c.value, c.segment_start, c.segment_reason,
            c.centre, c.lower_limit, c.upper_limit, c.signal, c.spc_status
        from kpi_control_chart as c
        join dim_area as a on a.area_code = c.area_code
        where a.area_kind = 'borough'
        order by c.kpi_id, c.breakdown, c.period_start""").as_records()
    )
    found = []
    for row in warehouse.query(
        f"select {', '.join(KEPT)} from dim_kpi order by kpi_id, breakdown"
    ).as_records():
        key, signed = (row["kpi_id"], row["breakdown"]), row["method"] in SIGNED_METHODS
        found.append(
            Series(
                **row,
                figures=[_figure(cell, signed=signed) for cell in cells.get(key, [])],
                points=[Point(**point) for point in points.get(key, [])],
            )
        )
    return found


def _milestones(warehouse: Warehouse) -> dict[str, list[Milestone]]:
    found: dict[str, list[Milestone]] = {}
    for row in warehouse.query(
        "select kpi_id, item, stated_text, stated_on, status from kpi_milestone "
        "order by kpi_id, item"
    ).as_records():
        found.setdefault(row.pop("kpi_id"), []).append(Milestone(**row))
    return found


def _indicators(series: list[Series], milestones: dict[str, list[Milestone]]) -> list[Indicator]:
    by_id: dict[str, list[Series]] = {}
    for one in series:
        by_id.setdefault(one.kpi_id, []).append(one)
    found = []
    for kpi_id, parts in by_id.items():
        # The whole comes first; where there is none, the first part that the feeds give.
        ordered = sorted(parts, key=lambda s: (s.breakdown != "all", not s.is_computed))
        found.append(Indicator(ordered[0], ordered[1:], milestones.get(kpi_id, [])))
    return found


def _maps(warehouse: Warehouse, series: list[Series]) -> list[WardMap]:
    found = []
    for one in series:
        if one.kpi_id not in MAPPED or one.breakdown != "all":
            continue
        rows = warehouse.query(f"""
            select {CELL}, a.area_code, a.area_name
            from kpi_observation as o
            join dim_area as a on a.area_code = o.area_code
            where o.kpi_id = '{one.kpi_id}' and o.breakdown = 'all' and a.area_kind = 'ward'
                and o.period_kind = 'rolling_12_months'
                and o.period_end = (
                    select max(n.period_end) from kpi_observation as n
                    where n.kpi_id = o.kpi_id and n.breakdown = 'all'
                        and n.period_kind = 'rolling_12_months' and n.area_kind = 'ward'
                )
            order by a.area_name""").as_records()
        wards = []
        for row in rows:
            del row["kpi_id"], row["breakdown"]
            code, name = row.pop("area_code"), row.pop("area_name")
            wards.append(WardValue(code, name, _figure(row, signed=False)))
        if wards:
            cells = [f for f in one.newest if f.period_kind == "rolling_12_months"]
            found.append(WardMap(one, wards, cells[0] if cells else None))
    return found


def _quality(state: dict[str, Any]) -> Quality:
    late, silent = [], []
    for feed in state["feeds"]:
        said = FeedState(feed["name"], feed["owner"], feed["freshness"])
        if feed["newest_month"] is None:
            silent.append(said)
        elif feed["is_late"]:
            late.append(said)
    return Quality(
        judged_on=state["judged_on"],
        feeds=len(state["feeds"]),
        late=late,
        silent=silent,
        warnings=state["warnings"],
        waiting=[f"{d['feed']}, {d['file_name']}: {d['reason']}" for d in state["open_deliveries"]],
    )
