"""What is wrong with the catalogue, found without data: `csp kpis check`.

What the entries count is prepared by DuckDB against empty tables that have the columns and types
which the dbt project and the contracts describe, so that a misspelt column, a condition that is
none and an unknown fact are told before anything is built.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import yaml

from csp.catalogue.counting import ROWS, Rows
from csp.catalogue.measure_models import BY_HAND
from csp.catalogue.measure_sql import reading_of
from csp.catalogue.model import CatalogueFile, Measure
from csp.catalogue.registry import KpiCatalogue
from csp.contracts import ContractRegistry
from csp.contracts.borough import borough
from csp.contracts.dbt_models import core_model, staging_model
from csp.contracts.reading import SAFE_LOADER, ContractError, load_strict
from csp.project import DBT_PROJECT

Columns = dict[str, str]
CONDITION, NUMBER, DAY, ANYTHING = "true or false", "a number", "a day", "anything"
NUMBERS = ("INT", "HUGEINT", "DECIMAL", "DOUBLE", "FLOAT", "NUMERIC")
FITTING = {CONDITION: ("BOOLEAN",), DAY: ("DATE", "TIMESTAMP")}


def _of_yaml(path: Path) -> dict[str, Any]:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=SAFE_LOADER) or {}  # noqa: S506


def described_tables(registry: ContractRegistry, project: Path = DBT_PROJECT) -> dict[str, Columns]:
    """Every model and seed that is described → its columns and their types.

    Args:
        registry: The contracts, which describe the tables made from them.
        project: The dbt project.
    """
    nodes: list[dict[str, Any]] = []
    for path in sorted([*project.glob("models/**/*.yml"), *project.glob("seeds/**/*.yml")]):
        if not path.relative_to(project).parts[1].startswith("from_"):
            content = _of_yaml(path)
            nodes += [*content.get("models", []), *content.get("seeds", [])]
    for contract in registry:
        nodes.append(staging_model(contract))
        if contract.platform.coreTable:
            nodes.append(core_model(contract, contract.platform.coreTable))
    return {node["name"]: _column_types(node) for node in nodes}


def _column_types(node: dict[str, Any]) -> Columns:
    """Column → type of a described model, or of a seed, which says its types for the loading."""
    loaded = node.get("config", {}).get("column_types", {})
    columns = node.get("columns", [])
    return {c["name"]: c.get("data_type") or loaded.get(c["name"], "text") for c in columns}


def renderer(project: Path = DBT_PROJECT) -> Callable[[str], str]:
    """What gives SQL of a made model as DuckDB takes it, each model being a table of its name.

    The SQL may have `ref`, `var` and the macros about dates; of a variable or macro that is not
    known, it raises a KeyError or a jinja2.TemplateError.

    Args:
        project: The dbt project.
    """
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701
    variables = _of_yaml(project / "dbt_project.yml").get("vars", {}) | borough().dbt_variables
    given: dict[str, Any] = {"ref": '"{}"'.format, "var": variables.__getitem__}
    macros = (project / "macros" / "dates.sql").read_text(encoding="utf-8")
    dates = environment.from_string(macros).make_module(given)
    given["month_start"] = vars(dates)["month_start"]
    return lambda sql: environment.from_string(sql).render(given)


def _expressions(rows: Rows, measure: Measure) -> Iterator[tuple[str, str, str]]:
    """Key, expression and what it must give, of all that an entry says in SQL."""
    if rows.filter:
        yield "filter", rows.filter, CONDITION
    yield "day", rows.day, DAY
    if "ward" in measure.areas:
        yield "ward", rows.ward, ANYTHING
    if measure.each:
        yield "each", measure.each, ANYTHING
    if rows.count and rows.count != ROWS:
        yield "count", rows.count, CONDITION
    for key, said, kind in (
        ("sum", rows.sum, NUMBER),
        ("distinct", rows.distinct, ANYTHING),
        ("observe", rows.observe, NUMBER),
    ):
        if said:
            yield key, said, kind


class _Tables:
    """Empty tables in a DuckDB of their own, made as they are asked for."""

    def __init__(self, described: dict[str, Columns], project: Path) -> None:
        self.described = described
        self.rendered = renderer(project)
        self.connection = duckdb.connect()
        self.made: set[str] = set()

    def lacks(self, name: str) -> str | None:
        """Why there is no such table; nothing when there is one."""
        if name not in self.described:
            close = difflib.get_close_matches(name, self.described, 1)
            meant = f"; is {close[0]} meant?" if close else ""
            return f"no dbt model is called '{name}'{meant}"
        if name not in self.made:
            columns = ", ".join(f'"{c}" {kind}' for c, kind in self.described[name].items())
            self.connection.execute(f'create table "{name}" ({columns})')
            self.made.add(name)
        return None

    def refuses(self, expression: str, table: str, kind: str) -> str | None:
        """Why an expression does not give what it must; nothing when it does."""
        try:
            sql = self.rendered(f"describe select {expression} as given from {table}")
            given = self.connection.execute(sql).fetchall()[0][1]
        except duckdb.Error as error:
            return " ".join(str(error).split("\n\n")[0].split())
        except (jinja2.TemplateError, KeyError) as error:
            return f"{error} is not known"
        fitting = FITTING.get(kind, NUMBERS)
        if kind != ANYTHING and not any(name in given for name in fitting):
            return f"must give {kind}, and gives {given}"
        return None


def _refused(
    rows: Rows, measure: Measure, tables: _Tables, keys: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Key path → what is wrong there, of what one measure counts of one fact."""
    for key, name in [("fact", rows.fact or ""), *(("join", name) for name in rows.join)]:
        if why := tables.lacks(name):
            yield (*keys, key), why
            return
    table = reading_of(rows, measure).table
    if why := tables.refuses("1", table, NUMBER):
        yield (*keys, "join"), why
        return
    for key, expression, kind in _expressions(rows, measure):
        if why := tables.refuses(expression, table, kind):
            yield (*keys, key), why


def _errors_of_measure(measure: Measure, tables: _Tables) -> Iterator[tuple[tuple[str, ...], str]]:
    yield from _refused(measure, measure, tables, ())
    if measure.out_of:
        same = {name: getattr(measure, name) for name in ("fact", "join", "filter", "day", "ward")}
        other = measure.out_of if measure.out_of.fact else measure.out_of.model_copy(update=same)
        yield from _refused(other, measure, tables, ("out_of",))


def _unmeasured(catalogue: KpiCatalogue, project: Path) -> list[str]:
    """KPIs that no entry, no model written by hand and no rule of milestones measures."""
    folder = project / "models" / "intermediate" / "kpi"
    by_hand = [*folder.glob(BY_HAND), *folder.glob("int_kpi__milestones_*.sql")]
    sql = "".join(path.read_text(encoding="utf-8") for path in by_hand)
    with borough().seed("kpi_milestone_rule").open(encoding="utf-8", newline="") as lines:
        ruled = {row["kpi_id"] for row in csv.DictReader(lines)}
    return [
        f"{catalogue.place(kpi.id, breakdown)}: {kpi.id}, breakdown {breakdown}: nothing measures "
        "it: say fact and what is counted, or name it in a model that measures"
        for kpi in catalogue
        for breakdown, measure in kpi.breakdowns.items()
        if not (measure.is_counted or measure.method == "change" or kpi.id in ruled)
        and f"'{kpi.id}'" not in sql
    ]


def check_catalogue(
    catalogue: KpiCatalogue, registry: ContractRegistry, project: Path = DBT_PROJECT
) -> list[str]:
    """Everything that is wrong with the catalogue, with file, line and key.

    Args:
        catalogue: The catalogue.
        registry: The contracts.
        project: The dbt project that the entries' facts are models of.

    Returns:
        One sentence each; none when all is well.
    """
    errors = []
    for path in catalogue.paths:
        try:
            load_strict(path, CatalogueFile)
        except ContractError as error:
            errors += str(error).splitlines()
    if errors:
        return errors
    errors = catalogue.errors({feed.id for feed in registry}) + _unmeasured(catalogue, project)
    tables = _Tables(described_tables(registry, project), project)
    for kpi in catalogue:
        told = set()
        for breakdown, measure in kpi.breakdowns.items():
            if not measure.is_counted:
                continue
            for keys, why in _errors_of_measure(measure, tables):
                place = catalogue.place(kpi.id, breakdown, *keys)
                if (place, why) not in told:
                    errors.append(
                        f"{place}: {kpi.id}, breakdown {breakdown}: {'.'.join(keys)}: {why}"
                    )
                told.add((place, why))
    return errors
