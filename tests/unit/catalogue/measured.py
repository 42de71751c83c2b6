"""What an entry of the catalogue makes of a handful of rows, computed by DuckDB."""

from __future__ import annotations

from functools import cache
from typing import Any

import duckdb

from csp.catalogue import KpiCatalogue
from csp.catalogue.checks import described_tables, renderer
from csp.catalogue.measure_sql import measure_sql
from csp.catalogue.model import Kpi
from csp.contracts import ContractRegistry

Row = dict[str, Any]


@cache
def _described() -> dict[str, dict[str, str]]:
    return described_tables(ContractRegistry())


@cache
def _entries() -> dict[str, Kpi]:
    return {kpi.id: kpi for kpi in KpiCatalogue()}


_renderer = cache(renderer)


def measured(*kpi_ids: str, kpis: list[Kpi] | None = None, **facts: list[Row]) -> list[tuple]:
    """What the entries of some KPIs make of rows of their facts.

    Args:
        kpi_ids: KPIs of the project's own catalogue.
        kpis: KPIs of another catalogue, instead.
        facts: Table → rows; a column that a row leaves out is null. A table that is left out is
            empty.

    Returns:
        (kpi, breakdown, month, ward, …) sorted: with numerator and denominator where rows are
        counted or added up, with the two subjects where they are told apart, with the one
        observation where rows are observed.
    """
    sql = measure_sql(kpis or [_entries()[kpi_id] for kpi_id in kpi_ids])
    assert sql, "no entry says how it is counted"
    with duckdb.connect() as connection:
        for name, columns in _described().items():
            if name in facts or f"'{name}'" in sql:
                types = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
                connection.execute(f'create table "{name}" ({types})')
        for name, rows in facts.items():
            for row in rows:
                columns, holders = ", ".join(row), ", ".join("?" * len(row))
                values = list(row.values())
                connection.execute(f"insert into {name} ({columns}) values ({holders})", values)
        found = connection.execute(_renderer()(sql)).fetchall()
    return sorted((_short(row) for row in found), key=str)


def _short(row: tuple) -> tuple:
    """A row of a measure model with the columns that its kind of rows has."""
    key, (top, bottom, subject, of_subject, observed) = row[:4], row[4:]
    key = (*key[:2], str(key[2]), key[3])
    if observed is not None:
        return (*key, observed)
    return (*key, subject, of_subject) if subject or of_subject else (*key, top, bottom)
