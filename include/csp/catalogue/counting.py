"""How a measure is counted from the rows of a fact: the keys of an entry that stand for SQL.

A fact is any model of the dbt project, a mart or an intermediate one. Conditions and expressions
are SQL of the fact's columns in words that every engine knows; `{{ var('…') }}` gives a variable of
the dbt project. What they compile to is written in `csp.catalogue.measure_models`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from csp.contracts.strict import PlacedError, Strict

ROWS = "rows"
#: What is done with the rows; an entry says exactly one.
QUANTITIES = ("count", "sum", "distinct", "observe")
#: How the tables that readers see are named.
PUBLISHED = ("fct_", "dim_")


def _one_line(value: object) -> object:
    """An expression without the line breaks that YAML may have left in it."""
    return " ".join(value.split()) if isinstance(value, str) else value


Sql = Annotated[str, BeforeValidator(_one_line), Field(min_length=1)]


class Rows(Strict):
    """Which rows of which fact are meant, and what of them.

    Attributes:
        fact: The dbt model whose rows are counted.
        join: Dimension → the column that it and the fact share; a row without a partner stays.
        filter: Condition; a row for which it does not hold is not there.
        day: Column or expression: the day that decides the period.
        ward: Column or expression: the ward, for what is given by ward.
        count: `rows`, or the condition of the rows that count; where it holds for none is a zero.
        sum: Expression that is added up; null adds nothing.
        distinct: Expression that counts once in a period however many rows have it.
        observe: Expression of which the middle, mean or greatest is taken.
    """

    fact: str | None = None
    join: dict[str, str] = Field({})
    filter: Sql | None = None
    day: Sql = "event_date"
    ward: Sql = "ward_code"
    count: Sql | None = None
    sum: Sql | None = None
    distinct: Sql | None = None
    observe: Sql | None = None

    @property
    def quantities(self) -> list[str]:
        """Which of `count`, `sum`, `distinct` and `observe` are said."""
        return [name for name in QUANTITIES if getattr(self, name) is not None]


class OutOf(Rows):
    """A denominator: of the same rows, or of another fact, which then has rows of its own."""

    @model_validator(mode="after")
    def is_whole(self) -> OutOf:
        """Hold that one thing is counted, and that only another fact has rows of its own."""
        if len(self.quantities) != 1 or self.observe:
            raise ValueError("say one of count, sum and distinct")
        own = self.model_fields_set & {"join", "filter", "day", "ward"}
        if own and not self.fact:
            raise PlacedError((min(own),), "say fact too: a denominator of the same rows has none")
        return self


def _as_mapping(value: object) -> object:
    return {"count": value} if isinstance(value, str) else value


class Counting(Rows):
    """The keys of a measure that say how it is counted; none when a model written by hand does.

    Attributes:
        each: Expression whose value is the breakdown; said once for a group of breakdowns.
        out_of: The denominator; a text is the condition of the rows that are counted for it.
    """

    each: Sql | None = None
    out_of: Annotated[OutOf | None, BeforeValidator(_as_mapping)] = None

    @property
    def is_counted(self) -> bool:
        """Whether the entry itself says how it is counted."""
        return self.fact is not None

    def refuse_unfitting(self, method: str, aggregation: str) -> None:
        """Hold that what is counted fits the method and the aggregation.

        Raises:
            PlacedError: It does not.
        """
        if not self.fact:
            said = self.model_fields_set & set(COUNTING)
            if any(getattr(self, name) for name in said):
                raise PlacedError(("fact",), f"say fact: of which rows is {min(said)} meant")
            return
        if len(self.quantities) != 1:
            raise PlacedError(("fact",), "say one of count, sum, distinct and observe")
        if (aggregation == "distinct") != bool(self.distinct):
            raise PlacedError(("aggregation",), "aggregation: distinct and distinct go together")
        if (method in ("median", "mean", "maximum", "points")) != bool(self.observe):
            raise PlacedError(("method",), f"observe and a {method} do not go together")
        if (method in ("share", "ratio")) != bool(self.out_of):
            needs = "say out_of" if not self.out_of else "leave out_of out"
            raise PlacedError(("method",), f"{needs}: a {method} is read so")
        if self.out_of and bool(self.out_of.distinct) != bool(self.distinct):
            raise PlacedError(("out_of",), "both or neither of numerator and out_of are distinct")


COUNTING = ("each", "out_of", *Rows.model_fields)


def inherited(shared: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """What a breakdown takes over of what its KPI or group says, and what of its own it says.

    A breakdown that names a fact, or is a change or a milestone, takes no way of counting over; one
    that counts something else takes over the rest; its filter narrows the one taken over. The table
    that readers find the rows in is the fact, unless the entry names another.

    Args:
        shared: Keys said for all breakdowns.
        part: Keys said for this one.

    Returns:
        The breakdown's keys.
    """
    taken = dict(shared)
    if "fact" in part or part.get("method") in ("change", "milestone"):
        taken = {key: value for key, value in taken.items() if key not in COUNTING}
    if any(name in part for name in QUANTITIES):
        taken = {key: value for key, value in taken.items() if key not in QUANTITIES}
    merged = taken | part
    if taken.get("filter") and part.get("filter"):
        merged["filter"] = f"({taken['filter']}) and ({part['filter']})"
    fact = str(merged.get("fact") or shared.get("fact"))
    if fact.startswith(PUBLISHED):
        merged.setdefault("fact_table", fact)
    return merged


def spread_out(parts: list[Any]) -> list[dict[str, Any]]:
    """Breakdowns as a flat list: those of a group have what the group says.

    Args:
        parts: Breakdowns, and groups with `each` and `breakdowns` of their own.

    Raises:
        PlacedError: A group or breakdown is not of that form.
    """
    flat: list[dict[str, Any]] = []
    for position, part in enumerate(parts):
        if not isinstance(part, dict) or ("id" in part) == ("each" in part):
            raise PlacedError(
                ("breakdowns", position),
                "each breakdown is a mapping with an id, or a group with each and breakdowns",
            )
        if "id" in part:
            flat.append(part)
            continue
        group = {key: value for key, value in part.items() if key != "breakdowns"}
        for member in part.get("breakdowns") or []:
            if not isinstance(member, dict) or "id" not in member:
                raise PlacedError(("breakdowns", position), "each of a group has an id")
            if said := set(member) & set(COUNTING):
                raise PlacedError(
                    ("breakdowns", str(member["id"])), f"say {min(said)} for the whole group"
                )
            flat.append(group | member)
    return flat
