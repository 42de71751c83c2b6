"""The dbt models as those see them who do not run dbt: what there is, and how each ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

CORE_STAGE, KPI_STAGE, MART_STAGE = "tag:core_stage", "tag:kpi_stage", "tag:mart_stage"
STAGES = (CORE_STAGE, KPI_STAGE, MART_STAGE)
State = Literal["built", "failed", "skipped"]


@dataclass(frozen=True)
class DbtModel:
    """One model as the refresh DAG shows it.

    Attributes:
        room: Folder that it lies in: staging, intermediate or marts.
        stage: dbt selection of the stage that builds it.
        reads: Names of the models, seeds and sources that it reads.
    """

    name: str
    room: str
    stage: str
    description: str
    reads: list[str]


@dataclass(frozen=True)
class ModelOutcome:
    """How one model has ended within a dbt run; `message` is dbt's own, shortened."""

    name: str
    state: State
    message: str
    seconds: float


#: Called with each model as it ends.
ModelCallback = Callable[[ModelOutcome], None]


def resting_on(sources: set[str], models: list[DbtModel]) -> set[str]:
    """Names of the models that read one of these sources, by whatever way.

    Args:
        sources: Names as models read them: domain and entity of a feed.
        models: All models.
    """
    found: set[str] = set()
    while more := {m.name for m in models if {*m.reads} & (sources | found)} - found:
        found |= more
    return found


def models_as_text(models: list[DbtModel]) -> str:
    """The list as it is kept below the data root."""
    return json.dumps([asdict(model) for model in models])


def read_models(path: Path) -> list[DbtModel]:
    """The list as it was kept."""
    return [DbtModel(**model) for model in json.loads(path.read_text(encoding="utf-8"))]
