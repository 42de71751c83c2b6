"""A published table as a pandas DataFrame with types and meaning, for notebooks: `csp.read`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any

import pandas as pd
import yaml

from csp.contracts.reading import SAFE_LOADER
from csp.errors import CspError
from csp.project import DBT_PROJECT
from csp.sql import named, quoted_list
from csp.storage.home import Home
from csp.warehouse.choice import open_warehouse
from csp.warehouse.engine import PUBLISHED_SCHEMA, Warehouse, current_number

#: How the types of both engines begin, and the pandas type for each. A count that may be missing
#: stays a whole number; a measure that is missing is NaN.
TYPES = {
    "bool": "boolean",
    "integer": "Int64",
    "bigint": "Int64",
    "smallint": "Int64",
    "hugeint": "Int64",
    "double": "float64",
    "numeric": "float64",
    "decimal": "float64",
    "date": "datetime64[us]",
    "timestamp": "datetime64[us]",
    "varchar": "str",
    "text": "str",
    "character": "str",
}
#: Text columns of these names, or with these endings, hold one word of a list.
CODED = ("kpi_id", "breakdown", "theme", "unit", "method", "direction", "maturity", "status",
    "signal", "feed", "police_force", "definition_version")  # fmt: skip
CODED_ENDINGS = ("_code", "_kind", "_type", "_class", "_group", "_status", "_band", "_vintage")
#: Tests of a dbt column that say that its values come from a list.
LISTED = ("accepted_values", "relationships")
DEFINED = ("name", "definition", "unit", "numerator", "denominator", "direction", "note")


def read(
    table: str,
    columns: Sequence[str] | None = None,
    where: Mapping[str, Any] | None = None,
    publication: int | None = None,
) -> pd.DataFrame:
    """A published table of the data root `CSP_HOME` on the engine `CSP_WAREHOUSE`.

    Dates and times are `datetime64[us]`, whole numbers `Int64`, measures `float64`, yes or no
    `boolean`, codes `category`, other text `str`. `frame.attrs` says what it is: `table`,
    `description`, `columns` (description of each), `publication_id`, `published_at` (UTC),
    `is_stale`, `stale_reasons`, and for a table of KPIs `kpis`: KPI → breakdown → its name,
    definition, unit and more.

    Args:
        table: Name of the table; docs/data-dictionary.md lists them.
        columns: Which of its columns, in this order; all when left out.
        where: Column → the value, or a list of the values, that rows must have; None for missing.
        publication: Number of an older publication that is still kept.

    Raises:
        CspError: Nothing is published, or no such table, column or publication.
    """
    warehouse = open_warehouse(Home.from_environment())
    note = warehouse.query("select * from publication", publication).as_records()[0]
    number = note["publication_id"]
    try:
        return _read(warehouse, table, columns, where or {}, note)
    except CspError:
        if publication is None and current_number(warehouse) > number:
            return read(table, columns, where)  # a newer one came out while this one was read
        raise


def _read(
    warehouse: Warehouse,
    table: str,
    columns: Sequence[str] | None,
    where: Mapping[str, Any],
    note: Mapping[str, Any],
) -> pd.DataFrame:
    number = note["publication_id"]
    types = _column_types(warehouse, table, number)
    chosen = list(types if columns is None else columns)
    for name in (*chosen, *where):
        if name not in types:
            raise CspError(f"{table} has no column '{name}'{_near(name, types)}")
    conditions = "".join(f" and ({_condition(name, where[name], types[name])})" for name in where)
    found = warehouse.query(
        f"select {', '.join(map(named, chosen))} from {named(table)} where true{conditions}",
        number,
    )
    model = _model(table)
    described = {column["name"]: column for column in model.get("columns", [])}
    frame = found.as_frame().astype(
        {name: _pandas_type(name, types[name], described.get(name, {})) for name in chosen}
    )
    current = warehouse.current()
    reasons = current.reasons if current and current.publication_id == number else []
    # Only what JSON can hold: pandas writes it into Parquet files.
    frame.attrs = {
        "table": table,
        "description": model.get("description"),
        "columns": {name: described.get(name, {}).get("description") for name in chosen},
        "publication_id": number,
        "published_at": note["published_at"].isoformat(),
        "is_stale": bool(reasons),
        "stale_reasons": reasons,
    }
    if "kpi_id" in chosen:
        frame.attrs["kpis"] = _kpis(warehouse, frame["kpi_id"].unique(), number)
    return frame


def _near(word: str, words: Collection[str]) -> str:
    close = get_close_matches(word, words)
    return f"; near it: {', '.join(close)}" if close else ""


def _column_types(warehouse: Warehouse, table: str, number: int) -> dict[str, str]:
    """Column → type of the engine."""
    found = warehouse.query(
        "select table_name, column_name, lower(data_type) from information_schema.columns "
        f"where table_schema = '{PUBLISHED_SCHEMA}' order by table_name, ordinal_position",
        number,
    ).rows
    columns = {column: kind for name, column, kind in found if name == table}
    if not columns:
        near = _near(table, {name for name, _, _ in found})
        raise CspError(
            f"no published table is called '{table}'{near}; docs/data-dictionary.md lists them all"
        )
    return columns


def _condition(name: str, value: object, kind: str) -> str:
    values: list[Any] = [value]
    if isinstance(value, Collection) and not isinstance(value, str):
        values = list(value)
    if kind == "date":  # a Timestamp of a frame that was read before is a day
        values = [one.date() if isinstance(one, datetime) else one for one in values]
    known = [one for one in values if not pd.isna(one)]
    parts = [f"{named(name)} in ({quoted_list(known)})"] if known else []
    if len(known) < len(values):
        parts.append(f"{named(name)} is null")
    return " or ".join(parts) or "false"


def _model(table: str) -> Mapping[str, Any]:
    """What the dbt project says of the table; nothing when it is not one of its models."""
    for path in sorted((DBT_PROJECT / "models").rglob("_*.yml")):
        text = path.read_text(encoding="utf-8")
        if f"name: {table}\n" in text:
            content = yaml.load(text, Loader=SAFE_LOADER)  # noqa: S506 - it is a safe loader
            models: list[dict[str, Any]] = content.get("models", [])
            if found := next((model for model in models if model["name"] == table), None):
                return found
    return {}


def _pandas_type(name: str, kind: str, described: Mapping[str, Any]) -> str:
    found = next((TYPES[start] for start in TYPES if kind.startswith(start)), "object")
    is_listed = any(test in LISTED for tests in described.get("data_tests", []) for test in tests)
    if found == "str" and (is_listed or name in CODED or name.endswith(CODED_ENDINGS)):
        return "category"
    return found


def _kpis(
    warehouse: Warehouse, kpi_ids: Collection[str], number: int
) -> dict[str, dict[str, dict[str, Any]]]:
    """KPI → breakdown → what it means, of the KPIs that the frame speaks of."""
    found = warehouse.query(
        f"select kpi_id, breakdown, {', '.join(DEFINED)} from dim_kpi order by 1, 2", number
    )
    kpis: dict[str, dict[str, dict[str, Any]]] = {}
    for kpi_id, breakdown, *said in found.rows:
        if kpi_id in kpi_ids:
            kpis.setdefault(kpi_id, {})[breakdown] = dict(zip(DEFINED, said, strict=True))
    return kpis
