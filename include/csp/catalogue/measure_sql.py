"""What each entry counts, as SQL: the text of the dbt models made from the catalogue.

Facts that several breakdowns read in the same way are read once. The result has the columns of
every measure model (`COLUMNS`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from csp.catalogue.counting import ROWS, Rows
from csp.catalogue.model import Kpi, Measure

MADE = "Made from the KPI catalogue by `csp feeds write`; edit the catalogue instead."
COLUMNS = {
    "kpi_id": ("text", "Id of the KPI in the catalogue."),
    "breakdown": ("text", "Breakdown of the KPI in the catalogue."),
    "event_date": (
        "date",
        "First day of the month that is added up; the day itself where a window begins within one.",
    ),
    "ward_code": ("text", "Ward, or unplaced where it is unknown or the KPI has no wards."),
    "numerator": ("double precision", "What the row adds to the numerator; null where none is."),
    "denominator": ("double precision", "What it adds to the denominator; null where none is."),
    "numerator_subject": ("text", "What counts once in a period, however many rows it has."),
    "denominator_subject": ("text", "The same for the denominator."),
    "observed": ("double precision", "One observation, where a median, mean or maximum is taken."),
}
UNPLACED = "'unplaced'"
#: The breakdown of a group: the value that the reading gives as a column of that name.
VALUE = "breakdown"
NEVER_NULL = ("kpi_id", "breakdown", "event_date", "ward_code")


@dataclass(frozen=True)
class Reading:
    """One way of reading a fact; all that is counted in the same way is counted at one reading."""

    fact: str
    join: tuple[tuple[str, str], ...]
    day: str
    ward: str | None
    each: str | None

    @property
    def table(self) -> str:
        """The fact with its dimensions, as a from clause."""
        joins = [
            f"\n    left join {{{{ ref('{name}') }}}} as {name} on {self.fact}.{key} = {name}.{key}"
            for name, key in self.join
        ]
        return f"{{{{ ref('{self.fact}') }}}} as {self.fact}" + "".join(joins)

    @property
    def keys(self) -> list[str]:
        """Day, ward and, where the breakdown is a value, breakdown."""
        ward = self.ward or UNPLACED
        keys = [_named(self.day, "event_date"), _named(ward, "ward_code")]
        return keys + ([_named(self.each, VALUE)] if self.each else [])


@dataclass
class Counts:
    """What is counted at one reading: the aggregates, each once, and the rows that they become."""

    filters: set[str | None] = field(default_factory=set)
    aggregates: dict[tuple[str, str, str | None], str] = field(default_factory=dict)
    rows: list[tuple[str, str, str, str, str]] = field(default_factory=list)

    def aggregate(self, kind: str, expression: str, condition: str | None) -> str:
        """The column that holds a count or sum; one more when it is not there yet."""
        self.filters.add(condition)
        return self.aggregates.setdefault(
            (kind, expression, condition), f"{kind}_{len(self.aggregates) + 1}"
        )

    def quantity(self, rows: Rows, condition: str | None) -> str:
        """The column that holds what is counted or added of the rows that meet a condition."""
        if rows.sum:
            return self.aggregate("sum", rows.sum, condition)
        return self.aggregate("count", rows.count or ROWS, condition)


def _named(expression: str, name: str) -> str:
    return name if expression == name else f"{expression} as {name}"


def _both(*conditions: str | None) -> str:
    said = [condition for condition in conditions if condition]
    return said[0] if len(said) == 1 else " and ".join(f"({condition})" for condition in said)


def reading_of(rows: Rows, measure: Measure) -> Reading:
    """How a measure's rows are read; days are added up to months but for a window within one."""
    within = measure.since is not None and measure.since.day > 1
    day = rows.day if within else f"{{{{ month_start({json.dumps(rows.day)}) }}}}"
    ward = rows.ward if "ward" in measure.areas else None
    return Reading(rows.fact or "", tuple(rows.join.items()), day, ward, measure.each)


def _said(kpi: Kpi) -> Iterable[tuple[str, Measure]]:
    """Breakdown as SQL → measure; a group whose breakdown is a value comes once."""
    groups = set()
    for breakdown, measure in kpi.breakdowns.items():
        if not measure.is_counted:
            continue
        if not measure.each:
            yield f"'{breakdown}'", measure
        elif measure.each not in groups:
            groups.add(measure.each)
            yield VALUE, measure


def _count(kpi: Kpi, breakdown: str, measure: Measure, readings: dict[Reading, Counts]) -> None:
    """Put what a measure counts or adds to the readings that it needs."""
    sides: list[tuple[Rows, bool]] = [(measure, True)]
    if measure.out_of and measure.out_of.fact:
        sides.append((measure.out_of, False))
    for rows, is_numerator in sides:
        counts = readings.setdefault(reading_of(rows, measure), Counts())
        found = counts.aggregate("count", ROWS, rows.filter)
        counted = counts.quantity(rows, rows.filter)
        numerator, denominator = counted, "null"
        if len(sides) > 1:
            numerator, denominator = (counted, "0") if is_numerator else ("0", counted)
        elif measure.out_of:
            denominator = counts.quantity(measure.out_of, measure.filter)
        counts.rows.append((kpi.id, breakdown, numerator, denominator, found))


def _counted_sql(name: str, reading: Reading, counts: Counts) -> tuple[str, list[str]]:
    """The reading as a CTE, and the selects that make rows of it."""
    shared = next(iter(counts.filters)) if len(counts.filters) == 1 else None
    columns = list(reading.keys)
    for (kind, expression, condition), alias in counts.aggregates.items():
        holds = expression if kind == "count" and expression != ROWS else None
        what = f"sum({expression})" if kind == "sum" else "count(*)"
        where = _both(None if shared else condition, holds)
        columns.append(f"{what}{f' filter (where {where})' if where else ''} as {alias}")
    where = f"\n    where {shared}" if shared else ""
    grouped = ", ".join(str(number + 1) for number in range(len(reading.keys)))
    cte = (
        f"{name} as (\n    select\n        " + ",\n        ".join(columns) + "\n"
        f"    from {reading.table}{where}\n    group by {grouped}\n)"
    )
    selects = [
        _select(
            kpi_id,
            breakdown,
            ("event_date", "ward_code"),
            {"numerator": top, "denominator": bottom},
            f"{name}\n    where {found} > 0"
            + (" and breakdown is not null" if breakdown == VALUE else ""),
        )
        for kpi_id, breakdown, top, bottom, found in counts.rows
    ]
    return cte, selects


def _select(
    kpi_id: str, breakdown: str, when_where: tuple[str, str], values: dict[str, str], rest: str
) -> str:
    """One select of a measure's rows, with the part of the columns that its kind of rows has."""
    given = ", ".join(
        f"cast({value} as {COLUMNS[name][0]}) as {name}" for name, value in values.items()
    )
    named = zip(("breakdown", "event_date", "ward_code"), (breakdown, *when_where), strict=True)
    key = ", ".join(_named(expression, name) for name, expression in named)
    distinct = "distinct " if "numerator_subject" in values else ""
    return f"    select {distinct}'{kpi_id}' as kpi_id, {key},\n        {given}\n    from {rest}"


def _unreduced(kpi: Kpi, breakdown: str, measure: Measure) -> list[str]:
    """Selects of a measure whose subjects or observations stay one by one."""
    sides: list[tuple[Rows, dict[str, str]]]
    if measure.observe:
        sides = [(measure, {"observed": measure.observe})]
    else:
        top = str(measure.distinct)
        bottom = str(measure.out_of.distinct) if measure.out_of else "null"
        names = ("numerator_subject", "denominator_subject")
        if measure.out_of and measure.out_of.fact:
            own = (measure.out_of, dict(zip(names, ("null", bottom), strict=True)))
            sides = [(measure, dict(zip(names, (top, "null"), strict=True))), own]
        else:
            sides = [(measure, dict(zip(names, (top, bottom), strict=True)))]
    selects = []
    for rows, values in sides:
        reading = reading_of(rows, measure)
        said = " or ".join(f"{value} is not null" for value in values.values() if value != "null")
        is_of_group = f"{measure.each} is not null" if measure.each else None
        selects.append(
            _select(
                kpi.id,
                measure.each or breakdown,
                (reading.day, reading.ward or UNPLACED),
                values,
                f"{reading.table}\n    where {_both(rows.filter, is_of_group, said)}",
            )
        )
    return selects


def measure_sql(kpis: Iterable[Kpi]) -> str | None:
    """The model that counts what the entries of some KPIs say; nothing when none says it.

    Args:
        kpis: The KPIs.
    """
    readings: dict[Reading, Counts] = {}
    parts: dict[str, list[str]] = {"counts": [], "subjects": [], "observations": []}
    for kpi in kpis:
        for breakdown, measure in _said(kpi):
            if measure.distinct:
                parts["subjects"] += _unreduced(kpi, breakdown, measure)
            elif measure.observe:
                parts["observations"] += _unreduced(kpi, breakdown, measure)
            else:
                _count(kpi, breakdown, measure, readings)
    ctes = []
    for number, (reading, counts) in enumerate(readings.items(), 1):
        cte, made = _counted_sql(f"{reading.fact}_{number}", reading, counts)
        ctes.append(cte)
        parts["counts"] += made
    parts = {name: selects for name, selects in parts.items() if selects}
    if not parts:
        return None
    ctes += [f"{name} as (\n" + _UNION.join(selects) + "\n)" for name, selects in parts.items()]
    final = "\nunion all\n".join(_whole(name) for name in parts)
    return f"-- {MADE}\nwith " + ",\n\n".join(ctes) + f"\n\n{final}\n"


_UNION = "\n    union all\n"
_GIVEN = {
    "counts": ("numerator", "denominator"),
    "subjects": ("numerator_subject", "denominator_subject"),
    "observations": ("observed",),
}


def _whole(part: str) -> str:
    """The rows of one kind with all columns; those that it does not have are null."""
    columns = [
        name if name in (*NEVER_NULL, *_GIVEN[part]) else f"cast(null as {kind}) as {name}"
        for name, (kind, _) in COLUMNS.items()
    ]
    return "select\n    " + ",\n    ".join(columns) + f"\nfrom {part}"
