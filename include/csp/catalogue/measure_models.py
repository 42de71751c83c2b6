"""The dbt models made from the catalogue, and the collection of all measure models.

One model for each theme holds the KPIs whose entries say how they are counted. They lie below
`dbt_project/models/from_catalogue`, which is not kept in the repository.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

import yaml

from csp.catalogue.measure_sql import COLUMNS, MADE, NEVER_NULL, measure_sql
from csp.catalogue.model import Kpi
from csp.contracts.borough import borough
from csp.contracts.strict import AccessClass

MODEL = "int_kpi__measure_catalogue_"
COLLECTION = "int_kpi__collect_measures"
BY_HAND = "int_kpi__measure_*.sql"


def _described(name: str, description: str, access: str) -> dict[str, Any]:
    columns = [
        {"name": column, "data_type": kind, "description": text}
        | ({"data_tests": ["not_null"]} if column in NEVER_NULL else {})
        for column, (kind, text) in COLUMNS.items()
    ]
    config = {"meta": {"access_class": access}}
    return {"name": name, "description": description, "config": config, "columns": columns}


def _strictest(kpis: Iterable[Kpi], classes: dict[str, AccessClass]) -> AccessClass:
    """The strictest access class of the feeds that some KPIs rest on."""
    feeds = {feed for kpi in kpis for m in kpi.breakdowns.values() for feed in m.feeds}
    strictness: tuple[AccessClass, ...] = get_args(AccessClass)
    found = [strictness[0], *(classes[feed] for feed in feeds if feed in classes)]
    return max(found, key=strictness.index)


def measure_model_files(
    kpis: list[Kpi], classes: dict[str, AccessClass], project: Path
) -> dict[Path, str]:
    """Every dbt model made from the catalogue, with its content.

    The collection takes the models made and every model written by hand whose name says that it
    measures.

    Args:
        kpis: The whole catalogue.
        classes: Feed → its access class.
        project: The dbt project.
    """
    folder = project / "models" / "from_catalogue" / "intermediate"
    files, models = {}, []
    for theme, titles in borough().settings.themes.items():
        of_theme = [kpi for kpi in kpis if kpi.theme == theme]
        if sql := measure_sql(of_theme):
            name = f"{MODEL}{theme}"
            files[folder / f"{name}.sql"] = sql
            models.append(
                _described(
                    name,
                    "Each row is what one month, ward and breakdown, or one subject or observation "
                    f"of it, adds to a KPI of the theme {titles.title} that its entry in the "
                    "catalogue says how to count.",
                    _strictest(of_theme, classes),
                )
            )
    by_hand = project / "models" / "intermediate" / "kpi"
    measured = sorted(path.stem for path in by_hand.glob(BY_HAND))
    names = [*(model["name"] for model in models), *measured]
    files[folder / f"{COLLECTION}.sql"] = (
        f"-- {MADE}\n{{{{ union_measures({json.dumps(names, indent=4)}) }}}}\n"
    )
    models.append(
        _described(
            COLLECTION,
            "Each row is what one day or month, ward, subject or observation adds to a KPI, of all "
            "measure models: those made from the catalogue and those written by hand.",
            _strictest(kpis, classes),
        )
    )
    content = {"version": 2, "models": models}
    files[folder / "_from_catalogue__models.yml"] = f"# {MADE}\n" + yaml.safe_dump(
        content, sort_keys=False, allow_unicode=True, width=99
    )
    return files
