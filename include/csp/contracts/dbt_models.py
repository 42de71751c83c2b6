"""The dbt files of a feed that follow from its contract: source, staging view, core table.

They are written below `dbt_project/models/from_contracts`, which is not kept in the repository; the
modelling itself lies in the macros of `dbt_project/macros/from_contract.sql`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from csp.contracts.model import Contract
from csp.contracts.periods import LONGEST
from csp.contracts.platform import CoreTable

MADE = "Made from the contract by `csp feeds write`; edit the contract instead."
ORIGIN = {
    "delivery_id": ("text", "The delivery the row came in; first 16 characters of its sha256."),
    "source_line": ("bigint", "Physical line of the delivered file, from 1."),
}
PLACE = {
    "series": ("text", "Whose series the row belongs to."),
    "period_start": ("date", "First day of the period that the row belongs to."),
}
RELEASE = {
    "release_rank": ("integer", "1 for the newest release of the row's period of its series."),
    "delivery_order": ("integer", "Place of the delivery among those of the feed, oldest 1."),
    "delivered_on": ("date", "Day that the delivery speaks of by its name, else that it came."),
    "is_current": ("boolean", "Whether the row counts now: newest release, version or snapshot."),
}
PUBLISHED, RESTRICTED = "core", "restricted"


def promised_days(contract: Contract) -> int:
    """Days from the first day of a period to the latest day its file was promised for."""
    frequency, latency = contract.sla("frequency"), contract.sla("latency")
    return sum(
        int(level.value) * LONGEST[level.unit or "day"] for level in (frequency, latency) if level
    )


def core_schema(contract: Contract) -> str:
    """Schema of the core table: only what analysts may read row by row is ever published."""
    analysts = (role for role in contract.roles if role.role == "analyst_csp")
    return PUBLISHED if any(role.access == "read" for role in analysts) else RESTRICTED


def _described(columns: dict[str, tuple[str, str]]) -> list[dict[str, str]]:
    return [
        {"name": name, "data_type": kind, "description": description}
        for name, (kind, description) in columns.items()
    ]


def _own_columns(contract: Contract) -> dict[str, tuple[str, str]]:
    return {column.name: (column.type, column.description) for column in contract.kept_columns}


def source_table(contract: Contract) -> dict[str, Any]:
    """The feed's table among its partner's dbt sources, with columns and freshness."""
    return {
        "name": contract.entity,
        "identifier": contract.id,
        "description": contract.dataset.dataGranularityDescription,
        "config": {
            "loaded_at_field": "cast(period_start as timestamp)",
            "freshness": {"warn_after": {"count": promised_days(contract), "period": "day"}},
            "meta": {"owner": contract.team.name, "access_class": contract.platform.accessClass},
        },
        "columns": _described(ORIGIN | PLACE | _own_columns(contract)),
    }


def staging_name(contract: Contract) -> str:
    """Name of the feed's staging view."""
    return f"stg_{contract.domain}__{contract.entity}"


def staging_sql(contract: Contract) -> str:
    """The staging view, as a call of the macro that holds the modelling."""
    grain = contract.platform.grain
    arguments = [
        contract.domain,
        contract.entity,
        contract.id,
        [column.name for column in contract.kept_columns],
        grain.current,
        grain.key,
        grain.version or "",
    ]
    whole = str(grain.holds_periods_whole).lower()
    return f"-- {MADE}\n{{{{ staged_rows({', '.join(map(json.dumps, arguments))}, {whole}) }}}}\n"


def staging_model(contract: Contract) -> dict[str, Any]:
    """The staging view's description."""
    return {
        "name": staging_name(contract),
        "description": (
            f"{contract.dataset.dataGranularityDescription} All deliveries that may be read are "
            "here, but for what a person admitted where something good stands in its place; "
            "is_current tells which rows count now."
        ),
        "config": {"meta": {"feed": contract.id, "access_class": contract.platform.accessClass}},
        "columns": _described(ORIGIN | PLACE | RELEASE | _own_columns(contract)),
    }


def core_names(contract: Contract, core: CoreTable) -> dict[str, str]:
    """Column of the staging view → its name in the core table."""
    names = {}
    for column in contract.kept_columns:
        left_out = {core.lsoa} if core.finest != "lsoa" else set()
        if core.finest == "borough":
            left_out.add(core.ward)
        if not column.platform.inMarts or column.name in left_out:
            continue
        conformed = column.name in ("ward_code", "borough_code", "area_code", "event_date")
        names[column.name] = f"reported_{column.name}" if conformed else column.name
    return names


def core_sql(contract: Contract, core: CoreTable) -> str:
    """The core table, as a call of the macro that holds the modelling."""
    grain = contract.platform.grain
    types = {column.name: column.type for column in contract.columns}
    arguments = [
        staging_name(contract),
        core_names(contract, core),
        grain.key,
        grain.version or "",
        grain.current,
        core.date or "",
        types.get(core.date or "", ""),
        core.ward or "",
        core.lsoa or "",
        core.finest,
    ]
    called = ", ".join([*map(json.dumps, arguments), str(core.history).lower()])
    return f"-- {MADE}\n{{{{ core_rows({called}) }}}}\n"


def _conformed_columns(core: CoreTable) -> dict[str, tuple[str, str]]:
    columns: dict[str, tuple[str, str]] = {}
    has_area = bool(core.ward or core.lsoa)
    if core.date:
        columns["event_date"] = ("date", f"Local day of {core.date}.")
    if has_area and core.lsoa and core.finest == "lsoa":
        columns["lsoa_vintage"] = ("text", "Vintage of the LSOA, 2011 or 2021; null if unknown.")
    if has_area and core.finest != "borough":
        columns["ward_code"] = (
            "text",
            "Ward of the borough, or outside, or unplaced when no area was given.",
        )
    if has_area or core.finest == "borough":
        columns["borough_code"] = ("text", "The borough, or outside, or unplaced.")
    if has_area:
        columns["area_code"] = ("text", "Finest area that may be shown, as in dim_area.")
    if core.history:
        columns |= {
            "valid_from": ("date", "First day on which this version counted."),
            "valid_to": ("date", "Last day on which it counted; null when it still does."),
            "is_current": ("boolean", "Whether this is the version that counts now."),
        }
    return columns


def core_model(contract: Contract, core: CoreTable) -> dict[str, Any]:
    """The core table's description."""
    own = _own_columns(contract)
    named = {to: own[name] for name, to in core_names(contract, core).items()}
    which = "in each of its versions" if core.history else "in the version that counts now"
    return {
        "name": core.name,
        "description": f"{contract.dataset.dataGranularityDescription.rstrip('.')}, {which}.",
        "config": {
            "schema": core_schema(contract),
            "meta": {"feed": contract.id, "access_class": contract.platform.accessClass},
        },
        "columns": _described(named | _conformed_columns(core) | ORIGIN),
    }


def _yaml(content: dict[str, Any]) -> str:
    return f"# {MADE}\n" + yaml.safe_dump(
        {"version": 2, **content}, sort_keys=False, allow_unicode=True, width=99
    )


def dbt_files(partner: str, contracts: Iterable[Contract], project: Path) -> dict[Path, str]:
    """Every dbt file made from one partner's contracts, with its content.

    A staging view that is written by hand below `models/staging/<partner>` stands for the one made.
    """
    contracts = list(contracts)
    by_hand = project / "models" / "staging" / partner
    staging = project / "models" / "from_contracts" / "staging" / partner
    core = project / "models" / "from_contracts" / "core" / partner
    tables = [source_table(contract) for contract in contracts]
    description = f"What {partner} partners delivered and ingest accepted."
    source = {"name": partner, "schema": "lake", "description": description, "tables": tables}
    files = {staging / f"_{partner}__sources.yml": _yaml({"sources": [source]})}
    made = [c for c in contracts if not (by_hand / f"{staging_name(c)}.sql").exists()]
    files |= {staging / f"{staging_name(c)}.sql": staging_sql(c) for c in made}
    if made:
        models = [staging_model(contract) for contract in made]
        files[staging / f"_{partner}__made_staging.yml"] = _yaml({"models": models})
    with_core = [(c, c.platform.coreTable) for c in contracts if c.platform.coreTable]
    files |= {core / f"{table.name}.sql": core_sql(c, table) for c, table in with_core}
    if with_core:
        models = [core_model(contract, table) for contract, table in with_core]
        files[core / f"_{partner}__made_core.yml"] = _yaml({"models": models})
    return files
