"""A first contract from a sample file, and the DAG that follows from it."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import get_args

import duckdb
import yaml

from csp.contracts.columns import IDENTIFIER
from csp.contracts.derived import FILL_IN, dag_file
from csp.contracts.platform import FileFormat
from csp.contracts.registry import load_contract
from csp.errors import CspError
from csp.project import EDITOR_SCHEMA, PROJECT_ROOT

FEWEST_COLUMNS = 2
#: By this an editor completes keys and marks slips.
SCHEMA_LINE = f"# yaml-language-server: $schema=../{EDITOR_SCHEMA.name}"
#: DuckDB type → type of the contract, and a field of that type that says nothing of anybody.
KINDS = {
    "BIGINT": ("integer", "1"),
    "DOUBLE": ("number", "1.5"),
    "DATE": ("date", "2021-06-01"),
    "TIMESTAMP": ("timestamp", "2021-06-01T12:00:00+01:00"),
    "TIMESTAMP WITH TIME ZONE": ("timestamp", "2021-06-01T12:00:00+01:00"),
    "BOOLEAN": ("boolean", "true"),
}
DATE_IN_NAME = re.compile(r"\d{8}|\d{4}-\d{2}-\d{2}|\d{4}-?\d{2}|\d{4}Q\d")


def _column_name(header: str, position: int) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", header.strip().lower()).strip("_")
    return name if IDENTIFIER.fullmatch(name) else f"column_{position}"


def _column(header: str, position: int, kind: str) -> dict[str, object]:
    logical, example = KINDS.get(kind, ("string", "example"))
    name = _column_name(header, position)
    column: dict[str, object] = {
        "name": name,
        "logicalType": logical,
        "description": FILL_IN,
        "examples": [example],
    }
    said: list[dict[str, object]] = []
    if name != header.strip():
        said.append({"property": "sourceHeaders", "value": {"published": [header.strip()]}})
    if logical == "string":
        said.append({"property": "freeText", "value": True})
    return column | ({"customProperties": said} if said else {})


def _kinds_of(sample: Path) -> list[str]:
    """DuckDB's type of each column; the values themselves go nowhere."""
    with duckdb.connect() as connection:
        try:
            relation = connection.read_csv(str(sample), header=True)
            return [str(kind) for kind in relation.types]
        except duckdb.Error:
            raise CspError(f"{sample.name}: cannot be read as a CSV") from None


def _format_of(sample: Path) -> dict[str, str]:
    """Delimiter and quote of the sample, where they are not the usual ones."""
    usual = FileFormat()
    with duckdb.connect() as connection:
        try:
            found = connection.execute(
                "select delimiter, quote from sniff_csv(?)", [str(sample)]
            ).fetchone()
        except duckdb.Error:
            return {}
    sniffed = dict(zip(("delimiter", "quote"), found or (), strict=False))
    # DuckDB has words of its own for a file without quotes, and may take a letter for a delimiter.
    return {
        key: value
        for key, value in sniffed.items()
        if value != getattr(usual, key)
        and value in get_args(FileFormat.model_fields[key].annotation)
    }


def _platform_properties(
    sample: Path, period: str | None, feed: str, file_format: dict[str, str]
) -> list[dict[str, object]]:
    pattern = re.escape(sample.stem).replace(r"\-", "-").replace(r"\ ", " ")
    dated = DATE_IN_NAME.search(sample.stem)
    if dated:
        form = re.sub(r"\d", r"\\d", dated[0])
        before, after = (re.escape(part) for part in sample.stem.split(dated[0], 1))
        pattern = f"{before}(?P<period>{form}){after}"
    values: dict[str, object] = {
        "accessClass": "restricted",
        "legalGateway": FILL_IN,
        "specCode": feed.upper(),
        "fileNames": [f"^{pattern}"],
        "fileNameExample": sample.name,
        "grain": {
            "periodKind": "month",
            "period": period or "file",
            "seriesName": feed,
            "rejectAboveQuarantinedShare": 0.2,
        },
        "sweep": "0 7 * * *",
        "coreTable": {"name": f"fct_{feed}"} | ({"date": period} if period else {}),
    }
    if file_format:
        values["format"] = file_format
    return [{"property": name, "value": value} for name, value in values.items()]


def contract_from_sample(partner: str, entity: str, sample: Path) -> dict[str, object]:
    """The content of a first contract: header and types are the sample's, values are not.

    Raises:
        CspError: The sample has no header, or a header twice.
    """
    said = _format_of(sample)
    delimiter, quote = said.get("delimiter", ","), said.get("quote", '"')
    with sample.open(encoding="utf-8-sig", newline="") as stream:
        headers = next(csv.reader(stream, delimiter=delimiter, quotechar=quote), [])
    names = [_column_name(header, position) for position, header in enumerate(headers, 1)]
    if len(headers) < FEWEST_COLUMNS:
        raise CspError(f"{sample.name}: its first line is no header of two columns or more")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise CspError(f"{sample.name}: header gives {', '.join(twice)} twice")
    feed, kinds = f"{partner}_{entity}", _kinds_of(sample)
    columns = [_column(*item) for item in zip(headers, range(1, 999), kinds, strict=False)]
    dated = ("date", "timestamp")
    period = next((str(c["name"]) for c in columns if c["logicalType"] in dated), None)
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": feed,
        "name": feed.replace("_", " ").capitalize(),
        "version": "0.1.0",
        "status": "draft",
        "domain": partner,
        "dataProduct": FILL_IN,
        "description": {"purpose": FILL_IN, "usage": FILL_IN, "limitations": FILL_IN},
        "schema": [
            {
                "name": entity,
                "physicalName": feed,
                "logicalType": "object",
                "description": FILL_IN,
                "dataGranularityDescription": f"Each row is {FILL_IN}.",
                "properties": columns,
                "quality": [_volume_check(feed)],
            }
        ],
        "slaProperties": [
            {"property": "frequency", "value": 1, "unit": "month", "description": FILL_IN},
            {"property": "latency", "value": 31, "unit": "day", "description": FILL_IN},
            {"property": "retention", "value": FILL_IN, "description": FILL_IN},
        ],
        "team": {"name": FILL_IN, "description": FILL_IN},
        "roles": [{"role": "analyst_csp", "access": "read"}],
        "support": [{"channel": FILL_IN, "description": FILL_IN}],
        "customProperties": _platform_properties(sample, period, feed, said),
    }


def _volume_check(feed: str) -> dict[str, object]:
    return {
        "id": f"{feed.upper()}-G-VOLUME",
        "name": "The period is not nearly empty",
        "description": "The period holds at least 40 % of the median of those like it before.",
        "engine": "great-expectations",
        "severity": "warning",
        "dimension": "coverage",
        "implementation": {"profile": "volume_ratio", "min": 0.4},
    }


def scaffold(partner: str, entity: str, sample: Path, root: Path = PROJECT_ROOT) -> list[Path]:
    """Write a first contract from a sample, and its DAG: the two files of a new feed.

    The contract can take files in at once; what only a person knows says "to be filled in", and
    `csp feeds check` asks for it before the contract's status may be active.

    Args:
        partner: Folder below include/contracts.
        entity: File name, and the last part of `stg_<partner>__<entity>`.
        sample: A CSV of the partner; header and types are taken from it, no value is.
        root: The project's root.

    Returns:
        The contract's path and the DAG's.

    Raises:
        CspError: A name is not lower-case letters, digits and underscores; the sample is missing
            or has no header; or the contract is there already.
    """
    for name in (partner, entity):
        if not IDENTIFIER.fullmatch(name):
            raise CspError(f"'{name}': use lower-case letters, digits and underscores")
    if not sample.is_file():
        raise CspError(f"{sample}: no such file")
    path = root / "include" / "contracts" / partner / f"{entity}.yml"
    if path.exists():
        raise CspError(f"{path.relative_to(root)} is there already; edit it")
    content = contract_from_sample(partner, entity, sample)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=99)
    path.write_text(f"{SCHEMA_LINE}\n{text}", "utf-8")
    contract = load_contract(path)
    dag = root / "dags" / "partner_feeds" / f"{contract.id}.py"
    dag.write_text(dag_file(contract), encoding="utf-8")
    return [path, dag]
