"""A first contract from a sample file: every column as text, to be filled in by a person."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import yaml

from csp.contracts.columns import IDENTIFIER
from csp.faults import CspError
from csp.project import PROJECT_ROOT

FILL_IN = "to be filled in"
FEWEST_COLUMNS = 2


def _column_name(header: str, position: int) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", header.strip().lower()).strip("_")
    return name if IDENTIFIER.fullmatch(name) else f"column_{position}"


def _column(header: str, position: int) -> dict[str, object]:
    return {
        "name": _column_name(header, position),
        "businessName": header.strip(),
        "logicalType": "string",
        "physicalType": "text",
        "description": FILL_IN,
        "classification": "restricted",
        "customProperties": [
            {"property": "sourceHeaders", "value": {"published": [header.strip()]}}
        ],
    }


def _platform_properties(file_stem: str) -> list[dict[str, object]]:
    values = {
        "accessClass": "restricted",
        "legalGateway": FILL_IN,
        "specCode": FILL_IN,
        "fileNames": [re.escape(file_stem)],
        "layouts": [{"name": "published", "description": "The header of the sample file."}],
        "format": {
            "delimiter": ",",
            "quote": '"',
            "encodings": ["utf-8", "cp1252"],
            "nullTokens": [""],
        },
        "grain": {
            "periodKind": "month",
            "period": "received_month",
            "periodIsFilePeriod": False,
            "series": f"'{FILL_IN}'",
            "rejectAboveQuarantinedShare": 0.2,
        },
        "sweep": "0 7 * * *",
    }
    return [{"property": name, "value": value} for name, value in values.items()]


def contract_from_sample(partner: str, entity: str, sample: Path) -> dict[str, object]:
    """The content of a first contract; only the sample's header is read.

    Raises:
        CspError: The sample has no header, or a header twice.
    """
    with sample.open(encoding="utf-8-sig", newline="") as stream:
        headers = next(csv.reader(stream), [])
    names = [_column_name(header, position) for position, header in enumerate(headers, 1)]
    if len(headers) < FEWEST_COLUMNS:
        raise CspError(f"{sample.name}: its first line is no header of two columns or more")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise CspError(f"{sample.name}: header gives {', '.join(twice)} twice")
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": f"{partner}_{entity}",
        "name": f"{partner} {entity}".replace("_", " ").capitalize(),
        "version": "0.1.0",
        "status": "draft",
        "domain": partner,
        "dataProduct": FILL_IN,
        "description": {"purpose": FILL_IN, "usage": FILL_IN, "limitations": FILL_IN},
        "schema": [
            {
                "name": entity,
                "physicalName": f"{partner}_{entity}",
                "logicalType": "object",
                "description": FILL_IN,
                "dataGranularityDescription": f"Each row is {FILL_IN}.",
                "properties": [_column(h, position) for position, h in enumerate(headers, 1)],
                "quality": [],
            }
        ],
        "slaProperties": [
            {"property": "frequency", "value": 1, "unit": "month", "description": FILL_IN},
            {"property": "latency", "value": 31, "unit": "day", "description": FILL_IN},
            {"property": "retention", "value": FILL_IN, "description": FILL_IN},
        ],
        "team": {"name": FILL_IN, "description": FILL_IN},
        "roles": [{"role": "analyst_csp", "access": "none"}],
        "support": [{"channel": FILL_IN, "description": FILL_IN}],
        "customProperties": _platform_properties(sample.stem),
    }


def scaffold(partner: str, entity: str, sample: Path, root: Path = PROJECT_ROOT) -> Path:
    """Write a first contract from a sample; `csp feeds write` makes its DAG and the rest of it.

    The period column has to be named by a person (`grain.period`), so the contract does not pass
    `csp feeds check` before somebody has read it.

    Args:
        partner: Folder below include/contracts.
        entity: File name, and the last part of `stg_<partner>__<entity>`.
        sample: A CSV of the partner.
        root: The project's root.

    Returns:
        The contract's path.

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
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=99), "utf-8")
    return path
